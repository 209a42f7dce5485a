import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type OwnMetricsDeps, sendOwnMetrics } from '../../src/app/forward/own-metrics.ts';
import { drainParked, type ForwardDeps, type ForwardEvent, forward } from '../../src/app/forward.ts';
import { TocsinError } from '../../src/model/errors.ts';
import type { OtlpSink } from '../../src/model/sink.ts';
import type { HttpRequest } from '../../src/ports.ts';
import { platformMetric, requestResponse, wrapped } from '../support/diagnostic-records.ts';
import {
  FakeClock,
  MemoryDrainTotalsStore,
  MemoryFindingStore,
  MemoryForwardMarks,
  MemoryLog,
  MemoryParkingStore,
  MemoryQuarantineStore,
} from '../support/memory/index.ts';

const SINK: OtlpSink = {
  kind: 'otlp',
  name: 'collector',
  url: 'http://127.0.0.1:4318',
  headers: {},
  encoding: 'json',
  telemetry: true,
};
const AT = Date.parse('2026-11-20T12:00:00Z');

function world(sinks: readonly OtlpSink[] = [SINK]) {
  const requests: HttpRequest[] = [];
  const answer = { status: 200 };
  const clock = new FakeClock(AT);
  const findings = new MemoryFindingStore();
  const deps: ForwardDeps = {
    sinks,
    http: {
      send: async (request) => {
        requests.push(request);
        return { status: answer.status, headers: {}, body: '{}' };
      },
    },
    quarantine: new MemoryQuarantineStore(),
    parking: new MemoryParkingStore(),
    marks: new MemoryForwardMarks(),
    findings,
    clock,
    log: new MemoryLog(),
    sleep: async () => {},
  };
  let number = 0;
  return {
    deps,
    clock,
    answer,
    requests,
    findings: () => findings.during({ start: 0, end: AT * 2 }),
    event: (body: string | Buffer): ForwardEvent => ({
      body: Buffer.from(body),
      partition: '0',
      sequenceNumber: String(++number),
      offset: '',
      enqueuedAt: new Date(clock.now() - 2_000).toISOString(),
    }),
    forward: (...events: readonly ForwardEvent[]) => forward({ hub: 'hub', events }, deps),
    /** What one more minute sends, as `name {attributes} value`; sums with `+`. */
    async told(changed: OwnMetricsDeps = deps) {
      requests.length = 0;
      await sendOwnMetrics(changed);
      return requests.flatMap(({ body }) => linesOf(JSON.parse(gunzipSync(body as Uint8Array).toString('utf8')) as Request));
    },
  };
}

interface Request {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[];
  }[];
}
interface Metric {
  readonly name: string;
  readonly gauge?: { readonly dataPoints: readonly Point[] };
  readonly sum?: {
    readonly dataPoints: readonly Point[];
    readonly aggregationTemporality: number;
    readonly isMonotonic: boolean;
  };
}
interface Point {
  readonly asDouble: number;
  readonly startTimeUnixNano?: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[];
}

function linesOf({ resourceMetrics }: Request): readonly string[] {
  const metrics = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  return metrics.flatMap(({ name, gauge, sum }) => {
    if (sum !== undefined) expect(sum).toMatchObject({ aggregationTemporality: 2, isMonotonic: true });
    return (sum ?? gauge)?.dataPoints.map(({ asDouble, attributes, startTimeUnixNano }) => {
      expect(startTimeUnixNano).toBe(sum === undefined ? undefined : `${AT}000000`);
      const labels = attributes.filter(({ key }) => key !== 'partition').map(({ value }) => value.stringValue);
      return [name.replace('tocsin.forward.', ''), ...labels, `${sum === undefined ? '' : '+'}${asDouble}`].join(' ');
    }) as readonly string[];
  });
}

describe('what forwarding tells of itself', () => {
  it('goes as metrics to the sinks that want it, added up over batches', async () => {
    const { forward, event, told, clock } = world();
    const odd = requestResponse().replace('"time":"2026-03-10T21:41:05.4350000Z",', '');
    await forward(event(wrapped([requestResponse(), odd])));
    await forward(event(wrapped([requestResponse(), platformMetric('M', 1)])), event('no record'));
    clock.advance(60_000);
    const lines = await told();
    expect(lines).toEqual(
      expect.arrayContaining([
        'records RequestResponse +3',
        'records metrics +1',
        'repairs RequestResponse no time +1',
        'quarantined unknown +1',
        'duplicates +0',
        'dropped +0',
        'sink.records collector delivered RequestResponse +3',
        'sink.records collector delivered metrics +1',
        'sink.records collector filtered +0',
        'sink.records collector parked +0',
        'sink.requests collector +3',
        'sink.failures collector +0',
        'lag 0.5 2000',
        'lag 0.99 2000',
      ]),
    );
    expect(lines.filter((line) => line.startsWith('sink.latency'))).toHaveLength(2);
  });

  it('says what the hub holds that nobody has read, where somebody looks', async () => {
    const { told, deps, clock } = world();
    const waiting = { sequenceNumber: 9, enqueuedAt: AT, since: AT - 90_000 };
    const place = { partition: 'hub/0', last: waiting, read: null, allReadAt: null, expired: 0 };
    const looking = {
      ...deps,
      hubView: async () => ({ hub: 'hub', at: AT, alertedSince: null, partitions: [{ ...place, unread: 10, waiting }] }),
    };
    clock.advance(1_000);
    expect(await told(looking)).toEqual(['unread 10', 'unread.age 90000']);
    expect(await told()).toEqual([]);
  });

  it('counts failures and what waits, and loses nothing when it is not taken itself', async () => {
    const { forward, event, told, answer, requests } = world();
    answer.status = 503;
    await forward(event(wrapped([requestResponse()])));
    expect(await told()).toContain('sink.records collector parked RequestResponse +1');
    expect(requests).toHaveLength(1);
    answer.status = 200;
    const lines = await told();
    expect(lines).toContain('sink.records collector parked RequestResponse +1');
    expect(lines).toContain('sink.failures collector +3');
  });

  it('counts by category what filters leave out, what is refused and what is dropped', async () => {
    const named = (category: string) => requestResponse().replace('"RequestResponse"', JSON.stringify(category));
    const records = wrapped([named('Audit'), named('Audit'), named('Trace'), platformMetric('M', 1)]);
    const filtered = world([{ ...SINK, only: { categories: ['Audit'], signals: ['logs'] } }]);
    await filtered.forward(filtered.event(records));
    expect((await filtered.told()).filter((line) => line.startsWith('sink.records'))).toEqual([
      'sink.records collector delivered Audit +2',
      'sink.records collector refused +0',
      'sink.records collector parked +0',
      'sink.records collector filtered Trace +1',
      'sink.records collector filtered metrics +1',
      'sink.records collector repeated +0',
      'sink.records collector rejected +0',
    ]);

    const refusing = world();
    refusing.answer.status = 400;
    await refusing.forward(refusing.event(wrapped([named('Audit'), named('Trace')])));
    refusing.answer.status = 200;
    expect(await refusing.told()).toEqual(
      expect.arrayContaining([
        'sink.records collector refused Audit +1',
        'sink.records collector refused Trace +1',
        'quarantined Audit +1',
        'quarantined Trace +1',
      ]),
    );

    const nowhere = world([{ ...SINK, url: '' }]);
    await nowhere.forward(nowhere.event(records));
    const totals = (await nowhere.deps.marks.all())[0]?.totals;
    expect(totals).toMatchObject({ dropped: 4, droppedOf: { Audit: 2, Trace: 1, metrics: 1 } });
  });

  it('tells what was parked and delivered later, with its requests, apart from what was delivered at once', async () => {
    const { forward, event, told, answer, deps } = world();
    const drained = new MemoryDrainTotalsStore();
    answer.status = 503;
    await forward(event(wrapped([requestResponse(), requestResponse({ correlationId: 'c-2' })])));
    await drainParked({ ...deps, drained });
    expect(await drained.read()).toMatchObject({ value: { sinks: { collector: { delivered: 0, failures: 3 } } } });
    answer.status = 200;
    await drainParked({ ...deps, drained });
    const lines = await told({ ...deps, drained });
    expect(lines).toEqual(
      expect.arrayContaining([
        'sink.records collector delivered +0',
        'sink.records collector parked RequestResponse +2',
        'sink.records collector delivered later +2',
        'sink.requests collector +3',
        'sink.requests collector parked +4',
        'sink.failures collector parked +3',
      ]),
    );
    drained.failNext('replace', new TocsinError('TCN-S001', 'down'));
    answer.status = 503;
    await forward(event(wrapped([requestResponse()])));
    answer.status = 200;
    expect(await drainParked({ ...deps, drained })).toMatchObject({ records: 1, waiting: 0 });
  });

  it('asks nobody who does not want it', async () => {
    const { telemetry: _, ...without } = SINK;
    const { forward, event, told, requests } = world([without]);
    await forward(event(wrapped([requestResponse()])));
    expect(await told()).toEqual([]);
    expect(requests).toEqual([]);
  });

  it('bounds the categories, whose names senders choose', async () => {
    const { forward, event, told } = world();
    const named = (name: string) => requestResponse().replace('"RequestResponse"', JSON.stringify(name));
    await forward(event(wrapped(['__proto__', ...Array.from({ length: 150 }, (_, index) => `c-${index}`)].map(named))));
    const lines = (await told()).filter((line) => line.startsWith('records '));
    expect(lines).toContain('records others +52');
    expect(lines).toHaveLength(100);
  });

  it('is a finding when losses grow, not while they are as they were', async () => {
    const { forward, event, findings, clock } = world();
    const batch = (bad: number) => [
      event(wrapped(Array.from({ length: 100 }, () => requestResponse()))),
      ...Array.from({ length: bad }, () => event('no record')),
    ];
    const losses = async () => (await findings()).filter(({ code }) => code === 'TCN-F008').map(({ count }) => count);
    await forward(...batch(10));
    expect(await losses()).toEqual([]);
    await forward(...batch(10));
    expect(await losses()).toEqual([20]);
    clock.advance(3_600_000);
    await forward(...batch(15), ...batch(15));
    expect(await losses()).toEqual([20]);
    await forward(...batch(90));
    expect(await losses()).toEqual([20, 120]);
  });
});
