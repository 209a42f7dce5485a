import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/model/duration.ts';
import type { Labels } from '../../src/model/labels.ts';
import type { MetricAnswer } from '../../src/model/query.ts';
import type { MetricTerm, Rule } from '../../src/model/rule.ts';
import type { Reading } from '../../src/model/series.ts';
import type { Target } from '../../src/model/target.ts';
import { acceptsAll } from '../../src/model/where.ts';
import { metricQueries } from '../../src/rules/metric-queries.ts';
import { readingsFor } from '../../src/rules/metric-readings.ts';
import { answer, type Sample } from './fake-metrics.ts';
import { metricSignal, ruleOf, targetOf, targetsOf } from './fixtures.ts';

const START = Date.UTC(2026, 10, 21, 9, 0, 0);
const SPAN = { start: START, end: START + 5 * MINUTE };
const DIMENSIONS = ['Deployment', 'Status', 'Stream'] as const;
const VALUES: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['chat', 'code'],
  Status: ['200', '429', '503'],
  Stream: ['Yes', 'No'],
};
const ESTATE = [...targetsOf(3), targetOf('east', { location: 'eastus2' }), targetOf('other', { subscriptionId: 'sub-2' })];

const samples: fc.Arbitrary<readonly Sample[]> = fc.array(
  fc.record({
    resourceId: fc.constantFrom(...ESTATE.map((target) => target.id)),
    metric: fc.constantFrom('M1', 'M2'),
    dimensions: fc.record({
      Deployment: fc.constantFrom(...(VALUES.Deployment ?? [])),
      Status: fc.constantFrom(...(VALUES.Status ?? [])),
      Stream: fc.constantFrom(...(VALUES.Stream ?? [])),
    }),
    at: fc.integer({ min: -1, max: 5 }).map((minute) => START + minute * MINUTE),
    value: fc.integer({ min: 0, max: 40 }),
  }),
  { maxLength: 60 },
);

const where = fc
  .subarray([...DIMENSIONS], { maxLength: 2 })
  .chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, fc.subarray([...(VALUES[name] ?? []), '>=500'], { minLength: 1 })]))),
  );

const term: fc.Arbitrary<MetricTerm> = fc
  .record({
    name: fc.constantFrom('M1', 'M2'),
    where,
    aggregate: fc.constantFrom('total' as const, 'count' as const, 'minimum' as const, 'maximum' as const, 'average' as const),
  })
  .map((one) => (one.aggregate === 'average' ? { ...one, counted: true } : one));

interface Entry {
  readonly rule: Rule;
  readonly targets: readonly Target[];
}

const entries: fc.Arbitrary<readonly Entry[]> = fc
  .array(
    fc.record({
      metric: term,
      over: fc.option(term, { nil: null }),
      by: fc.subarray([...DIMENSIONS]),
      targets: fc.subarray([...ESTATE], { minLength: 1 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((list) =>
    list.map(({ metric, over, by, targets }, index) => ({
      rule: ruleOf({ id: `R${index}`, signal: metricSignal({ metric, over, by }) }),
      targets,
    })),
  );

const read = (raw: readonly Sample[], asked: readonly Entry[], { rule, targets }: Entry) =>
  readingsFor(
    rule,
    targets,
    metricQueries(asked, SPAN).map((query) => answer(raw, query)),
    SPAN,
  );

/** What a term is, worked out from the samples without any query: `[labels as JSON, minute] → value`. */
function naive(raw: readonly Sample[], { name, where: filter, aggregate }: MetricTerm, by: readonly string[], target: Target) {
  const groups = new Map<string, number[]>();
  for (const sample of raw) {
    if (sample.resourceId !== target.id || sample.metric !== name || sample.at < SPAN.start || sample.at >= SPAN.end) continue;
    if (!acceptsAll(filter, sample.dimensions)) continue;
    const labels: Labels = Object.fromEntries(by.map((dimension) => [dimension, sample.dimensions[dimension] ?? '']));
    const key = `${JSON.stringify(labels)} ${sample.at}`;
    groups.set(key, [...(groups.get(key) ?? []), sample.value]);
  }
  return Object.fromEntries(
    [...groups].map(([key, values]) => {
      const total = values.reduce((sum, value) => sum + value, 0);
      const folded = {
        total,
        count: values.length,
        average: total / values.length,
        minimum: Math.min(...values),
        maximum: Math.max(...values),
      };
      return [key, folded[aggregate]];
    }),
  );
}

const flat = (reading: Reading | undefined, part: 'points' | 'over') =>
  Object.fromEntries(
    reading?.status === 'ok'
      ? reading.series.flatMap((series) =>
          (series[part] ?? []).map((point) => [`${JSON.stringify(series.labels)} ${point.at}`, point.value]),
        )
      : [],
  );

describe('readings from shared calls', () => {
  it('equal readings from calls made for each rule alone', () => {
    fc.assert(
      fc.property(samples, entries, (raw, asked) => {
        for (const entry of asked) {
          const shared = read(raw, asked, entry);
          const alone = read(raw, [entry], entry);
          for (const { id } of entry.targets) {
            expect(rounded(flat(shared[id], 'points'))).toEqual(rounded(flat(alone[id], 'points')));
            expect(rounded(flat(shared[id], 'over'))).toEqual(rounded(flat(alone[id], 'over')));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('equal what the raw samples say, but for zeros where nothing of a counted whole happened', () => {
    fc.assert(
      fc.property(samples, entries, (raw, asked) => {
        for (const entry of asked) {
          const { signal } = entry.rule;
          if (signal.kind !== 'metric') throw new Error('a metric rule was made');
          const readings = read(raw, asked, entry);
          for (const target of entry.targets) {
            const over = signal.over === null ? {} : naive(raw, signal.over, signal.by, target);
            const counter = signal.metric.aggregate === 'total' || signal.metric.aggregate === 'count';
            const zeros = counter ? Object.fromEntries(Object.keys(over).map((key) => [key, 0])) : {};
            const value = { ...zeros, ...naive(raw, signal.metric, signal.by, target) };
            expect(rounded(flat(readings[target.id], 'points'))).toEqual(rounded(value));
            expect(rounded(flat(readings[target.id], 'over'))).toEqual(rounded(over));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

const rounded = (record: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, Number(value.toFixed(9))]));

describe('the calls', () => {
  const throttled = ruleOf({
    id: 'Throttled',
    signal: metricSignal({
      metric: { name: 'ModelRequests', where: { StatusCode: ['429'] }, aggregate: 'total' },
      over: { name: 'ModelRequests', where: {}, aggregate: 'total' },
    }),
  });
  const stopped = ruleOf({ id: 'Stopped' });

  it('of a ratio over one metric are one: the denominator is added up from the same series', () => {
    expect(metricQueries([{ rule: throttled, targets: targetsOf(2) }], SPAN)).toMatchObject([
      { metrics: ['ModelRequests'], splitBy: ['ModelDeploymentName', 'StatusCode'], aggregations: ['total'] },
    ]);
  });

  it('of a rule whose split is coarser are none of its own', () => {
    const both = [throttled, stopped].map((rule) => ({ rule, targets: targetsOf(2) }));
    expect(metricQueries(both, SPAN)).toHaveLength(1);
  });

  it('never ask a metric for an aggregation or dimension that only another has', () => {
    const slow = ruleOf({ signal: metricSignal({ metric: { name: 'TimeToResponse', where: {}, aggregate: 'average' } }) });
    const calls = metricQueries(
      [throttled, slow].map((rule) => ({ rule, targets: targetsOf(1) })),
      SPAN,
    );
    expect(calls.map(({ metrics, aggregations }) => [metrics, aggregations])).toEqual([
      [['ModelRequests'], ['total']],
      [['TimeToResponse'], ['average']],
    ]);
  });

  it('do not fold averages whose samples nobody counted', () => {
    const coarse = ruleOf({ signal: metricSignal({ metric: { name: 'T', where: {}, aggregate: 'average' } }) });
    const fine = ruleOf({
      signal: metricSignal({ metric: { name: 'T', where: { StatusCode: ['200'] }, aggregate: 'average' } }),
    });
    expect(
      metricQueries(
        [coarse, fine].map((rule) => ({ rule, targets: targetsOf(1) })),
        SPAN,
      ),
    ).toHaveLength(2);
  });

  it('keep to fifty resources, twenty metrics, one place', () => {
    const rules = Array.from({ length: 45 }, (_, index) =>
      ruleOf({ id: `R${index}`, signal: metricSignal({ metric: { name: `M${index}`, where: {}, aggregate: 'total' } }) }),
    );
    const estate = [...targetsOf(60), targetOf('far', { location: 'eastus2' })];
    const calls = metricQueries(
      rules.map((rule) => ({ rule, targets: estate })),
      SPAN,
    );
    expect(calls).toHaveLength(3 * 2 + 3);
    for (const call of calls) {
      expect(call.resourceIds.length).toBeLessThanOrEqual(50);
      expect(call.metrics.length).toBeLessThanOrEqual(20);
    }
  });
});

describe('a reading', () => {
  const [a, b] = targetsOf(2) as [Target, Target];
  const series = (resourceId: string, labels: Labels, value: number) => ({
    resourceId,
    metric: 'ModelRequests',
    labels,
    points: [{ at: START, total: value }],
  });
  const failure = (code: string): MetricAnswer => ({
    series: [series(b.id, { ModelDeploymentName: 'chat' }, 7)],
    failed: [{ resourceId: a.id.toUpperCase(), metric: 'ModelRequests', code, detail: 'no' }],
  });

  it('is unknown for the target whose metric failed, and for no other', () => {
    const readings = readingsFor(ruleOf(), [a, b], [failure('TCN-A001')], SPAN);
    expect(readings[a.id]).toMatchObject({ status: 'unknown', reason: 'throttled', code: 'TCN-A001' });
    expect(readings[b.id]).toMatchObject({ status: 'ok', watermark: SPAN.end });
  });

  it('is untouched by the failure of a metric that the rule does not use', () => {
    const other = {
      ...failure('TCN-A005'),
      failed: [{ resourceId: a.id, metric: 'TotalTokens', code: 'TCN-A005', detail: 'no' }],
    };
    expect(readingsFor(ruleOf(), [a], [other], SPAN)[a.id]).toMatchObject({ status: 'ok', series: [] });
  });

  it('counts a part that did not happen as zero wherever the whole was counted', () => {
    const rule = ruleOf({
      signal: metricSignal({
        metric: { name: 'ModelRequests', where: { StatusCode: ['429'] }, aggregate: 'total' },
        over: { name: 'ModelRequests', where: {}, aggregate: 'total' },
      }),
    });
    const healthy: MetricAnswer = { series: [series(a.id, { modeldeploymentname: 'chat', statuscode: '200' }, 50)], failed: [] };
    expect(readingsFor(rule, [a], [healthy], SPAN)[a.id]).toMatchObject({
      series: [{ labels: { ModelDeploymentName: 'chat' }, points: [{ value: 0 }], over: [{ value: 50 }] }],
    });
  });

  it('takes a zero for no event where absence is judged', () => {
    const rule = ruleOf({ condition: { kind: 'absent', for: 5 * MINUTE, expect: [{ kind: 'inventory' }] } });
    const silent: MetricAnswer = { series: [series(a.id, { modeldeploymentname: 'chat' }, 0)], failed: [] };
    expect(readingsFor(rule, [a], [silent], SPAN)[a.id]).toMatchObject({ series: [{ points: [] }] });
  });

  it('counts nothing twice when a series is answered twice or with several splits', () => {
    const twice: MetricAnswer = {
      series: [
        series(a.id, { modeldeploymentname: 'chat' }, 10),
        series(a.id, { modeldeploymentname: 'chat' }, 10),
        series(a.id, { modeldeploymentname: 'chat', statuscode: '200' }, 9),
        series(a.id, { modeldeploymentname: 'chat', statuscode: '429' }, 1),
        series(a.id, {}, 10),
      ],
      failed: [],
    };
    expect(readingsFor(ruleOf(), [a], [twice], SPAN)[a.id]).toMatchObject({ series: [{ points: [{ value: 10 }] }] });
  });
});
