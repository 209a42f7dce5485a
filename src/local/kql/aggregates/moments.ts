import { unsupported } from '../errors.ts';
import { long } from '../numbers.ts';
import type { AggregateCall } from '../plan.ts';
import type { Bound } from '../run/run.ts';
import { type Aggregate, type AggregateTable, allow, conditional, type Groups, single } from './define.ts';

const NUMBERS = ['int', 'long', 'real'];

function checkPair(call: AggregateCall): void {
  for (const arg of call.args.slice(0, 2)) {
    if (!NUMBERS.includes(arg.type)) throw unsupported(`${call.name}() of a ${arg.type}`, call.at);
  }
}

/** Sample or population covariance of the rows that have both values; 0 for fewer than two. */
function covariance(sample: boolean): Aggregate {
  return single((x, groups, _call, [y]) => (y === undefined ? [] : covariances(x, y, groups, sample)), checkPair);
}

/** By Welford's update, which keeps its digits where the values are large and close. */
function covariances(x: Bound, y: Bound, groups: Groups, sample: boolean): number[] {
  const counts = new Float64Array(groups.count);
  const [meanX, meanY] = [new Float64Array(groups.count), new Float64Array(groups.count)];
  const products = new Float64Array(groups.count);
  for (let row = 0; row < groups.of.length; row += 1) {
    const group = groups.of[row] as number;
    const [a, b] = group < 0 ? [null, null] : [x.cell(row), y.cell(row)];
    if (a === null || b === null) continue;
    const count = (counts[group] as number) + 1;
    const off = Number(a) - (meanX[group] as number);
    counts[group] = count;
    meanX[group] = (meanX[group] as number) + off / count;
    meanY[group] = (meanY[group] as number) + (Number(b) - (meanY[group] as number)) / count;
    products[group] = (products[group] as number) + off * (Number(b) - (meanY[group] as number));
  }
  return Array.from(products, (product, group) => {
    const divisor = (counts[group] as number) - (sample ? 1 : 0);
    return divisor <= 0 ? 0 : product / divisor;
  });
}

/** All values of a group, bit by bit; null where there is none. */
function bits(f: (a: bigint, b: bigint) => bigint): Aggregate {
  return single(
    (arg, groups) => {
      const totals = new Array<bigint | null>(groups.count).fill(null);
      for (let row = 0; row < groups.of.length; row += 1) {
        const group = groups.of[row] as number;
        const value = group < 0 ? null : arg.cell(row);
        if (value === null) continue;
        const total = totals[group] ?? null;
        totals[group] = total === null ? BigInt(value as number) : f(total, BigInt(value as number));
      }
      return totals.map((total) => (total === null ? null : long(total)));
    },
    allow('int', 'long'),
  );
}

export const MOMENTS: AggregateTable = {
  covariance: covariance(true),
  covarianceif: conditional(covariance(true), 2),
  covariancep: covariance(false),
  covariancepif: conditional(covariance(false), 2),
  binary_all_and: bits((a, b) => a & b),
  binary_all_or: bits((a, b) => a | b),
  binary_all_xor: bits((a, b) => a ^ b),
};
