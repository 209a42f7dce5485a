import type { Expression } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import type { KustoType } from '../types.ts';
import type { Scope } from './scope.ts';

const SEARCHED: ReadonlySet<KustoType> = new Set(['string', 'dynamic', 'guid']);

/** A condition on any column that holds text. */
export function anyColumn(node: Syntax, scope: Scope, test: (column: Expression) => Expression): Expression {
  const tests = scope.columns.flatMap(({ type }, index) => (SEARCHED.has(type) ? [test({ kind: 'column', type, index })] : []));
  return tests.reduce<Expression>(
    (left, right) => ({ kind: 'call', type: 'bool', name: 'or', args: [left, right], at: node.place }),
    {
      kind: 'literal',
      type: 'bool',
      value: false,
    },
  );
}
