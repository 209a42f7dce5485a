import { compareValues } from '../compare.ts';
import { unsupported } from '../errors.ts';
import type { AggregateCall } from '../plan.ts';
import type { Bound } from '../run/run.ts';
import { nothing } from '../table.ts';
import type { Value } from '../types.ts';
import { type Aggregate, type AggregateTable, conditional, type Groups, single } from './define.ts';

function checkOrderable(call: AggregateCall): void {
  const type = call.args[0]?.type;
  if (type === 'dynamic' || type === 'decimal') throw unsupported(`${call.name}() of a ${type}`, call.at);
}

/** The row of the greatest (or least) value of every group, -1 where all are null. NaN is both greatest and least. */
function bestRows(arg: Bound, groups: Groups, sign: 1 | -1): Int32Array {
  const best = new Int32Array(groups.count).fill(-1);
  const values = new Array<Value>(groups.count).fill(null);
  for (let row = 0; row < groups.of.length; row += 1) {
    const group = groups.of[row] as number;
    const value = group < 0 ? null : arg.cell(row);
    if (value === null) continue;
    const current = values[group] as Value;
    if (
      current === null ||
      (!Number.isNaN(current) && (Number.isNaN(value) || compareValues(value, current, arg.type) * sign > 0))
    ) {
      best[group] = row;
      values[group] = value;
    }
  }
  return best;
}

function extreme(sign: 1 | -1): Aggregate {
  return single(
    (arg, groups) => Array.from(bestRows(arg, groups, sign), (row) => (row < 0 ? nothing(arg.type) : arg.cell(row))),
    checkOrderable,
  );
}

/** The first value and the others of the row in which it is best; of the group's first row when it is null everywhere. */
function argument(sign: 1 | -1): Aggregate {
  return {
    check: checkOrderable,
    compute: (_call, args, groups) => {
      const [by] = args;
      if (by === undefined) return [];
      const first = firstRows(groups);
      const rows = bestRows(by, groups, sign).map((row, group) => (row < 0 ? (first[group] as number) : row));
      return args.map((arg) => Array.from(rows, (row) => (row < 0 ? nothing(arg.type) : arg.cell(row))));
    },
  };
}

function firstRows(groups: Groups): Int32Array {
  const first = new Int32Array(groups.count).fill(-1);
  for (let row = groups.of.length - 1; row >= 0; row -= 1) {
    const group = groups.of[row] as number;
    if (group >= 0) first[group] = row;
  }
  return first;
}

/** Any row's values; of a single column a value rather than null or the empty string, if there is one. */
const takeAny: Aggregate = {
  compute: (_call, args, groups) => {
    const [only] = args;
    const rows = firstRows(groups);
    if (args.length === 1 && only !== undefined) {
      const settled = new Uint8Array(groups.count);
      for (let row = 0; row < groups.of.length; row += 1) {
        const group = groups.of[row] as number;
        if (group < 0 || settled[group] === 1) continue;
        const value = only.cell(row);
        if (value === null || value === '') continue;
        rows[group] = row;
        settled[group] = 1;
      }
    }
    return args.map((arg) => Array.from(rows, (row) => (row < 0 ? nothing(arg.type) : arg.cell(row))));
  },
};

export const EXTREMES: AggregateTable = {
  min: extreme(-1),
  minif: conditional(extreme(-1), 1),
  max: extreme(1),
  maxif: conditional(extreme(1), 1),
  arg_max: argument(1),
  argmax: argument(1),
  arg_min: argument(-1),
  argmin: argument(-1),
  take_any: takeAny,
  any: takeAny,
  take_anyif: conditional(takeAny, 1),
  anyif: conditional(takeAny, 1),
};
