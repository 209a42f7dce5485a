import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/model/duration.ts';
import type { EvaluationJob } from '../../src/model/messages.ts';
import type { Rule } from '../../src/model/rule.ts';
import { isDue, JOB_METRICS, planJobs } from '../../src/rules/plan.ts';
import { SHARD_TARGETS, shardsOf } from '../../src/rules/shards.ts';
import { logSignal, metricSignal, ruleOf, rules, targets, targetsOf, timing } from './fixtures.ts';

const T0 = Date.UTC(2026, 10, 21, 9, 0, 0);
const WORKSPACES = ['workspace-1', 'workspace-2'];
const shardNames = (jobs: readonly EvaluationJob[]) =>
  jobs.flatMap((job) => job.shards.map(({ rule, shard }) => `${rule} ${shard}`)).sort();

/** Ticks at arbitrary distances: seconds late, minutes late, hours asleep. */
const ticks = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 90_000 }), fc.integer({ min: 1, max: 3 * 60 * MINUTE })), {
    minLength: 1,
    maxLength: 40,
  })
  .map((gaps) => {
    const times = [T0];
    for (const gap of gaps) times.push((times.at(-1) ?? T0) + gap);
    return times;
  });

/** Window ends that became `delay` old in `(from, to]`, counted one by one. */
function endsDue({ every, delay }: Rule, from: number, to: number): readonly number[] {
  const ends: number[] = [];
  for (let end = Math.ceil((from - delay + 1) / every) * every; end + delay <= to; end += every) ends.push(end);
  return ends;
}

describe('planning over any sequence of ticks', () => {
  it('plans a metric rule at exactly the ticks at which a window has become due or is to be corrected', () => {
    fc.assert(
      fc.property(timing, ticks, (time, times) => {
        const rule = ruleOf(time);
        times.slice(1).forEach((now, index) => {
          const last = times[index] ?? T0;
          const corrections = endsDue({ ...rule, delay: 3 * rule.delay }, last, now);
          expect(isDue(rule, last, now)).toBe(endsDue(rule, last, now).length + corrections.length > 0);
        });
      }),
    );
  });

  it('hands every window to exactly one tick, and loses none', () => {
    fc.assert(
      fc.property(timing, ticks, (time, times) => {
        const rule = ruleOf(time);
        const planned = times.slice(1).flatMap((now, index) => {
          const last = times[index] ?? T0;
          return isDue(rule, last, now) ? endsDue(rule, last, now) : [];
        });
        expect(planned).toEqual(endsDue(rule, T0, times.at(-1) ?? T0));
      }),
    );
  });

  it('looks at a log rule at every tick while its newest window may wait for data', () => {
    const rule = ruleOf({ signal: logSignal(), every: 60 * MINUTE, delay: 10 * MINUTE });
    const due = Array.from({ length: 60 }, (_, minute) => isDue(rule, T0 + (minute - 1) * MINUTE, T0 + minute * MINUTE));
    expect(due.map((yes, minute) => (yes ? minute : -1)).filter((minute) => minute >= 0)).toEqual(
      Array.from({ length: 21 }, (_, index) => index + 10),
    );
  });

  it('finds everything due at the first tick', () => {
    fc.assert(
      fc.property(rules, targets, (list, estate) => {
        const jobs = planJobs({ rules: list, targets: estate, workspaces: WORKSPACES, lastTickAt: null, now: T0 });
        const all = list.flatMap((rule) => shardsOf(rule, estate, WORKSPACES).map(({ key }) => `${key.rule} ${key.shard}`));
        expect(shardNames(jobs)).toEqual(all.sort());
      }),
      { numRuns: 40 },
    );
  });
});

describe('the jobs of one tick', () => {
  const input = { workspaces: WORKSPACES, lastTickAt: null, now: T0 };

  it('are independent of the order of rules and targets', () => {
    fc.assert(
      fc.property(rules, targets, (list, estate) => {
        const jobs = planJobs({ ...input, rules: list, targets: estate });
        expect(planJobs({ ...input, rules: [...list].reverse(), targets: [...estate].reverse() })).toEqual(jobs);
      }),
      { numRuns: 40 },
    );
  });

  it('each fit one batch call: fifty resources and twenty metrics of one namespace, place and grain', () => {
    fc.assert(
      fc.property(rules, targets, (list, estate) => {
        const byId = new Map(list.map((rule) => [rule.id, rule]));
        const byTarget = new Map(estate.map((target) => [target.id, target]));
        for (const job of planJobs({ ...input, rules: list, targets: estate })) {
          const signals = job.shards.flatMap(({ rule }) => byId.get(rule)?.signal ?? []);
          if (job.kind === 'logs') {
            expect(signals.every(({ kind }) => kind === 'log')).toBe(true);
            expect(job.workspace).not.toBeNull();
            continue;
          }
          const places = job.targets
            .map((id) => byTarget.get(id))
            .map((target) => `${target?.subscriptionId}/${target?.location}`);
          expect(new Set(places).size).toBe(1);
          expect(job.targets.length).toBeLessThanOrEqual(SHARD_TARGETS);
          const metrics = signals.flatMap((signal) => (signal.kind === 'metric' ? [signal] : []));
          expect(metrics).toHaveLength(signals.length);
          expect(new Set(metrics.map(({ metric }) => metric.name)).size).toBeLessThanOrEqual(JOB_METRICS);
          expect(new Set(metrics.map(({ grain }) => grain)).size).toBe(1);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are few: rules over the same targets share one, and so do log rules over one workspace', () => {
    const many = Array.from({ length: 12 }, (_, index) => ruleOf({ id: `M${index}` }));
    const logs = Array.from({ length: 12 }, (_, index) => ruleOf({ id: `L${index}`, signal: logSignal() }));
    const jobs = planJobs({ ...input, rules: [...many, ...logs], targets: targetsOf(50) });
    expect(jobs.map((job) => [job.kind, job.shards.length])).toEqual([
      ['metrics', 12],
      ['logs', 12],
      ['logs', 12],
    ]);
  });

  it('do not mix grains, because a call has one', () => {
    const list = [ruleOf({ id: 'A' }), ruleOf({ id: 'B', signal: metricSignal({ grain: 5 * MINUTE }) })];
    expect(planJobs({ ...input, rules: list, targets: targetsOf(2) })).toHaveLength(2);
  });

  it('fit into a queue message even where a log rule watches thousands', () => {
    const estate = targetsOf(3000);
    const jobs = planJobs({ ...input, rules: [ruleOf({ signal: logSignal() })], targets: estate });
    for (const job of jobs) expect(JSON.stringify(job).length).toBeLessThan(48_000);
  });
});
