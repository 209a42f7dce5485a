import type { Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import type { ColumnSpec } from '../types.ts';
import { parameter } from './join.ts';
import { lowerTable, type Scope } from './scope.ts';

/**
 * Columns meet by name and type; the binder says what they are called when one name has two types.
 * `input` is the left side of the pipe, if any.
 */
export function lowerUnion(node: Syntax, input: Relation | null, scope: Scope): Relation {
  const listed = node.list('Expressions').map((item) => ({ relation: lowerTable(item, scope), node: item }));
  const all = [...(input === null ? [] : [{ relation: input, node: undefined }]), ...listed];
  const withSource = parameter(node, 'withsource') !== undefined;
  const kind = parameter(node, 'kind') ?? 'outer';
  let pairs = columnPairs(all.flatMap(({ relation }) => relation.columns));
  if (kind === 'inner')
    pairs = pairs.filter((pair) => all.every(({ relation }) => relation.columns.some((spec) => keyOf(spec) === pair)));
  else if (kind !== 'outer') throw node.refuse(`union kind=${kind}`);
  const columns = node.tableColumns;
  const shown = withSource ? columns.slice(1) : columns;
  if (shown.length !== pairs.length || shown.some((spec, index) => !pairs[index]?.endsWith(` ${spec.type}`))) {
    throw node.refuse('a union of these columns');
  }
  return {
    kind: 'union',
    columns,
    withSource,
    branches: all.map(({ relation, node: item }, index) => ({
      input: relation,
      mapping: pairs.map((pair) => relation.columns.findIndex((spec) => keyOf(spec) === pair)),
      label: labelOf(relation, item, scope) ?? `union_arg${index}`,
    })),
  };
}

function keyOf(spec: { readonly name: string; readonly type: string }): string {
  return `${spec.name} ${spec.type}`;
}

/** What `withsource` calls a branch: a bare table by its name, one that `as` named by that. */
function labelOf(relation: Relation, node: Syntax | undefined, scope: Scope): string | undefined {
  for (const [name, named] of scope.session.named) if (named === relation) return name;
  return relation.kind === 'scan' && (node === undefined || node.kind === 'NameReference') ? relation.table : undefined;
}

/** In order of first appearance of the name, and under one name of the type. */
function columnPairs(columns: readonly ColumnSpec[]): readonly string[] {
  const byName = new Map<string, Set<string>>();
  for (const spec of columns) byName.set(spec.name, (byName.get(spec.name) ?? new Set()).add(keyOf(spec)));
  return [...byName.values()].flatMap((pairs) => [...pairs]);
}
