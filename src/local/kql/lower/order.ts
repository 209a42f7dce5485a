import type { Relation, SortKey } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import { lowerExpression } from './expressions.ts';
import type { Scope } from './scope.ts';

export function lowerSort(node: Syntax, input: Relation, scope: Scope): Relation {
  const keys = node.list('Expressions').map((item) => lowerKey(item, scope));
  return { kind: 'sort', columns: input.columns, input, keys };
}

export function lowerTop(node: Syntax, input: Relation, scope: Scope): Relation {
  const keys = [lowerKey(node.need('ByExpression'), scope)];
  const sorted: Relation = { kind: 'sort', columns: input.columns, input, keys };
  return { kind: 'take', columns: input.columns, input: sorted, count: lowerExpression(node.need('Expression'), scope) };
}

export function lowerTake(node: Syntax, input: Relation, scope: Scope): Relation {
  return { kind: 'take', columns: input.columns, input, count: lowerExpression(node.need('Expression'), scope) };
}

/** Descending unless said otherwise; null is the smallest value unless said otherwise. */
function lowerKey(node: Syntax, scope: Scope): SortKey {
  if (node.kind !== 'OrderedExpression') return { expression: lowerExpression(node, scope), descending: true, nullsFirst: false };
  const ordering = node.child('Ordering');
  const descending = ordering?.child('AscOrDescKeyword')?.text !== 'asc';
  const nulls = ordering?.child('NullsClause')?.text ?? '';
  const nullsFirst = nulls === '' ? !descending : nulls.endsWith('first');
  return { expression: lowerExpression(node.need('Expression'), scope), descending, nullsFirst };
}
