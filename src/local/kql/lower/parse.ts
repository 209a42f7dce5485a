import type { ParseToken, Relation } from '../plan.ts';
import { patternOf } from '../regex.ts';
import type { Syntax } from '../syntax.ts';
import type { ColumnSpec, KustoType } from '../types.ts';
import { lowerExpression } from './expressions.ts';
import { parameter } from './parameter.ts';
import type { Scope } from './scope.ts';

interface Target {
  readonly group: number;
  readonly column: number;
  readonly type: KustoType;
}

const WHOLE: ReadonlySet<KustoType> = new Set(['int', 'long']);

/** What a column of a type takes in a regular expression; of other types, as much as it can. */
const SHAPES: Partial<Record<KustoType, string>> = {
  int: '\\s*[-+]?\\d+',
  long: '\\s*[-+]?\\d+',
  real: '\\s*[-+]?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?',
  bool: 'true|false',
};

/** `parse` and `parse-where`. */
export function lowerParse(node: Syntax, input: Relation, scope: Scope): Relation {
  const kind = parameter(node, 'kind') ?? 'simple';
  if (kind !== 'simple' && kind !== 'regex' && kind !== 'relaxed') throw node.refuse(`parse kind=${kind}`);
  const columns = new Appended(node, input);
  const targets: Target[] = [];
  const tokens: ParseToken[] = [];
  let source = '';
  let groups = 0;
  for (const part of node.list('Patterns')) {
    if (part.kind === 'StarExpression') {
      tokens.push({ kind: 'gap', group: -1 });
      source += '.*?';
    } else if (part.kind === 'NameDeclaration' || part.kind === 'NameAndTypeDeclaration') {
      const column = columns.place((part.kind === 'NameDeclaration' ? part : part.need('Name')).name);
      const type = columns.typeOf(column);
      const digits = kind !== 'relaxed' && WHOLE.has(type);
      tokens.push({ kind: digits ? 'digits' : 'gap', group: targets.length });
      groups += 1;
      source += `(${SHAPES[type] ?? '.*'})`;
      targets.push({ group: kind === 'regex' ? groups : targets.length, column, type });
    } else {
      const text = part.stringValue;
      tokens.push({ kind: 'text', text });
      if (kind === 'regex') {
        const own = patternOf(text);
        if (typeof own === 'string') throw part.refuse(`the regular expression ${text} (${own})`);
        groups += own.groupCount;
        source += `(?:${text})`;
      }
    }
  }
  const flags = parameter(node, 'flags') ?? '';
  const regex = `${flags === '' ? '' : `(?${flags})`}${source}`;
  const made = kind === 'regex' ? patternOf(regex) : null;
  if (typeof made === 'string') throw node.refuse(`the flags ${flags} (${made})`);
  return {
    kind: 'parse',
    columns: columns.checked(),
    input,
    text: lowerExpression(node.need('Expression'), scope),
    pattern: kind === 'regex' ? { kind: 'regex', source: regex } : { kind: 'tokens', tokens },
    targets,
    strict: kind !== 'relaxed',
    filters: node.kind === 'ParseWhereOperator',
  };
}

const ESCAPES: ReadonlySet<string> = new Set(['pair_delimiter', 'kv_delimiter', 'quote', 'escape', 'greedy']);

export function lowerParseKv(node: Syntax, input: Relation, scope: Scope): Relation {
  const columns = new Appended(node, input);
  const keys = node
    .need('Keys')
    .list('Columns')
    .map((declared) => {
      const { name } = declared.need('Name');
      const column = columns.place(name);
      return { name, column, type: columns.typeOf(column) };
    });
  const given = node.child('WithClause')?.list('Properties') ?? [];
  const text = (name: string): string => {
    const property = given.find((item) => item.need('Name').name === name);
    const value = property === undefined ? undefined : lowerExpression(property.need('Expression'), { ...scope, columns: [] });
    if (value === undefined) return '';
    if (value.kind !== 'literal') throw node.refuse(`${name} that is not a literal`);
    return String(value.value);
  };
  for (const property of given) {
    const { name } = property.need('Name');
    if (!ESCAPES.has(name)) throw property.refuse(`parse-kv with ${name}`);
  }
  const quote = text('quote');
  if ([...quote].length > 2) throw node.refuse('a quote of more than two characters');
  return {
    kind: 'parsePairs',
    columns: columns.checked(),
    input,
    text: lowerExpression(node.need('Expression'), scope),
    keys,
    pairDelimiter: text('pair_delimiter'),
    valueDelimiter: text('kv_delimiter'),
    quotes: quote === '' ? [] : [[quote[0] as string, quote[quote.length - 1] as string]],
    escape: text('escape'),
    greedy: text('greedy') === 'true',
  };
}

/** The input's columns and those that an operator adds; a name that exists already is replaced where it stands. */
export class Appended {
  readonly #node: Syntax;
  readonly #bound: readonly ColumnSpec[];
  readonly #names: string[];

  constructor(node: Syntax, input: Relation, bound = node.tableColumns) {
    this.#node = node;
    this.#bound = bound;
    this.#names = input.columns.map((spec) => spec.name);
  }

  /** The position of a column, made when there is none of that name. */
  place(name: string): number {
    const known = this.#names.indexOf(name);
    if (known >= 0) return known;
    this.#names.push(name);
    return this.#names.length - 1;
  }

  /** A column whose name the binder makes up. */
  placeNext(): number {
    return this.place(this.#bound[this.#names.length]?.name ?? '');
  }

  typeOf(column: number): KustoType {
    const type = this.#bound[column]?.type;
    if (type === undefined || type === 'decimal') throw this.#node.refuse('a column of that type here');
    return type;
  }

  /** The binder's columns, when it placed them as we did. */
  checked(): readonly ColumnSpec[] {
    if (this.#bound.length !== this.#names.length || this.#bound.some((spec, index) => spec.name !== this.#names[index])) {
      throw this.#node.refuse('this combination of columns');
    }
    return this.#bound;
  }
}
