import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drainParked, type ForwardDeps, forward } from '../../src/app/forward.ts';
import { TocsinError } from '../../src/model/errors.ts';
import { platformMetric, requestResponse, wrapped } from '../support/diagnostic-records.ts';
import { batch, eventOf as event, freshStores, patient, range, record, Servers } from '../support/forward-world.ts';
import { MemoryForwardMarks } from '../support/memory/index.ts';
import { type OtlpSinkServer, otlpSink, type SinkRequest } from '../support/otlp-sink.ts';
import type { SinkAnswer } from '../support/scripted-sink.ts';
import { hasShared, SHARED } from '../support/shared.ts';

const servers = new Servers();
let waits: number[] = [];
let stores = freshStores();

beforeEach(() => {
  stores = freshStores();
  waits = [];
});
afterEach(() => servers.stop());

const sink = (script?: (request: SinkRequest) => SinkAnswer): Promise<OtlpSinkServer> => servers.keep(otlpSink(script));

function deps(...targets: readonly (OtlpSinkServer | string)[]): ForwardDeps {
  return {
    ...patient(stores, (ms) => waits.push(ms)),
    sinks: targets.map((target, index) => ({
      kind: 'otlp',
      name: `sink-${index}`,
      url: typeof target === 'string' ? target : target.url,
      headers: { 'x-token': 't' },
    })),
  };
}

const ids = (server: OtlpSinkServer) => server.logs.map(({ attributes }) => attributes['azure.correlation_id']);
const mark = async () => (await stores.marks.read('diagnostics/0')).value;

describe('a batch of events', () => {
  it('arrives as logs and metrics, compressed, with the headers of the sink', async () => {
    const server = await sink();
    const outcome = await forward(
      batch(event(1, wrapped([record('a'), platformMetric('M', 3)])), event(2, wrapped([record('b')]))),
      deps(server),
    );
    expect(ids(server)).toEqual(['a', 'b']);
    expect(server.points).toHaveLength(5);
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/logs', '/v1/metrics']);
    expect(server.requests[0]?.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
      'x-token': 't',
    });
    const { telemetry, ...counts } = outcome;
    expect(telemetry).toMatchObject({
      lag: { p50: 60_000, p99: 60_000 },
      categories: { RequestResponse: 2, metrics: 1 },
      sinks: { 'sink-0': { delivered: 3, parked: 0, requests: 2, failures: 0, latency: expect.anything() } },
    });
    expect((await mark())?.lag).toEqual(telemetry.lag);
    expect(counts).toEqual({
      events: 2,
      duplicates: 0,
      records: 3,
      delivered: 3,
      parked: 0,
      rejected: 0,
      repeated: 0,
      quarantined: 0,
      dropped: 0,
      sinkRequests: 2,
      repairs: {},
    });
  });

  it('moves the mark and adds its counts', async () => {
    const server = await sink();
    await forward(batch(event(1, wrapped([record('a')]))), deps(server));
    await forward(batch(event(7, wrapped([record('b'), record('c')]))), deps(server));
    expect(await mark()).toMatchObject({
      sequenceNumber: 7,
      counts: { events: 2, records: 3, quarantined: 0, duplicates: 0, sinkRequests: 2, parked: 0 },
    });
  });

  it('that was late in the hub is a finding, one an hour', async () => {
    const server = await sink();
    for (const [index, minutes] of [4, 6, 20].entries()) {
      const enqueuedAt = new Date(stores.clock.now() - minutes * 60_000).toISOString();
      await forward(batch(event(index, wrapped([record(`${index}`)]), { enqueuedAt })), deps(server));
    }
    expect(stores.findings.all()).toMatchObject([
      { kind: 'pipeline', code: 'TCN-F006', labels: { hub: 'diagnostics' }, value: 1200 },
    ]);
  });

  it('of 5,000 records is whole, in requests of at most 1,000 records and 1 MB', async () => {
    const server = await sink();
    const events = range(100).map((body) => event(body, wrapped(range(50).map((index) => record(`${body}-${index}`)))));
    const outcome = await forward(batch(...events), deps(server));
    expect(ids(server)).toEqual(range(5_000).map((index) => `${Math.floor(index / 50)}-${index % 50}`));
    expect(outcome.delivered).toBe(5_000);
    expect(new Set(server.logs.map(({ attributes }) => attributes['log.record.uid'])).size).toBe(5_000);
    for (const request of server.requests) {
      expect(request.logs.length).toBeLessThanOrEqual(1_000);
      expect(request.bytes).toBeLessThanOrEqual(1_000_000);
    }
  });

  it('with records larger than a request may be sends each alone', async () => {
    const server = await sink();
    const large = (id: string) => requestResponse({ correlationId: id, message: 'x'.repeat(1_200_000) });
    await forward(batch(event(1, wrapped([record('a'), large('b'), large('c'), record('d')]))), deps(server));
    expect(ids(server).toSorted()).toEqual(['a', 'b', 'c', 'd']);
    for (const request of server.requests) if (request.bytes > 1_000_000) expect(request.logs).toHaveLength(1);
  });

  it('goes to every sink', async () => {
    const [one, two] = [await sink(), await sink()];
    const outcome = await forward(batch(event(1, wrapped([record('a')]))), deps(one, two));
    expect([ids(one), ids(two)]).toEqual([['a'], ['a']]);
    expect(outcome).toMatchObject({ records: 1, delivered: 2, sinkRequests: 2 });
  });

  it('gives prompts and credentials only to the sink that may have them', async () => {
    const [careful, trusted] = [await sink(), await sink()];
    const told = deps(careful, trusted);
    const [one, two] = told.sinks;
    if (one === undefined || two === undefined) throw new Error('two sinks were made');
    const redact = { content: false, secrets: false, emails: false };
    const properties = { requestBody: 'a private question', note: 'Bearer abcdefghijkl of eve@example.com' };
    const gateway = JSON.stringify({ time: '2026-03-10T21:41:05.4350000Z', category: 'GatewayLogs', properties });
    const outcome = await forward(batch(event(1, wrapped([gateway]))), {
      ...told,
      sinks: [one, { ...two, redact }],
    });
    expect(outcome).toMatchObject({ records: 1, delivered: 2 });
    expect(trusted.logs[0]?.attributes).toMatchObject(properties);
    expect(careful.logs[0]?.attributes).toMatchObject({ note: 'Bearer [redacted] of [redacted]' });
    expect(careful.logs[0]?.attributes).not.toHaveProperty('requestBody');
  });

  it('without a sink is counted and dropped knowingly', async () => {
    const outcome = await forward(batch(event(1, wrapped([record('a')])), event(2, 'garbage')), deps('', '  '));
    expect(outcome).toMatchObject({ records: 1, delivered: 0, dropped: 1, quarantined: 1, sinkRequests: 0 });
    expect(await mark()).toMatchObject({ sequenceNumber: 2 });
  });

  it('that is empty does nothing', async () => {
    const server = await sink();
    expect(await forward(batch(), deps(server))).toMatchObject({ events: 0, records: 0, sinkRequests: 0 });
    expect(await forward(batch(event(1, '')), deps(server))).toMatchObject({ events: 1, records: 0, quarantined: 0 });
  });
});

describe('an event that comes again', () => {
  it('is counted and not sent', async () => {
    const server = await sink();
    const first = event(5, wrapped([record('a')]));
    await forward(batch(first), deps(server));
    const outcome = await forward(batch(event(4, wrapped([record('z')])), first, event(6, wrapped([record('b')]))), deps(server));
    expect(ids(server)).toEqual(['a', 'b']);
    expect(outcome).toMatchObject({ events: 1, duplicates: 2 });
    expect(await mark()).toMatchObject({ sequenceNumber: 6, counts: { events: 2, duplicates: 2 } });
  });

  it('within one batch is sent once', async () => {
    const server = await sink();
    expect(await forward(batch(event(1, wrapped([record('a')])), event(1, wrapped([record('a')]))), deps(server))).toMatchObject({
      duplicates: 1,
    });
    expect(ids(server)).toEqual(['a']);
  });

  it('in another partition is another event', async () => {
    const server = await sink();
    await forward(batch(event(1, wrapped([record('a')])), event(1, wrapped([record('b')]), { partition: '1' })), deps(server));
    expect(ids(server)).toEqual(['a', 'b']);
    expect((await stores.marks.all()).map(({ partition, sequenceNumber }) => [partition, sequenceNumber])).toEqual([
      ['diagnostics/0', 1],
      ['diagnostics/1', 1],
    ]);
  });

  it('without a number is sent again rather than lost, and moves no mark', async () => {
    const server = await sink();
    await forward(batch(event(3, wrapped([record('a')]))), deps(server));
    await forward(batch(event('', wrapped([record('b')]))), deps(server));
    await forward(batch(event('', wrapped([record('b')]))), deps(server));
    expect(ids(server)).toEqual(['a', 'b', 'b']);
    expect(await mark()).toMatchObject({ sequenceNumber: 3 });
  });

  it('of a hub that was created anew is new, though its number is low', async () => {
    const server = await sink();
    await forward(batch(event(500, wrapped([record('old')]))), deps(server));
    const later = { enqueuedAt: '2026-11-20T12:30:00.000Z' };
    await forward(batch(event(0, wrapped([record('new')]), later)), deps(server));
    expect(await forward(batch(event(0, wrapped([record('new')]), later)), deps(server))).toMatchObject({ duplicates: 1 });
    expect(ids(server)).toEqual(['old', 'new']);
    expect(await mark()).toMatchObject({ sequenceNumber: 0, counts: { events: 2 } });
  });

  it('after a crash before the mark has the same uid', async () => {
    const server = await sink();
    const same = batch(event(1, wrapped([record('a'), record('a')])));
    await forward(same, deps(server));
    stores.marks = new MemoryForwardMarks();
    stores.clock.advance(60_000);
    await forward(same, deps(server));
    const uids = server.logs.map(({ attributes }) => attributes['log.record.uid']);
    expect(uids.slice(0, 2)).toEqual(uids.slice(2));
    expect(new Set(uids).size).toBe(2);
  });

  it('is sent again when the marks cannot be read, and forwarding goes on when they cannot be written', async () => {
    const server = await sink();
    const down = new TocsinError('TCN-S001', 'down');
    const same = batch(event(1, wrapped([record('a')])));
    stores.marks.failNext('replace', down);
    await forward(same, deps(server));
    stores.marks.failNext('read', down);
    await forward(same, deps(server));
    expect(ids(server)).toEqual(['a', 'a']);
    expect(stores.log.messages('warn')).toHaveLength(2);
  });

  it('keeps the counts of another instance that writes the same mark', async () => {
    const server = await sink();
    await Promise.all([
      forward(batch(event(1, wrapped([record('a')]))), deps(server)),
      forward(batch(event(2, wrapped([record('b')]))), deps(server)),
    ]);
    expect(await mark()).toMatchObject({ sequenceNumber: 2, counts: { events: 2, records: 2 } });
  });
});

describe('what cannot be decoded', () => {
  it('goes to the quarantine exactly once, as it came, with its place and reason', async () => {
    const server = await sink();
    const bad = Buffer.from([0x80, 0xff, 0x00, 0x01]);
    const all = batch(event(1, wrapped([record('a')])), event(2, bad), event(3, wrapped([record('b')])));
    expect(await forward(all, deps(server))).toMatchObject({ quarantined: 1, delivered: 2 });
    stores.marks = new MemoryForwardMarks();
    await forward(all, deps(server));
    expect(stores.quarantine.all()).toHaveLength(1);
    expect(stores.quarantine.all()[0]).toMatchObject({
      id: 'diagnostics/0/2/piece-0',
      code: 'TCN-F001',
      partition: '0',
      sequenceNumber: '2',
      offset: '2000',
      enqueuedAt: '2026-11-20T11:59:00.000Z',
      reason: expect.stringMatching(/./),
    });
    expect(Buffer.from(stores.quarantine.all()[0]?.body ?? [])).toEqual(bad);
  });

  it('is a finding, one an hour', async () => {
    const server = await sink();
    await forward(batch(event(1, 'bad')), deps(server));
    stores.clock.advance(60_000);
    await forward(batch(event(2, 'worse')), deps(server));
    stores.clock.advance(3_600_000);
    await forward(batch(event(3, 'worst', { enqueuedAt: '2026-11-20T13:00:00Z' })), deps(server));
    expect(stores.findings.all().map(({ id, kind, code }) => [id, kind, code])).toEqual([
      ['quarantine/diagnostics/2026-11-20T12', 'quarantine', 'TCN-F001'],
      ['quarantine/diagnostics/2026-11-20T13', 'quarantine', 'TCN-F001'],
    ]);
  });

  it('makes forwarding throw only where the quarantine fails, before anything was sent and with the mark unmoved', async () => {
    const server = await sink();
    stores.quarantine.failNext('put', new TocsinError('TCN-S003', 'full'));
    const all = batch(event(1, wrapped([record('a')])), event(2, 'garbage'));
    await expect(forward(all, deps(server))).rejects.toMatchObject({ code: 'TCN-S003' });
    expect(server.requests).toEqual([]);
    expect(await mark()).toBeNull();
    expect(await forward(all, deps(server))).toMatchObject({ delivered: 1, quarantined: 1 });
  });

  it('is also a record that cannot be encoded: it fails alone', async () => {
    const server = await sink();
    const deep = `{"category":"X","properties":{"deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`;
    await forward(batch(event(1, wrapped([record('a'), deep, record('b')]))), deps(server));
    expect(ids(server)).toEqual(['a', 'b']);
    expect(stores.quarantine.all().map(({ id, code }) => [id, code])).toEqual([['diagnostics/0/1/record-1', 'TCN-F004']]);
  });
});

describe('a sink that refuses', () => {
  it('one record in 5,000 with 400 gets all the others; the one is in quarantine with the answer', async () => {
    const server = await sink(({ logs }) =>
      logs.some(({ attributes }) => attributes['azure.correlation_id'] === '33-7') ? { status: 400, body: 'bad timestamp' } : {},
    );
    const events = range(100).map((body) => event(body, wrapped(range(50).map((index) => record(`${body}-${index}`)))));
    const outcome = await forward(batch(...events), deps(server));
    expect(outcome).toMatchObject({ delivered: 4_999, quarantined: 1, parked: 0 });
    expect(new Set(ids(server)).size).toBe(4_999);
    const [entry] = stores.quarantine.all();
    expect(entry).toMatchObject({
      id: 'diagnostics/0/33/record-7/sink-0',
      sink: 'sink-0',
      code: 'TCN-F003',
      reason: 'sink-0 answered HTTP 400: bad timestamp',
    });
    const kept = Buffer.from(entry?.body ?? []).toString();
    expect(JSON.parse(kept)).toMatchObject({ correlationId: '33-7' });
    expect(kept).toContain('"requestTime":638481757794854611,');
  });

  it('a metric gets all the others', async () => {
    const server = await sink(({ points }) => (points.some(({ metric }) => metric === 'bad_total') ? { status: 400 } : {}));
    await forward(batch(event(1, wrapped([platformMetric('Good', 1), platformMetric('Bad', 2)]))), deps(server));
    expect(server.points).toHaveLength(9);
    expect(stores.quarantine.all().map(({ id }) => id)).toEqual(['diagnostics/0/1/record-1/sink-0']);
  });

  it('large requests with 413 gets them in parts', async () => {
    const server = await sink(({ logs }) => (logs.length > 30 ? { status: 413 } : {}));
    expect(await forward(batch(event(1, wrapped(range(100).map((index) => record(`${index}`))))), deps(server))).toMatchObject({
      delivered: 100,
    });
    expect(ids(server)).toEqual(range(100).map(String));
  });

  it('a single record with 413 leaves it in quarantine', async () => {
    const server = await sink(({ logs }) =>
      logs.some(({ attributes }) => attributes['azure.correlation_id'] === 'b') ? { status: 413 } : {},
    );
    await forward(batch(event(1, wrapped([record('a'), record('b'), record('c')]))), deps(server));
    expect(ids(server)).toEqual(['a', 'c']);
    expect(stores.quarantine.all()).toMatchObject([{ id: 'diagnostics/0/1/record-1/sink-0', code: 'TCN-F003' }]);
  });

  it('everything with 400 costs a bounded number of requests, and loses nothing', async () => {
    const server = await sink(() => ({ status: 400 }));
    const outcome = await forward(batch(event(1, wrapped(range(1_000).map((index) => record(`${index}`))))), deps(server));
    expect(outcome.sinkRequests).toBeLessThanOrEqual(250);
    const kept = stores.quarantine
      .all()
      .flatMap(({ id, body }) =>
        id.includes('/record-') ? [1] : [Buffer.from(body).toString('latin1').split('log.record.uid').length - 1],
      );
    expect(kept.reduce((total, count) => total + count, 0)).toBe(1_000);
  });

  it('some of a request, by partial success, has that request in quarantine', async () => {
    const partial = Buffer.from([0x0a, 0x06, 0x08, 0x01, 0x12, 0x02, 0x6e, 0x6f]);
    const server = await sink(() => ({ body: partial, headers: { 'content-type': 'application/x-protobuf' } }));
    const outcome = await forward(batch(event(1, wrapped([record('a'), record('b')]))), deps(server));
    expect(outcome).toMatchObject({ delivered: 1, rejected: 1, quarantined: 1, sinkRequests: 1 });
    expect(stores.quarantine.all()).toMatchObject([{ code: 'TCN-F003', reason: 'sink-0 rejected 1 of 2 records: no' }]);
  });

  it('the sender with 401 keeps the records waiting and is not asked twice', async () => {
    const server = await sink(() => ({ status: 401 }));
    expect(await forward(batch(event(1, wrapped([record('a')]))), deps(server))).toMatchObject({
      parked: 1,
      quarantined: 0,
      sinkRequests: 1,
    });
    expect(stores.findings.all()).toMatchObject([{ kind: 'forwarding failed', code: 'TCN-F003', labels: { sink: 'sink-0' } }]);
  });
});

describe('a sink in trouble', () => {
  it.each([
    ['seconds', '7', 7_000],
    ['a date', 'later', 9_000],
    ['nothing', undefined, 200],
  ])('that answers 429 with %s in Retry-After is asked again then', async (_, header, wait) => {
    const server = await sink(({ index }) => {
      const date = new Date(Math.ceil(Date.now() / 1000) * 1000);
      const headers = {
        date: date.toUTCString(),
        ...(header === undefined
          ? {}
          : { 'retry-after': header === 'later' ? new Date(date.getTime() + 9_000).toUTCString() : header }),
      };
      return index === 0 ? { status: 429, headers } : {};
    });
    expect(await forward(batch(event(1, wrapped([record('a')]))), deps(server))).toMatchObject({
      delivered: 1,
      sinkRequests: 2,
      parked: 0,
    });
    expect(waits).toEqual([wait]);
  });

  it('that asks for more time than there is keeps the records waiting at once', async () => {
    const server = await sink(() => ({ status: 503, headers: { 'retry-after': '600' } }));
    const given = { ...deps(server), deadline: stores.clock.now() + 30_000 };
    expect(await forward(batch(event(1, wrapped([record('a')]))), given)).toMatchObject({
      parked: 1,
      delivered: 0,
      sinkRequests: 1,
    });
    expect(waits).toEqual([]);
    expect(await mark()).toMatchObject({ sequenceNumber: 1, counts: { parked: 1 } });
  });

  it('that answers 500 is asked three times, and after that not for the rest of the batch', async () => {
    const server = await sink(() => ({ status: 500 }));
    const outcome = await forward(
      batch(event(1, wrapped([...range(2_500).map((index) => record(`${index}`)), platformMetric('M', 1)]))),
      deps(server),
    );
    expect(outcome).toMatchObject({ parked: 2_501, delivered: 0, sinkRequests: 3 });
    expect(
      stores.parking
        .all()
        .map(({ records, path }) => [records, path])
        .toSorted(),
    ).toEqual([
      [1, '/v1/metrics'],
      [expect.any(Number), '/v1/logs'],
      [expect.any(Number), '/v1/logs'],
      [expect.any(Number), '/v1/logs'],
    ]);
    expect(stores.findings.all()).toMatchObject([{ id: 'forwarding/sink-0/2026-11-20T12', code: 'TCN-F002', count: 2_501 }]);
  });

  it.each<[string, SinkAnswer]>([['resets the connection after the body', { reset: true }]])(
    'that %s may have the record twice, never not at all',
    async (_, answer) => {
      const server = await sink(({ index }) => (index === 0 ? answer : {}));
      expect(await forward(batch(event(1, wrapped([record('a')]))), deps(server))).toMatchObject({
        delivered: 1,
        sinkRequests: 2,
      });
      expect(ids(server)).toEqual(['a']);
    },
  );

  it('that hangs is left when the time is over', async () => {
    const server = await sink(() => ({ hang: true }));
    const given = { ...deps(server), deadline: stores.clock.now() + 1_000 };
    expect(await forward(batch(event(1, wrapped([record('a')]))), given)).toMatchObject({ parked: 1 });
  });

  it('that is not there does not delay the other', async () => {
    const server = await sink();
    const outcome = await forward(batch(event(1, wrapped([record('a')]))), deps('http://127.0.0.1:1', server));
    expect(ids(server)).toEqual(['a']);
    expect(outcome).toMatchObject({ delivered: 1, parked: 1 });
  });

  it('makes forwarding throw only where its records cannot be kept, with the mark unmoved', async () => {
    const server = await sink(() => ({ status: 500 }));
    stores.parking.failNext('park', new TocsinError('TCN-S001', 'down'));
    await expect(forward(batch(event(1, wrapped([record('a')]))), deps(server))).rejects.toMatchObject({ code: 'TCN-S001' });
    expect(await mark()).toBeNull();
  });
});

describe('what was parked', () => {
  async function park(count: number): Promise<void> {
    const down = await sink(() => ({ status: 503 }));
    for (const index of range(count)) {
      await forward(batch(event(index, wrapped([record(`${index}`)]))), deps(down));
      stores.clock.advance(1_000);
    }
  }

  it('is sent oldest first when the sink answers, as it was, and is gone then', async () => {
    await park(3);
    const [oldest] = stores.parking.all();
    expect(oldest).toMatchObject({
      sink: 'sink-0',
      path: '/v1/logs',
      format: 'otlp',
      records: 1,
      attempts: 0,
    });
    expect(gunzipSync((oldest && (await stores.parking.body(oldest))) ?? Buffer.alloc(0)).length).toBeGreaterThan(100);
    const up = await sink();
    expect(await drainParked(deps(up))).toEqual({ batches: 3, records: 3, quarantined: 0, waiting: 0, sinkRequests: 3 });
    expect(ids(up)).toEqual(['0', '1', '2']);
    expect(stores.parking.all()).toEqual([]);
    expect(await drainParked(deps(up))).toMatchObject({ batches: 0, sinkRequests: 0 });
  });

  it('stays at the first failure, and counts the try', async () => {
    await park(3);
    const server = await sink(({ index }) => (index === 0 ? {} : { status: 503, headers: { 'retry-after': '3600' } }));
    expect(await drainParked(deps(server))).toMatchObject({ batches: 1, waiting: 1, sinkRequests: 2 });
    expect(stores.parking.all().map(({ attempts }) => attempts)).toEqual([1, 0]);
  });

  it('of one sink does not wait for another', async () => {
    const down = await sink(() => ({ status: 503 }));
    await forward(batch(event(1, wrapped([record('a')]))), deps(down, down));
    const up = await sink();
    expect(await drainParked(deps(down, up))).toMatchObject({ batches: 1, waiting: 1 });
    expect(ids(up)).toEqual(['a']);
  });

  it('is sent a bounded number at a time', async () => {
    await park(5);
    const up = await sink();
    expect(await drainParked({ ...deps(up), limit: 2 })).toMatchObject({ batches: 2, waiting: 1 });
  });

  it('and is then found too large or bad is taken apart as a new one is', async () => {
    const down = await sink(() => ({ status: 503 }));
    await forward(batch(event(1, wrapped(range(100).map((index) => record(`${index}`))))), deps(down));
    const picky = await sink(({ logs }) => {
      if (logs.length > 40) return { status: 413 };
      return logs.some(({ attributes }) => attributes['azure.correlation_id'] === '42') ? { status: 400 } : {};
    });
    expect(await drainParked(deps(picky))).toMatchObject({ batches: 1, quarantined: 1, waiting: 0 });
    expect(ids(picky)).toEqual(
      range(100)
        .filter((index) => index !== 42)
        .map(String),
    );
    expect(stores.quarantine.all()).toMatchObject([{ code: 'TCN-F003' }]);
  });

  it('in part, when the sink fails half way, waits only for the other part', async () => {
    const down = await sink(() => ({ status: 503 }));
    await forward(batch(event(1, wrapped(range(10).map((index) => record(`${index}`))))), deps(down));
    const failing = await sink(({ logs, index }) => (logs.length > 5 ? { status: 413 } : index > 1 ? { status: 503 } : {}));
    await drainParked(deps(failing));
    expect(ids(failing)).toEqual(['0', '1', '2', '3', '4']);
    const up = await sink();
    await drainParked(deps(up));
    expect(ids(up)).toEqual(['5', '6', '7', '8', '9']);
    expect(stores.parking.all()).toEqual([]);
  });

  it('for a sink that is configured no more stays, and is spoken of', async () => {
    await park(1);
    expect(await drainParked({ ...deps(), sinks: [] })).toMatchObject({ batches: 0, waiting: 1 });
    expect(stores.log.messages('warn')).toEqual(['parked batches wait for sinks that are not configured']);
  });
});

describe.skipIf(!hasShared)('the malformed bodies of the field', () => {
  const folder = `${SHARED}forwarding/malformed/`;
  const files = hasShared ? readdirSync(folder).filter((file) => file.endsWith('.bin')) : [];

  it.each(files)('%s does no harm to its neighbours, in the middle of a batch and first', async (file) => {
    for (const place of [1, 0]) {
      stores = freshStores();
      const server = await sink();
      const good = [event(10, wrapped(['a', 'b', 'c'].map(record))), event(30, wrapped(['d', 'e', 'f'].map(record)))];
      const outcome = await forward(batch(...good.toSpliced(place, 0, event(20, readFileSync(folder + file)))), deps(server));
      expect(ids(server).filter((id) => /^[a-f]$/.test(String(id)))).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
      expect(outcome.delivered).toBe(outcome.records);
      expect(outcome.parked).toBe(0);
    }
  });
});
