import { parseArgs } from 'node:util';
import { fuzz, seedQueries } from '../local/kql/fuzz.ts';
import { SHARED } from '../support/shared.ts';

/*
 * Mutated queries, all in one process: what each costs, and whether memory is given back. `wrong` and `overASecond` must be empty.
 */

const { values } = parseArgs({
  options: { count: { type: 'string', default: '10000' }, from: { type: 'string', default: '0' } },
});
const count = Number(values.count);
const from = Number(values.from);

const overASecond: { index: number; query: string; cpuMs: number }[] = [];
let slowest = { index: 0, cpuMs: 0 };
let peak = 0;
let total = 0;
const report = fuzz(seedQueries(`${SHARED}/kql`), from, count, (index, query, cpuMs) => {
  total += cpuMs;
  if (cpuMs > slowest.cpuMs) slowest = { index, cpuMs: Math.round(cpuMs) };
  if (cpuMs > 1_000) overASecond.push({ index, query, cpuMs: Math.round(cpuMs) });
  if (index % 20 === 0) peak = Math.max(peak, process.memoryUsage().rss);
  if ((index + 1) % 1_000 === 0) process.stderr.write(`${index + 1 - from} of ${count}\n`);
});
globalThis.gc?.();
console.log(
  JSON.stringify({
    queries: count,
    ...report,
    overASecond,
    slowest,
    meanMs: Number((total / count).toFixed(1)),
    peakRssMiB: Math.round(peak / 2 ** 20),
    heapAfterMiB: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
  }),
);
