import { addLong } from '../numbers.ts';
import type { Bound } from '../run/run.ts';
import type { Value } from '../types.ts';
import { type Aggregate, type AggregateTable, allow, conditional, type Groups, single } from './define.ts';

const NUMBERS = allow('int', 'long', 'real', 'timespan');

const count: Aggregate = {
  compute: (_call, _args, groups) => [counts(groups)],
};

function counts(groups: Groups): number[] {
  const totals = new Array<number>(groups.count).fill(0);
  for (const group of groups.of) if (group >= 0) totals[group] = (totals[group] as number) + 1;
  return totals;
}

function sums(arg: Bound, groups: Groups): (number | bigint)[] {
  const { of } = groups;
  const { cell } = arg;
  const totals = new Array<number | bigint>(groups.count).fill(0);
  const exact = arg.type === 'int' || arg.type === 'long';
  for (let row = 0; row < of.length; row += 1) {
    const group = of[row] as number;
    if (group < 0) continue;
    const value = cell(row) as number | bigint | null;
    if (value === null) continue;
    const total = totals[group] as number | bigint;
    totals[group] = exact ? addLong(total, value) : (total as number) + (value as number);
  }
  return totals;
}

function present(arg: Bound, groups: Groups): number[] {
  const totals = new Array<number>(groups.count).fill(0);
  for (let row = 0; row < groups.of.length; row += 1) {
    const group = groups.of[row] as number;
    if (group >= 0 && arg.cell(row) !== null) totals[group] = (totals[group] as number) + 1;
  }
  return totals;
}

const sum = single((arg, groups) => sums(arg, groups), NUMBERS);

/** NaN, not null, where no row has a value; a mean of timespans is null then. */
const avg = single((arg, groups) => {
  const numbers = present(arg, groups);
  return sums(arg, groups).map((total, group): Value => {
    const divisor = numbers[group] as number;
    if (arg.type === 'timespan') return divisor === 0 ? null : Math.trunc(Number(total) / divisor);
    return Number(total) / divisor;
  });
}, NUMBERS);

/** Sample or population variance; 0 for fewer than two values. */
function spread(sample: boolean, root: boolean): Aggregate {
  return single(
    (arg, groups) => {
      const numbers = present(arg, groups);
      const means = sums(arg, groups).map((total, group) => Number(total) / (numbers[group] as number));
      const squares = new Array<number>(groups.count).fill(0);
      for (let row = 0; row < groups.of.length; row += 1) {
        const group = groups.of[row] as number;
        const value = group < 0 ? null : arg.cell(row);
        if (value !== null) squares[group] = (squares[group] as number) + (Number(value) - (means[group] as number)) ** 2;
      }
      return squares.map((square, group) => {
        const divisor = (numbers[group] as number) - (sample ? 1 : 0);
        const variance = divisor <= 0 ? 0 : square / divisor;
        return root ? Math.sqrt(variance) : variance;
      });
    },
    allow('int', 'long', 'real'),
  );
}

export const SUMS: AggregateTable = {
  count,
  cnt: count,
  countif: conditional(count, 0),
  sum,
  sumif: conditional(sum, 1),
  avg,
  avgif: conditional(avg, 1),
  stdev: spread(true, true),
  stdevif: conditional(spread(true, true), 1),
  stdevp: spread(false, true),
  variance: spread(true, false),
  varianceif: conditional(spread(true, false), 1),
  variancep: spread(false, false),
  variancepif: conditional(spread(false, false), 1),
};
