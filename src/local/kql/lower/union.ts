import type { Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import type { ColumnSpec } from '../types.ts';
import { parameter } from './parameter.ts';
import type { Scope } from './scope.ts';
import { mappingOf } from './search.ts';
import { labelOf, type Source, sourcesOf } from './sources.ts';

/**
 * Columns meet by name and type; the binder says what they are called when one name has two types.
 * `input` is the left side of the pipe, if any.
 */
export function lowerUnion(node: Syntax, input: Relation | null, scope: Scope): Relation {
  const fuzzy = parameter(node, 'isfuzzy') === 'true';
  const first: readonly Source[] = input === null ? [] : [{ relation: input, label: labelOf(input, undefined, scope) }];
  const all = [...first, ...sourcesOf(node.list('Expressions'), scope, fuzzy)];
  if (all.length === 0) throw node.refuse('a union of nothing');
  const withSource = (parameter(node, 'withsource') ?? parameter(node, 'with_source')) !== undefined;
  const kind = parameter(node, 'kind') ?? 'outer';
  if (kind !== 'inner' && kind !== 'outer') throw node.refuse(`union kind=${kind}`);
  const bound = node.tableColumns;
  const source = withSource ? bound.slice(0, 1) : [];
  // The binder lists all columns of an inner union; the engine gives those that all branches have.
  const [one] = all;
  const shown =
    kind === 'outer'
      ? bound.slice(source.length)
      : (one?.relation.columns ?? []).filter((spec) => all.every(({ relation }) => has(relation.columns, spec)));
  const columns = [...source, ...shown];
  const mapping = mappingOf(
    shown,
    all.map(({ relation }) => relation.columns),
  );
  const mappings = all.map(({ relation }) => mapping(relation.columns));
  const filled = shown.every((_, index) => mappings.some((mapping) => (mapping[index] ?? -1) >= 0));
  const wanted = new Set(all.flatMap(({ relation }) => relation.columns.map(keyOf)));
  if (!filled || (kind === 'outer' && shown.length !== wanted.size)) throw node.refuse('a union of these columns');
  return {
    kind: 'union',
    columns,
    withSource,
    branches: all.map(({ relation, label }, index) => ({
      input: relation,
      mapping: mappings[index] ?? [],
      label: label ?? `union_arg${index}`,
    })),
  };
}

function has(columns: readonly ColumnSpec[], wanted: ColumnSpec): boolean {
  return columns.some((spec) => keyOf(spec) === keyOf(wanted));
}

function keyOf(spec: ColumnSpec): string {
  return `${spec.name} ${spec.type}`;
}
