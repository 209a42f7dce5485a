import { type Numeric, truthsOf } from '../data.ts';
import type { AggregateCall } from '../plan.ts';
import { Coder } from '../run/codes.ts';
import type { Bound } from '../run/run.ts';
import { nothing } from '../table.ts';
import type { KustoType, Value } from '../types.ts';
import type { Groups } from './define.ts';

/*
 * Aggregates over whole columns of numbers. Each gives what the aggregate of its name gives row by row, or null where it does not
 * apply: then that one is used.
 */

type Columns = readonly (readonly Value[])[];
export type BulkAggregate = (call: AggregateCall, args: readonly Bound[], groups: Groups) => Columns | null;

const LARGEST = 9007199254740991;

function numericOf(arg: Bound | undefined, types: readonly KustoType[]): Numeric | null {
  if (arg === undefined || !types.includes(arg.type)) return null;
  const data = arg.bulk?.() ?? null;
  return data?.kind === 'numeric' ? data : null;
}

const SUMMED: readonly KustoType[] = ['int', 'long', 'real', 'timespan'];
const ORDERED: readonly KustoType[] = ['int', 'long', 'real', 'datetime', 'timespan'];

/** The `…if` form: rows for which the condition does not hold belong to no group. */
function conditional(aggregate: BulkAggregate, at: number): BulkAggregate {
  return (call, args, groups) => {
    const condition = args[at]?.bulk?.() ?? null;
    if (condition === null) return null;
    const truths = truthsOf(condition);
    const of = new Int32Array(groups.of.length);
    for (let row = 0; row < of.length; row += 1) of[row] = truths[row] === 1 ? (groups.of[row] as number) : -1;
    const rest = args.filter((_, index) => index !== at);
    return aggregate({ ...call, args: call.args.filter((_, index) => index !== at) }, rest, { count: groups.count, of });
  };
}

const count: BulkAggregate = (_call, _args, { count: groups, of }) => {
  const totals = new Float64Array(groups);
  for (let row = 0; row < of.length; row += 1) {
    const group = of[row] as number;
    if (group >= 0) totals[group] = (totals[group] as number) + 1;
  }
  return [[...totals]];
};

/** Sums and numbers of values by group; `null` when a sum of whole numbers leaves what a double holds. */
function sumsOf(
  arg: Bound,
  column: Numeric,
  { count: groups, of }: Groups,
): { readonly sums: Float64Array; readonly present: Float64Array } | null {
  const { numbers, nulls } = column;
  const sums = new Float64Array(groups);
  const present = new Float64Array(groups);
  const exact = arg.type === 'int' || arg.type === 'long';
  for (let row = 0; row < of.length; row += 1) {
    const group = of[row] as number;
    if (group < 0 || (nulls !== null && nulls[row] === 1)) continue;
    const total = (sums[group] as number) + (numbers[row] as number);
    if (exact && (total > LARGEST || total < -LARGEST)) return null;
    sums[group] = total;
    present[group] = (present[group] as number) + 1;
  }
  return { sums, present };
}

const sum: BulkAggregate = (_call, [arg], groups) => {
  const column = numericOf(arg, SUMMED);
  const made = arg === undefined || column === null ? null : sumsOf(arg, column, groups);
  return made === null ? null : [[...made.sums]];
};

const avg: BulkAggregate = (_call, [arg], groups) => {
  const column = numericOf(arg, SUMMED);
  const made = arg === undefined || column === null ? null : sumsOf(arg, column, groups);
  if (arg === undefined || made === null) return null;
  const means = Array.from(made.sums, (total, group): Value => {
    const divisor = made.present[group] as number;
    if (arg.type === 'timespan') return divisor === 0 ? null : Math.trunc(total / divisor);
    return total / divisor;
  });
  return [means];
};

/** The row of the greatest (or least) number of every group, -1 where all are null; `null` where one is NaN. */
function bestRows(column: Numeric, { count: groups, of }: Groups, sign: 1 | -1): Int32Array | null {
  const { numbers, nulls } = column;
  const best = new Float64Array(groups);
  const rows = new Int32Array(groups).fill(-1);
  for (let row = 0; row < of.length; row += 1) {
    const group = of[row] as number;
    if (group < 0 || (nulls !== null && nulls[row] === 1)) continue;
    const number = (numbers[row] as number) * sign;
    if (Number.isNaN(number)) return null;
    if ((rows[group] as number) < 0 || number > (best[group] as number)) {
      best[group] = number;
      rows[group] = row;
    }
  }
  return rows;
}

function extreme(sign: 1 | -1): BulkAggregate {
  return (_call, [arg], groups) => {
    const column = numericOf(arg, ORDERED);
    const rows = column === null ? null : bestRows(column, groups, sign);
    if (arg === undefined || rows === null) return null;
    return [Array.from(rows, (row) => (row < 0 ? nothing(arg.type) : arg.cell(row)))];
  };
}

function argument(sign: 1 | -1): BulkAggregate {
  return (_call, args, groups) => {
    const column = numericOf(args[0], ORDERED);
    const rows = column === null ? null : bestRows(column, groups, sign);
    if (rows === null) return null;
    if (rows.includes(-1)) return null;
    return args.map((arg) => Array.from(rows, (row) => arg.cell(row)));
  };
}

const percentiles: BulkAggregate = (call, [arg, ...ranks], groups) => {
  const column = numericOf(arg, ORDERED);
  if (arg === undefined || column === null || call.types.length !== ranks.length) return null;
  if (!ranks.every((rank) => rank.constant)) return null;
  const parts = partition(column, groups);
  if (parts === null) return null;
  const percents = ranks.map((rank) => Number(rank.cell(0)));
  const ascending = percents.map((percent, index) => ({ percent, index })).sort((a, b) => a.percent - b.percent);
  const results = percents.map(() => new Array<Value>(groups.count).fill(nothing(arg.type)));
  for (let group = 0; group < groups.count; group += 1) {
    const [start, end] = [parts.starts[group] as number, parts.starts[group + 1] as number];
    if (start === end) continue;
    let from = start;
    for (const { percent, index } of ascending) {
      const at = Math.min(end - 1, start + Math.max(0, Math.ceil((percent / 100) * (end - start)) - 1));
      select(parts.numbers, from, end - 1, at);
      (results[index] as Value[])[group] = parts.numbers[at] as number;
      from = at;
    }
  }
  return results;
};

/** The numbers of each group beside each other; `null` where one is NaN. */
function partition(
  { numbers, nulls }: Numeric,
  { count: groups, of }: Groups,
): { readonly numbers: Float64Array; readonly starts: Int32Array } | null {
  const starts = new Int32Array(groups + 1);
  for (let row = 0; row < of.length; row += 1) {
    const group = of[row] as number;
    if (group < 0 || (nulls !== null && nulls[row] === 1)) continue;
    if (Number.isNaN(numbers[row])) return null;
    starts[group + 1] = (starts[group + 1] as number) + 1;
  }
  for (let group = 0; group < groups; group += 1) starts[group + 1] = (starts[group + 1] as number) + (starts[group] as number);
  const next = starts.slice(0, groups);
  const sorted = new Float64Array(starts[groups] as number);
  for (let row = 0; row < of.length; row += 1) {
    const group = of[row] as number;
    if (group < 0 || (nulls !== null && nulls[row] === 1)) continue;
    const at = next[group] as number;
    sorted[at] = numbers[row] as number;
    next[group] = at + 1;
  }
  return { numbers: sorted, starts };
}

/** Puts the number that would be at `at` if `low…high` were sorted there, none greater before it, none less after it. */
function select(numbers: Float64Array, low: number, high: number, at: number): void {
  let [left, right] = [low, high];
  let rounds = 0;
  while (right > left) {
    rounds += 1;
    // Unlucky pivots again and again: sorting what is left bounds the time.
    if (right - left < 24 || rounds > 60) {
      numbers.subarray(left, right + 1).sort();
      return;
    }
    const pivot = middleOf(numbers[left] as number, numbers[(left + right) >> 1] as number, numbers[right] as number);
    let i = left;
    let j = right;
    while (i <= j) {
      while ((numbers[i] as number) < pivot) i += 1;
      while ((numbers[j] as number) > pivot) j -= 1;
      if (i <= j) {
        const swap = numbers[i] as number;
        numbers[i] = numbers[j] as number;
        numbers[j] = swap;
        i += 1;
        j -= 1;
      }
    }
    if (at <= j) right = j;
    else if (at >= i) left = i;
    else return;
  }
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

const MOST_BITS = 1 << 28;

const dcount: BulkAggregate = (_call, [arg], { count: groups, of }) => {
  const data = arg?.bulk?.() ?? null;
  if (arg === undefined || data === null) return null;
  const coder = new Coder(arg.type);
  const codes = coder.codesOf(data);
  if (groups * coder.count > MOST_BITS) return null;
  const seen = new Int32Array(Math.ceil((groups * coder.count) / 32) + 1);
  const totals = new Float64Array(groups);
  for (let row = 0; row < of.length; row += 1) {
    const group = of[row] as number;
    const code = codes[row] as number;
    if (group < 0 || code === coder.nullCode) continue;
    const bit = group * coder.count + code;
    const mask = 1 << (bit & 31);
    const word = seen[bit >>> 5] as number;
    if ((word & mask) !== 0) continue;
    seen[bit >>> 5] = word | mask;
    totals[group] = (totals[group] as number) + 1;
  }
  return [[...totals]];
};

export const BULK_AGGREGATES: Readonly<Record<string, BulkAggregate>> = {
  count,
  countif: conditional(count, 0),
  sum,
  sumif: conditional(sum, 1),
  avg,
  avgif: conditional(avg, 1),
  min: extreme(-1),
  minif: conditional(extreme(-1), 1),
  max: extreme(1),
  maxif: conditional(extreme(1), 1),
  arg_max: argument(1),
  argmax: argument(1),
  arg_min: argument(-1),
  argmin: argument(-1),
  percentile: percentiles,
  percentiles,
  dcount,
  dcountif: conditional(dcount, 1),
  count_distinct: dcount,
  count_distinctif: conditional(dcount, 1),
};
