import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeState, encodeState } from '../../src/azure/state-codec.ts';
import { expectedKey } from '../../src/evaluate/expected.ts';
import { DAY, MINUTE } from '../../src/model/duration.ts';
import type { ExpectedKey, Instance, ShardState } from '../../src/model/state.ts';
import { A, B, minutes, NOON, ok, ruleOf, runOver } from '../evaluate/support.ts';

const time = fc.integer({ min: NOON, max: NOON + DAY });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const target = fc.constantFrom(A, B, '');
const labels = fc.oneof(
  fc.record({ ModelDeploymentName: fc.string() }),
  fc.record({ ModelDeploymentName: fc.string(), StatusCode: fc.string() }),
  fc.constant({}),
);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const fingerprint = fc.constantFrom('aa', 'bb', 'cc', 'dd', 'ee');

const instance: fc.Arbitrary<Omit<Instance, 'fingerprint'>> = fc
  .tuple(
    fc.record({
      target,
      labels,
      state: fc.constantFrom('pending' as const, 'firing' as const, 'recovering' as const, 'resolved' as const),
      reason: fc.constantFrom('breach' as const, 'recovered' as const),
      activeAt: time,
      firedAt: maybe(time),
      recoveringSince: maybe(time),
      resolvedAt: maybe(time),
      missed: fc.nat(3),
      blindSince: maybe(time),
      value: maybe(finite),
    }),
    fc.constantFrom({}, { details: { level: '7' } }, { report: { day: 3, count: 2, firstAt: NOON } }),
  )
  .map(([known, more]) => ({ ...known, ...more }));

const expected: fc.Arbitrary<readonly [key: string, ExpectedKey]> = fc
  .tuple(
    fc.record({ target, labels, firstExpectedAt: time, lastSeenAt: maybe(time), lastInventoriedAt: maybe(time) }),
    fc.constantFrom({}, { unobserved: 5 }, { retiredAt: NOON }),
    fc.string(),
  )
  .map(([known, more, tail]) => [`${known.target}\n${tail}`, { ...known, ...more }]);

const recent = fc.record({ end: time, breaches: fc.uniqueArray(fingerprint) });

const numbers = fc.array(finite, { maxLength: 31 });
const extents = fc.constantFrom({}, { value: [1, 2] as const }, { residual: [-1, 1] as const, variation: [0, 0] as const });
const memory = fc.record({
  track: fc.record({
    since: time,
    samples: fc.nat(),
    lastAt: time,
    values: numbers,
    times: fc.array(time, { maxLength: 31 }),
    day: fc.nat(30_000),
    daySamples: fc.nat(),
    hours: fc.array(maybe(finite), { maxLength: 24 }),
    hour: fc.nat(23),
    hourValues: numbers,
    extents,
    usualExtents: extents,
  }),
  excursion: fc.constant(null),
  verdicts: fc.nat(),
});

const state: fc.Arbitrary<ShardState> = fc
  .tuple(
    fc.record({
      lastWindowEnd: time,
      instances: fc.uniqueArray(fc.tuple(fingerprint, instance), { selector: ([name]) => name }),
      expected: fc.array(expected, { maxLength: 5 }),
      recent: fc.array(recent, { maxLength: 4 }),
      blind: fc.dictionary(fc.constantFrom(A, B), time, { noNullPrototype: true }),
    }),
    fc.record(
      {
        targets: fc.uniqueArray(target),
        events: fc.dictionary(target, fc.record({ readTo: time, seen: fc.constantFrom({}, { id: NOON }) }), {
          noNullPrototype: true,
        }),
        series: fc.dictionary(fc.constantFrom('a', 'b'), memory, { noNullPrototype: true }),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([{ lastWindowEnd, blind, ...lists }, optional]) => ({
    version: 1,
    lastWindowEnd,
    lagging: {},
    blind,
    unsent: [],
    instances: Object.fromEntries(lists.instances.map(([name, one]) => [name, { fingerprint: name, ...one }])),
    expected: Object.fromEntries(lists.expected),
    recent: lists.recent,
    ...optional,
  }));

describe('the state of a shard as a blob', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(state, (one) => {
        expect(decodeState(encodeState(one).body)).toEqual(one);
      }),
    );
  });

  it('is refused where the memory of a series was cut off, instead of going on with that of the one before', () => {
    fc.assert(
      fc.property(state, memory, fc.nat(), (one, last, at) => {
        const packed = JSON.parse(Buffer.from(encodeState({ ...one, series: { a: last, b: last } }).body).toString('utf8'));
        const { track } = packed.series.memories[1];
        packed.series.memories[1].track = track.slice(0, at % (track.length - 3));
        expect(() => decodeState(Buffer.from(JSON.stringify(packed)))).toThrow(TypeError);
      }),
    );
  });

  it('is a tenth as large where keys are named after their labels', () => {
    const keys = Array.from({ length: 20 }, (_, index) => ({
      target: A,
      labels: { ModelDeploymentName: `Chat-${index}` },
      firstExpectedAt: NOON,
      lastSeenAt: NOON,
      lastInventoriedAt: null,
    }));
    const one = {
      ...emptyState,
      expected: Object.fromEntries(keys.map((key) => [expectedKey(A, key.labels, ['ModelDeploymentName']), key])),
    };
    const { body } = encodeState(one);
    expect(body.byteLength).toBeLessThan(JSON.stringify(one).length / 8);
    expect(decodeState(body)).toEqual(one);
  });

  it('keeps what a later version may add to an instance', () => {
    const judged = runOver(ruleOf({ for: 5 * MINUTE }), () => ok(minutes([20])), [NOON + MINUTE]).state as ShardState;
    const [[name, pending]] = Object.entries(judged.instances) as [[string, Instance]];
    const next = { ...judged, instances: { [name]: { ...pending, addedLater: { by: 'someone' } } as Instance }, alsoLater: 1 };
    expect(decodeState(encodeState(next).body)).toEqual(next);
  });

  it('is written as it is where a name does not fit what it names', () => {
    const odd = {
      ...emptyState,
      expected: { elsewhere: { target: A, labels: {}, firstExpectedAt: 1, lastSeenAt: null, lastInventoriedAt: null } },
    };
    expect(decodeState(encodeState(odd).body)).toEqual(odd);
  });

  it('is compressed only where it is very large', () => {
    const { body, description } = encodeState(emptyState);
    expect(description).toEqual({ contentType: 'application/json' });
    expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({ version: 2, lastWindowEnd: NOON });

    const many = {
      ...emptyState,
      lagging: Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`${A}-${index}`, NOON])),
    };
    const packed = encodeState(many);
    expect(packed.description).toEqual({ contentType: 'application/json', contentEncoding: 'gzip' });
    expect(packed.body.byteLength).toBeLessThan(1_000_000);
    expect(decodeState(packed.body)).toEqual(many);
  });

  it('is refused when it is of another making', () => {
    for (const text of ['{"version":2}', '{"version":1}', '{"version":3}', 'null', '{}'])
      expect(() => decodeState(Buffer.from(text))).toThrow('not the state of a shard');
    expect(() => decodeState(Buffer.from('no JSON'))).toThrow();
    expect(() => decodeState(gzipSync('{}'))).toThrow('not the state of a shard');
  });
});

const emptyState: ShardState = {
  version: 1,
  lastWindowEnd: NOON,
  lagging: {},
  instances: {},
  expected: {},
  recent: [],
  unsent: [],
  blind: {},
};
