import type { Syntax } from '../syntax.ts';
import type { ColumnSpec } from '../types.ts';

/** The binder's output columns, which must be as many and of the types that we make; if not, we misread the query. */
export function matching(node: Syntax, expressions: readonly { readonly type: ColumnSpec['type'] }[]): readonly ColumnSpec[] {
  const columns = node.tableColumns;
  if (columns.length !== expressions.length) throw node.refuse('this combination of columns');
  return columns.map((spec, index) => ({ name: spec.name, type: expressions[index]?.type ?? spec.type }));
}
