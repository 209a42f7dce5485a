/** One dimension of a metric filter: its conditions are alternatives, those of several dimensions all hold. */
export interface DimensionFilter {
  readonly dimension: string;
  readonly alternatives: readonly { readonly operator: 'eq' | 'ne' | 'sw'; readonly value: string }[];
}

/** Thrown for a filter of another form; the message is for the caller. */
export class FilterSyntaxError extends Error {
  override readonly name = 'FilterSyntaxError';
}

const TOKEN = /\s*(?:(')((?:[^']|'')*)'|([(),])|([^\s(),']+))/y;

/**
 * `A eq 'a1' and (B eq 'b1' or B eq 'b2') and C eq '*'`; also `ne`, `sw`, `startswith` and `startswith(A, 'x')`. `or` stands only
 * between values of one dimension.
 */
export function parseMetricFilter(text: string): readonly DimensionFilter[] {
  const tokens = tokenize(text);
  const filters: { dimension: string; alternatives: DimensionFilter['alternatives'][number][] }[] = [];
  let joinedByOr = false;
  let at = 0;
  while (at < tokens.length) {
    while (tokens[at]?.text === '(') at += 1;
    const { dimension, operator, value, length } = clauseAt(tokens, at, text);
    at += length;
    const last = filters[filters.length - 1];
    const same = last !== undefined && last.dimension.toLowerCase() === dimension.toLowerCase();
    if (joinedByOr && !same) throw new FilterSyntaxError(`'or' between different dimensions in '${text}'`);
    if (same && !joinedByOr) throw new FilterSyntaxError(`dimension '${dimension}' twice in '${text}'`);
    if (same) last.alternatives.push({ operator, value });
    else filters.push({ dimension, alternatives: [{ operator, value }] });
    while (tokens[at]?.text === ')') at += 1;
    const connective = tokens[at]?.text.toLowerCase();
    if (at < tokens.length && connective !== 'and' && connective !== 'or')
      throw new FilterSyntaxError(`'${text}' is not a filter`);
    joinedByOr = connective === 'or';
    at += 1;
  }
  return filters;
}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const match = TOKEN.exec(text);
    if (match === null) throw new FilterSyntaxError(`'${text}' is not a filter`);
    const [, quote, value = '', mark, word] = match;
    tokens.push(
      quote === undefined ? { text: mark ?? word ?? '', quoted: false } : { text: value.replaceAll("''", "'"), quoted: true },
    );
  }
  return tokens;
}

const OPERATORS: Readonly<Record<string, 'eq' | 'ne' | 'sw'>> = { eq: 'eq', ne: 'ne', sw: 'sw', startswith: 'sw' };

function clauseAt(tokens: readonly Token[], at: number, text: string) {
  const words = tokens.slice(at, at + 6).map((token) => token.text);
  if (words[0]?.toLowerCase() === 'startswith' && words[1] === '(') {
    const [, , dimension, comma, value, close] = words;
    if (dimension === undefined || comma !== ',' || value === undefined || close !== ')')
      throw new FilterSyntaxError(`'${text}' is not a filter`);
    return { dimension, operator: 'sw' as const, value, length: 6 };
  }
  // A dimension's name may hold blanks; it ends at the operator.
  const operatorAt = tokens.findIndex(
    (token, index) => index > at && !token.quoted && OPERATORS[token.text.toLowerCase()] !== undefined,
  );
  const value = tokens[operatorAt + 1];
  const operator = OPERATORS[tokens[operatorAt]?.text.toLowerCase() ?? ''];
  if (operatorAt < 0 || operator === undefined || value?.quoted !== true)
    throw new FilterSyntaxError(`'${text}' is not a filter`);
  const dimension = tokens
    .slice(at, operatorAt)
    .map((token) => token.text)
    .join(' ');
  return { dimension, operator, value: value.text, length: operatorAt + 2 - at };
}

/** Whether a value of the dimension is let through. `*` lets every value through. Case does not count. */
export function admits(filter: DimensionFilter, value: string): boolean {
  const lower = value.toLowerCase();
  const test = ({ operator, value: wanted }: DimensionFilter['alternatives'][number]): boolean => {
    const text = wanted.toLowerCase();
    if (operator === 'sw') return lower.startsWith(text);
    if (operator === 'ne') return lower !== text;
    return text === '*' || lower === text;
  };
  const negative = filter.alternatives.every(({ operator }) => operator === 'ne');
  return negative ? filter.alternatives.every(test) : filter.alternatives.some(test);
}
