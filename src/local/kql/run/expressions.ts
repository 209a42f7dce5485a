import { toDynamic } from '../json.ts';
import type { Expression, SharedScalar } from '../plan.ts';
import { SCALARS } from '../scalars/index.ts';
import { nothing } from '../table.ts';
import type { Value } from '../types.ts';
import type { Bound, Columns, Run } from './run.ts';

/** An expression made into a function of the row number, over the columns at hand. */
export function bind(expression: Expression, columns: Columns, run: Run): Bound {
  switch (expression.kind) {
    case 'literal':
      return constant(expression.type, expression.value);
    case 'column': {
      const column = columns[expression.index];
      const values = column?.values ?? [];
      return { type: expression.type, constant: false, cell: (row) => values[row] as Value };
    }
    case 'shared':
      return constant(
        expression.type,
        run.shared(expression.id, () => sharedValue(expression, run)),
      );
    case 'call': {
      const args = expression.args.map((arg) => bind(arg, columns, run));
      const cell = SCALARS[expression.name]?.bind(expression, args, run) ?? (() => null);
      if (!args.every((arg) => arg.constant)) return { type: expression.type, constant: false, cell };
      return constant(expression.type, cell(0));
    }
  }
}

function constant(type: Bound['type'], value: Value): Bound {
  return { type, constant: true, cell: () => value };
}

function sharedValue({ body }: SharedScalar, run: Run): Value {
  switch (body.kind) {
    case 'subquery': {
      const table = run.evaluate(body.query);
      return table.rows === 0 ? nothing(body.type) : (table.columns[0]?.values[0] ?? null);
    }
    case 'columnList': {
      const column = run.evaluate(body.query).columns[0];
      return column === undefined ? [] : column.values.map((value) => toDynamic(value, column.type));
    }
    default:
      return bind(body, [], run).cell(0);
  }
}
