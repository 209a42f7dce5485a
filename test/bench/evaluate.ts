import { gunzipSync, gzipSync } from 'node:zlib';
import { planWindows } from '../../src/evaluate/due.ts';
import { judge } from '../../src/evaluate/judge.ts';
import { MINUTE } from '../../src/model/duration.ts';
import type { Rule } from '../../src/model/rule.ts';
import type { Reading } from '../../src/model/series.ts';
import type { ShardState } from '../../src/model/state.ts';
import { A, METRIC, NOON, ok, ruleOf, seriesOf } from '../evaluate/support.ts';

/*
 * How many series one core judges a second: ratio rules over five points a window, one series in a hundred in breach, three windows
 * one after the other so that state is read and written. Reading is the other side's cost and is not in it.
 */

const WINDOWS = 3;

const rules = (count: number): readonly Rule[] =>
  Array.from({ length: count }, (_, index) =>
    ruleOf({
      id: `Rule${index}`,
      signal: { ...METRIC, over: METRIC.metric },
      condition: { kind: 'threshold', when: { operator: '>', threshold: 0.5 }, clear: { operator: '<', threshold: 0.25 } },
      window: 5 * MINUTE,
      delay: 3 * MINUTE,
      for: 2 * MINUTE,
      floor: 20,
    }),
  );

/** As one metrics call gives it: one span that serves every window. */
function readingOf(series: number): Reading {
  const times = Array.from({ length: 5 + WINDOWS }, (_, index) => NOON - (6 - index) * MINUTE);
  return ok(
    ...Array.from({ length: series }, (_, index) =>
      seriesOf(
        { ModelDeploymentName: `deployment-${index}` },
        times.map((time) => ({ at: time, value: index % 100 === 7 ? 90 : 3, weight: 1 })),
        times.map((time) => ({ at: time, value: 100, weight: 1 })),
      ),
    ),
  );
}

/** Seconds to judge every rule over `series` series, `WINDOWS` times. */
function secondsOf(all: readonly Rule[], series: number): { seconds: number; states: readonly (ShardState | null)[] } {
  const readings = { [A]: readingOf(series) };
  let states: readonly (ShardState | null)[] = all.map(() => null);
  const began = performance.now();
  for (let step = 0; step < WINDOWS; step++) {
    const now = NOON + (3 + step) * MINUTE;
    states = all.map((rule, index) => {
      const state = states[index] ?? null;
      const plan = planWindows(rule, state, [A], null, now);
      const due = plan.due.map(({ window }) => ({ window, readings }));
      return judge(rule, state, plan, { due, recheck: [] }, [], now).next;
    });
  }
  return { seconds: (performance.now() - began) / 1000, states };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const some = rules(1_000);
secondsOf(some, 100);
const runs = Array.from({ length: 5 }, () => secondsOf(some, 100).seconds);
const growth = [100, 1_000, 10_000].map((series) => ({
  series,
  seconds: median(Array.from({ length: 3 }, () => secondsOf(rules(10), series).seconds)),
}));

const [largest] = secondsOf(rules(1), 50_000).states;
const began = performance.now();
const packed = gzipSync(JSON.stringify(largest));
JSON.parse(gunzipSync(packed).toString()) as ShardState;
const stateRoundTripMs = performance.now() - began;

console.log(
  JSON.stringify({
    ruleSeriesPerSecond: Math.round((1_000 * 100 * WINDOWS) / median(runs)),
    rssMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
    growth,
    stateRoundTripMs: Number(stateRoundTripMs.toFixed(1)),
    stateBytes: packed.byteLength,
  }),
);
