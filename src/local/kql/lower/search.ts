import type { Expression, Relation } from '../plan.ts';
import { quoted } from '../regex.ts';
import type { Syntax } from '../syntax.ts';
import type { ColumnSpec } from '../types.ts';
import { anyColumn } from './any-column.ts';
import { converted } from './convert.ts';
import { lowerExpression } from './expressions.ts';
import { argumentsOf } from './functions.ts';
import { parameter } from './parameter.ts';
import { overColumns, type Scope } from './scope.ts';
import { type Source, sourcesOf, viewsAndTables } from './sources.ts';

/** `search`: rows of several tables that hold the words; `input` is the left side of the pipe, if any. */
export function lowerSearch(node: Syntax, input: Relation | null, scope: Scope): Relation {
  const kind = parameter(node, 'kind') ?? 'default';
  if (!['default', 'case_insensitive', 'case_sensitive'].includes(kind)) throw node.refuse(`search kind=${kind}`);
  const cased = kind === 'case_sensitive';
  const sources = searched(node, input, scope);
  const [label, ...shown] = node.tableColumns;
  if (label === undefined) throw node.refuse('a search without columns');
  const mapping = mappingOf(
    shown,
    sources.map(({ relation }) => relation.columns),
  );
  const branches = sources.map((source) => {
    const columns = source.relation.columns;
    const within: Scope = { ...overColumns(scope, columns), lenient: true };
    const condition = lowerPredicate(node.need('Condition'), within, cased);
    return { source, relation: kept(source.relation, condition) };
  });
  return {
    kind: 'union',
    columns: [label, ...shown],
    withSource: true,
    branches: branches.map(({ source, relation }) => ({
      input: relation,
      mapping: mapping(relation.columns),
      label: source.label ?? '',
    })),
  };
}

/** `find`: as `search`, with the columns that it asks for and the others packed into `pack_`. */
export function lowerFind(node: Syntax, scope: Scope): Relation {
  const [label, ...shown] = node.tableColumns;
  if (label === undefined) throw node.refuse('a find without columns');
  const asked = node.child('Project');
  const packsAll = asked?.text.includes('pack_all') === true;
  const used = columnsUsed(node.need('Condition'));
  const sources = searched(node, null, scope).filter(
    ({ relation }) => used.size === 0 || relation.columns.some((spec) => used.has(spec.name)),
  );
  const mapping = mappingOf(
    shown,
    sources.map(({ relation }) => relation.columns),
  );
  const branches = sources.map((source) => {
    const { columns } = source.relation;
    const places = mapping(columns);
    const within: Scope = { ...overColumns(scope, columns), lenient: true };
    const input = kept(source.relation, lowerPredicate(node.need('Condition'), within, false));
    const expressions = shown.map((spec, place): Expression => {
      if (spec.name === 'pack_' && spec.type === 'dynamic') return packed(node, columns, packsAll ? new Set() : new Set(places));
      const index = places[place] ?? -1;
      if (index >= 0) return { kind: 'column', type: spec.type, index };
      const other = columns.findIndex((column) => column.name === spec.name);
      const type = columns[other]?.type;
      if (type === undefined) return { kind: 'literal', type: spec.type, value: spec.type === 'string' ? '' : null };
      if (asked === undefined) throw node.refuse(`${spec.name} of several types`);
      return converted({ kind: 'column', type, index: other }, spec.type, node.place);
    });
    return { source, relation: { kind: 'project' as const, columns: shown, input, expressions } };
  });
  return {
    kind: 'union',
    columns: [label, ...shown],
    withSource: true,
    branches: branches.map(({ source, relation }) => ({
      input: relation,
      mapping: shown.map((_, index) => index),
      label: source.label ?? '',
    })),
  };
}

function searched(node: Syntax, input: Relation | null, scope: Scope): readonly Source[] {
  if (input !== null) return [{ relation: input, label: undefined }];
  const listed = node.child('InClause')?.list('Expressions');
  return listed === undefined ? viewsAndTables(scope) : sourcesOf(listed, scope, false);
}

function kept(input: Relation, condition: Expression): Relation {
  return { kind: 'where', columns: input.columns, input, condition };
}

/**
 * Which column of the branches fills each output column: one of its name and type, or of the name that the output's `name_type` is made of
 * (`name_type1` where that was taken). Given a branch, its position there; -1: none.
 */
export function mappingOf(
  shown: readonly ColumnSpec[],
  branches: readonly (readonly ColumnSpec[])[],
): (columns: readonly ColumnSpec[]) => readonly number[] {
  const left = new Map(branches.flat().map((spec) => [keyOf(spec), spec]));
  const found = new Map<ColumnSpec, string>();
  const rules: readonly ((name: string, spec: ColumnSpec) => boolean)[] = [
    (name, spec) => name === spec.name,
    (name, spec) => `${name}_${spec.type}` === spec.name,
    (name, spec) => `${name}_${spec.type}` === spec.name.replace(/\d+$/, ''),
  ];
  for (const rule of rules) {
    for (const spec of shown) {
      if (found.has(spec)) continue;
      const match = [...left].find(([, column]) => column.type === spec.type && rule(column.name, spec));
      if (match === undefined) continue;
      found.set(spec, match[0]);
      left.delete(match[0]);
    }
  }
  return (columns) =>
    shown.map((spec) => {
      const key = found.get(spec);
      return key === undefined ? -1 : columns.findIndex((column) => keyOf(column) === key);
    });
}

function keyOf(spec: ColumnSpec): string {
  return `${spec.type} ${spec.name}`;
}

function packed(node: Syntax, columns: readonly ColumnSpec[], without: ReadonlySet<number>): Expression {
  const args = columns.flatMap(({ name, type }, index): readonly Expression[] =>
    without.has(index)
      ? []
      : [
          { kind: 'literal', type: 'string', value: name },
          { kind: 'column', type, index },
        ],
  );
  return { kind: 'call', type: 'dynamic', name: 'bag_pack', args, at: node.place };
}

function columnsUsed(node: Syntax): ReadonlySet<string> {
  if (node.kind === 'NameReference') return new Set(node.symbolKind === 'Column' ? [node.name] : []);
  return new Set(node.children.flatMap((child) => [...columnsUsed(child)]));
}

function lowerPredicate(node: Syntax, scope: Scope, cased: boolean): Expression {
  const bool = (name: string, args: readonly Expression[]): Expression => ({
    kind: 'call',
    type: 'bool',
    name,
    args,
    at: node.place,
  });
  switch (node.kind) {
    case 'ParenthesizedExpression':
      return lowerPredicate(node.need('Expression'), scope, cased);
    case 'AndExpression':
    case 'OrExpression':
      return bool(node.kind === 'AndExpression' ? 'and' : 'or', [
        lowerPredicate(node.need('Left'), scope, cased),
        lowerPredicate(node.need('Right'), scope, cased),
      ]);
    case 'StarExpression':
      return { kind: 'literal', type: 'bool', value: true };
    case 'StringLiteralExpression':
    case 'CompoundStringLiteralExpression':
      return anyColumn(node, scope, (column) => term(node, column, node.stringValue, cased));
    case 'SearchExpression': {
      const left = node.need('Left');
      const text = node.need('Right').stringValue;
      if (left.kind === 'StarExpression') return anyColumn(node, scope, (column) => term(node, column, text, cased));
      return term(node, lowerExpression(left, scope), text, cased);
    }
    case 'FunctionCallExpression': {
      const [only] = argumentsOf(node);
      if (node.need('Name').name === 'not' && only !== undefined) return bool('not', [lowerPredicate(only, scope, cased)]);
      return lowerExpression(node, scope);
    }
    default:
      return lowerExpression(node, scope);
  }
}

/** A word of `search`: whole terms, or by where its asterisks stand the beginning, the end, any part, or a pattern. */
function term(node: Syntax, column: Expression, text: string, cased: boolean): Expression {
  const before = text.startsWith('*');
  const after = text.length > 1 && text.endsWith('*');
  const word = text.slice(before ? 1 : 0, after ? -1 : undefined);
  const test = (name: string, value: string): Expression => ({
    kind: 'call',
    type: 'bool',
    name,
    args: [converted(column, 'string', node.place), { kind: 'literal', type: 'string', value }],
    at: node.place,
  });
  if (word.includes('*')) {
    const pattern = word.split('*').map(quoted).join('.*');
    return test('matches regex', `${cased ? '' : '(?i)'}${before ? '' : '\\b'}${pattern}${after ? '' : '\\b'}`);
  }
  const name = before ? (after ? 'contains' : 'hassuffix') : after ? 'hasprefix' : 'has';
  return test(cased ? `${name}_cs` : name, word);
}
