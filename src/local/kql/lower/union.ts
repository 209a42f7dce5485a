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
  const columns = node.tableColumns;
  const shown = withSource ? columns.slice(1) : columns;
  const mapping = mappingOf(
    shown,
    all.map(({ relation }) => relation.columns),
  );
  const mappings = all.map(({ relation }) => mapping(relation.columns));
  const wanted = new Set(all.flatMap(({ relation }) => relation.columns.map(keyOf)));
  const common = [...wanted].filter((key) => all.every(({ relation }) => relation.columns.some((spec) => keyOf(spec) === key)));
  const filled = shown.every((_, index) => mappings.some((mapping) => (mapping[index] ?? -1) >= 0));
  if (!filled || shown.length !== (kind === 'inner' ? common.length : wanted.size)) throw node.refuse('a union of these columns');
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

function keyOf(spec: ColumnSpec): string {
  return `${spec.name} ${spec.type}`;
}
