import { textOf } from '../json.ts';
import type { ParseToken, RelationOf } from '../plan.ts';
import { needPattern } from '../regex.ts';
import { convertText } from '../scalars/conversion.ts';
import { Column, gather, nothing, type Table, tableOf } from '../table.ts';
import type { KustoType, Value } from '../types.ts';
import { bind } from './expressions.ts';
import type { Columns, Run } from './run.ts';

/** What each target holds, or `null` where the text does not match. */
type Matcher = (text: string) => readonly (string | undefined)[] | null;

export function runParse(relation: RelationOf<'parse'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const { cell, type } = bind(relation.text, input.columns, run);
  const match = matcherOf(relation);
  const readers = relation.targets.map((target) => readerOf(target.type, run));
  const parsed = relation.targets.map(() => new Array<Value>(input.rows));
  const kept: number[] = [];
  for (let row = 0; row < input.rows; row += 1) {
    if (row % 65_536 === 0) run.check(0);
    const groups = match(textOf(cell(row), type));
    const values = groups?.map((text, index) => (text === undefined ? null : (readers[index]?.(text) ?? null))) ?? null;
    const failed = values === null || (relation.strict && values.some((value) => value === null));
    if (!failed) kept.push(row);
    for (const [index, target] of relation.targets.entries()) {
      const column = parsed[index] as Value[];
      column[row] = (failed ? null : values[index]) ?? nothing(target.type);
    }
  }
  const columns = placed(relation, input.columns, parsed);
  const table = tableOf(relation.columns, columns, input.rows);
  return relation.filters ? gather(table, kept) : table;
}

/** The input's columns with those that were parsed in their places. */
function placed(
  relation: { readonly columns: Table['specs']; readonly targets: readonly { readonly column: number }[] },
  input: Columns,
  parsed: readonly Value[][],
): readonly Column[] {
  return relation.columns.map((spec, column) => {
    const target = relation.targets.findIndex((one) => one.column === column);
    return target < 0 ? (input[column] as Column) : new Column(spec.type, parsed[target] as Value[]);
  });
}

function readerOf(type: KustoType, run: Run): (text: string) => Value {
  if (type === 'string') return (text) => text;
  if (type === 'dynamic') return (text) => run.json(text);
  const convert = convertText(type);
  return (text) => convert(text);
}

function matcherOf({ pattern, targets }: RelationOf<'parse'>): Matcher {
  if (pattern.kind === 'tokens') return (text) => matchTokens(pattern.tokens, text, targets.length);
  const regex = needPattern(pattern.source);
  return (text) => {
    const found = regex.find(text);
    return found === null ? null : targets.map(({ group }) => found.groups[group]);
  };
}

const DIGITS = /-?\d+/y;

/**
 * Every gap takes as little text as possible, and the whole text must be used. A place that was tried in vain is not tried again, so the
 * time is bounded by the number of tokens times the length.
 */
function matchTokens(tokens: readonly ParseToken[], text: string, groups: number): readonly (string | undefined)[] | null {
  const found = new Array<string | undefined>(groups).fill(undefined);
  const failed = new Set<number>();
  const step = (index: number, at: number): boolean => {
    const token = tokens[index];
    if (token === undefined) return at === text.length;
    const state = index * (text.length + 1) + at;
    if (failed.has(state)) return false;
    const end = endOf(token, index, at);
    if (end === null) failed.add(state);
    return end !== null;
  };
  const keep = (token: ParseToken, from: number, to: number): number => {
    if (token.kind !== 'text' && token.group >= 0) found[token.group] = text.slice(from, to);
    return to;
  };
  const endOf = (token: ParseToken, index: number, at: number): number | null => {
    switch (token.kind) {
      case 'text':
        return text.startsWith(token.text, at) && step(index + 1, at + token.text.length) ? at : null;
      case 'digits': {
        DIGITS.lastIndex = at;
        const digits = DIGITS.exec(text)?.[0];
        return digits !== undefined && step(index + 1, at + digits.length) ? keep(token, at, at + digits.length) : null;
      }
      case 'gap': {
        const next = tokens[index + 1];
        if (next === undefined) return keep(token, at, text.length);
        for (let end = at; end <= text.length; end += 1) {
          if (next.kind === 'text') end = text.indexOf(next.text, end);
          if (end < 0) return null;
          if (step(index + 1, end)) return keep(token, at, end);
        }
        return null;
      }
    }
  };
  return step(0, 0) ? found : null;
}

export function runParsePairs(relation: RelationOf<'parsePairs'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const { cell, type } = bind(relation.text, input.columns, run);
  const readers = relation.keys.map((key) => readerOf(key.type, run));
  const parsed = relation.keys.map(() => new Array<Value>(input.rows));
  const names = new Set(relation.keys.map((key) => key.name));
  for (let row = 0; row < input.rows; row += 1) {
    if (row % 65_536 === 0) run.check(0);
    const pairs = pairsOf(textOf(cell(row), type), names, relation);
    for (const [index, key] of relation.keys.entries()) {
      const text = pairs.get(key.name);
      const value = text === undefined ? null : (readers[index]?.(text) ?? null);
      (parsed[index] as Value[])[row] = value ?? nothing(key.type);
    }
  }
  return tableOf(
    relation.columns,
    placed({ columns: relation.columns, targets: relation.keys }, input.columns, parsed),
    input.rows,
  );
}

type Pairs = RelationOf<'parsePairs'>;

/** The first value of every key that is asked for. */
function pairsOf(text: string, names: ReadonlySet<string>, options: Pairs): ReadonlyMap<string, string> {
  if (options.pairDelimiter === '' || options.valueDelimiter === '') return pairsOfWords(text, names, options);
  const list: { readonly name: string; text: string }[] = [];
  let at = 0;
  while (at < text.length) {
    const key = piece(text, at, [options.valueDelimiter, options.pairDelimiter], options);
    const last = list[list.length - 1];
    if (text.startsWith(options.valueDelimiter, key.end)) {
      const value = piece(text, key.end + options.valueDelimiter.length, [options.pairDelimiter], options);
      list.push({ name: key.text.trim(), text: value.text });
      at = value.end + options.pairDelimiter.length;
    } else {
      if (options.greedy && last !== undefined) last.text += options.pairDelimiter + key.text;
      at = key.end + options.pairDelimiter.length;
    }
  }
  return new Map(list.reverse().map((pair) => [pair.name, pair.text.trim()]));
}

/** Text up to one of the delimiters, or within quotes. */
function piece(
  text: string,
  from: number,
  delimiters: readonly string[],
  { quotes, escape: escaped }: Pairs,
): { readonly text: string; readonly end: number } {
  let start = from;
  while (text[start] === ' ' && quotes.some(([open]) => text.slice(start).trimStart().startsWith(open))) start += 1;
  const quote = quotes.find(([open]) => text.startsWith(open, start));
  if (quote !== undefined) {
    let inner = '';
    for (let at = start + 1; at < text.length; at += 1) {
      if (escaped !== '' && text.startsWith(escaped, at) && at + escaped.length < text.length) {
        at += escaped.length;
        inner += text[at];
      } else if (text[at] === quote[1]) return { text: inner, end: at + 1 };
      else inner += text[at];
    }
  }
  const ends = delimiters.map((delimiter) => text.indexOf(delimiter, from)).filter((end) => end >= 0);
  const end = Math.min(text.length, ...ends);
  return { text: text.slice(from, end), end };
}

/** Without delimiters, every run of letters and digits is a word, and the word after a key is its value. */
function pairsOfWords(text: string, names: ReadonlySet<string>, options: Pairs): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const quote = options.quotes[0]?.[0] ?? '"';
  const words = [...text.matchAll(/"([^"]*)"|'([^']*)'|[\p{L}\p{N}_]+/gu)].map((match) =>
    quote === '"' || quote === "'" ? (match[1] ?? match[2] ?? match[0]) : match[0],
  );
  for (const [index, word] of words.entries()) {
    const value = words[index + 1];
    if (names.has(word) && value !== undefined && !found.has(word)) found.set(word, value);
  }
  return found;
}
