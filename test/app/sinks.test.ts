import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drainParked, type ForwardDeps, forward } from '../../src/app/forward.ts';
import type { Sink } from '../../src/model/sink.ts';
import { platformMetric, requestResponse, wrapped } from '../support/diagnostic-records.ts';
import { batch, eventOf as event, freshStores, http, patient, range, record, Servers } from '../support/forward-world.ts';
import { type HttpSinkServer, httpSink } from '../support/http-sink.ts';

const servers = new Servers();
let waits: number[] = [];
let stores = freshStores();

beforeEach(() => {
  stores = freshStores();
  waits = [];
});
afterEach(() => servers.stop());

const serve = (...args: Parameters<typeof httpSink>): Promise<HttpSinkServer> => servers.keep(httpSink(...args));

const deps = (...sinks: readonly Sink[]): ForwardDeps => ({
  ...patient(stores, (ms) => waits.push(ms)),
  sinks,
  clients: {
    token: async (scope) => `token for ${scope}`,
    sendToHub: () => Promise.reject(new Error('no hub here')),
    append: () => Promise.reject(new Error('no account here')),
  },
});

const linesOf = (server: HttpSinkServer) => server.taken.flatMap(({ text }) => text.trim().split('\n'));
const idOf = (line: string): string => /"correlationId":"([^"]*)"/.exec(line)?.[1] ?? '';

const ndjson = (url: string): Sink => ({ kind: 'ndjson', name: 'lines', url, headers: { 'x-key': 'k' } });
const elastic = (url: string): Sink => ({ kind: 'elastic', name: 'elastic', url, headers: {}, index: 'logs' });

describe('records are sent', () => {
  it('to an address that takes lines of JSON, with every digit that came', async () => {
    const server = await serve();
    const body = wrapped([record('a'), platformMetric('M', 3)]);
    expect(await forward(batch(event(1, body)), deps(ndjson(`${server.url}/ingest?x=1`)))).toMatchObject({ delivered: 2 });
    expect(server.requests).toMatchObject([
      { path: '/ingest?x=1', headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip', 'x-key': 'k' } },
    ]);
    expect(linesOf(server).map((line) => JSON.parse(line))).toMatchObject([{ correlationId: 'a' }, { metricName: 'M' }]);
    expect(linesOf(server)[0]).toContain('"requestTime":638481757794854611,');
  });

  it('to Splunk with their time in seconds', async () => {
    const server = await serve();
    const sink: Sink = {
      kind: 'hec',
      name: 's',
      url: server.url,
      headers: { authorization: 'Splunk t' },
      index: 'ai',
      source: 'hub',
    };
    await forward(batch(event(1, wrapped([record('a'), record('b')]))), deps(sink));
    expect(server.requests).toMatchObject([{ path: '/services/collector/event', headers: { authorization: 'Splunk t' } }]);
    const events = linesOf(server).map((line) => JSON.parse(line));
    expect(events).toMatchObject([
      { index: 'ai', source: 'hub', sourcetype: 'azure:diagnostics', event: { correlationId: 'a' } },
      {},
    ]);
    expect(events[0].time).toBeCloseTo(Date.parse(events[0].event.time) / 1000, 2);
  });

  it('to Elasticsearch as documents of a data stream, each with an id that a redelivery repeats', async () => {
    const server = await serve();
    const one = batch(event(1, wrapped([record('a'), record('a')])));
    await forward(one, deps(elastic(server.url)));
    stores = freshStores();
    await forward(one, deps(elastic(server.url)));
    expect(server.requests[0]?.path).toMatch(/^\/_bulk\?filter_path=/);
    const lines = linesOf(server).map((line) => JSON.parse(line));
    const actions = lines.filter((line) => 'create' in line).map(({ create }) => create);
    expect(actions.map(({ _index }) => _index)).toEqual(['logs', 'logs', 'logs', 'logs']);
    expect(new Set(actions.map(({ _id }) => _id)).size).toBe(2);
    expect(lines.filter((line) => '@timestamp' in line)).toHaveLength(4);
  });

  it('to Datadog as logs and as gauges, tagged by their resource', async () => {
    const server = await serve(() => ({ status: 202, body: '{}' }));
    const headers = { 'dd-api-key': 'k' };
    const sink: Sink = {
      kind: 'datadog',
      name: 'd',
      url: `${server.url}/logs`,
      metricsUrl: `${server.url}/series`,
      headers,
      tags: ['env:p'],
    };
    await forward(batch(event(1, wrapped([record('a'), platformMetric('TokenTransaction', 3)]))), deps(sink));
    expect(server.requests.map(({ path }) => path)).toEqual(['/logs', '/series']);
    const [logs, metrics] = server.requests.map(({ text }) => JSON.parse(text));
    expect(logs).toMatchObject([{ ddsource: 'azure', ddtags: expect.stringContaining('env:p,'), correlationId: 'a' }]);
    expect(metrics.series[0]).toMatchObject({ metric: expect.stringMatching(/^azure\..*token_transaction\.total$/), type: 3 });
  });

  it('to Azure Monitor within 1 MB, with a token of the identity', async () => {
    const server = await serve(({ bytes }) => ({ status: bytes > 1_048_576 ? 413 : 204 }));
    const sink: Sink = {
      kind: 'azureMonitor',
      name: 'm',
      url: `${server.url}/rule`,
      headers: {},
      scope: 'https://monitor.azure.com/.default',
    };
    const bodies = range(30).map((body) => event(body, wrapped(range(100).map((index) => record(`${body}-${index}`)))));
    expect(await forward(batch(...bodies), deps(sink))).toMatchObject({ delivered: 3_000, quarantined: 0 });
    expect(server.requests.length).toBe(server.taken.length);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer token for https://monitor.azure.com/.default');
    const rows = server.taken.flatMap(({ text }) => JSON.parse(text) as { readonly TimeGenerated: string }[]);
    expect(rows).toHaveLength(3_000);
    expect(rows[0]?.TimeGenerated).toMatch(/^2\d{3}-.*Z$/);
  });

  it('as OTLP in JSON', async () => {
    const server = await serve();
    const sink: Sink = { kind: 'otlp', encoding: 'json', name: 'o', url: server.url, headers: {} };
    expect(await forward(batch(event(1, wrapped([record('a'), platformMetric('M', 1)]))), deps(sink))).toMatchObject({
      delivered: 2,
    });
    expect(server.requests.map(({ path, headers }) => [path, headers['content-type']])).toEqual([
      ['/v1/logs', 'application/json'],
      ['/v1/metrics', 'application/json'],
    ]);
    expect(JSON.parse(server.requests[0]?.text ?? '')).toHaveProperty('resourceLogs');
  });

  it('only those that the sink wants', async () => {
    const [all, some] = [await serve(), await serve()];
    const only = { signals: ['logs'] as const, categories: ['audit', 'request*'], resources: ['*/ACCOUNTS/*'] };
    const other = requestResponse({ correlationId: 'b' }).replace('"RequestResponse"', '"Trace"');
    const sinks = [ndjson(all.url), { ...ndjson(some.url), name: 'some', only }];
    expect(await forward(batch(event(1, wrapped([record('a'), other, platformMetric('M', 3)]))), deps(...sinks))).toMatchObject({
      records: 3,
      delivered: 4,
    });
    expect(linesOf(some).map(idOf)).toEqual(['a']);
    expect(linesOf(all)).toHaveLength(3);
  });

  it('several at a time where the sink allows it, and never more', async () => {
    let [under, most] = [0, 0];
    const slow: typeof http = {
      ...http,
      send: async (request, options) => {
        most = Math.max(most, ++under);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return http.send(request, options).finally(() => under--);
      },
    };
    const server = await serve();
    const sink = { ...ndjson(server.url), batch: { records: 10 }, concurrency: 3 };
    const outcome = await forward(batch(event(1, wrapped(range(200).map((index) => record(`${index}`))))), {
      ...deps(sink),
      http: slow,
    });
    expect(outcome).toMatchObject({ delivered: 200, sinkRequests: 20 });
    expect(most).toBe(3);
    expect(linesOf(server).map(idOf).toSorted()).toEqual(range(200).map(String).toSorted());
  });
});

describe('a sink that answers', () => {
  it('400 for one record in 5,000 gets all the others, whatever its kind', async () => {
    const events = range(100).map((body) => event(body, wrapped(range(50).map((index) => record(`${body}-${index}`)))));
    for (const make of [ndjson, elastic]) {
      stores = freshStores();
      const server = await serve(({ text }) => (text.includes('"33-7"') ? { status: 400, body: 'bad' } : {}));
      expect(await forward(batch(...events), deps(make(server.url)))).toMatchObject({
        delivered: 4_999,
        quarantined: 1,
        parked: 0,
      });
      expect(
        new Set(
          linesOf(server)
            .map(idOf)
            .filter((id) => id !== ''),
        ).size,
      ).toBe(4_999);
      expect(stores.quarantine.all()).toMatchObject([{ id: expect.stringMatching(/\/33\/record-7\//), code: 'TCN-F003' }]);
    }
  });

  it('with the number of the bad event is not searched', async () => {
    const server = await serve(({ text }) => {
      const at = text.split('\n').findIndex((line) => line.includes('"7"'));
      return at < 0 ? {} : { status: 400, body: JSON.stringify({ code: 6, 'invalid-event-number': at }) };
    });
    const sink: Sink = { kind: 'hec', name: 'splunk', url: server.url, headers: {} };
    const outcome = await forward(batch(event(1, wrapped(range(10).map((index) => record(`${index}`))))), deps(sink));
    expect(outcome).toMatchObject({ delivered: 9, quarantined: 1, sinkRequests: 3 });
    expect(linesOf(server).map(idOf)).toEqual(['0', '1', '2', '3', '4', '5', '6', '8', '9']);
  });

  it('item by item has the bad in quarantine, the others again until they are taken, and those it had are counted', async () => {
    const seen = new Map<string, number>();
    const server = await serve(({ text }) => {
      const documents = text
        .trim()
        .split('\n')
        .filter((_, index) => index % 2 === 1);
      const items = documents.map((document) => {
        const id = idOf(document);
        seen.set(id, (seen.get(id) ?? 0) + 1);
        if (id === '2') return { create: { status: 400, error: { type: 'document_parsing_exception', reason: 'no' } } };
        if (id === '3') return { create: { status: 409 } };
        if ((id === '5' || id === '6') && (seen.get(id) ?? 0) < 3)
          return { create: { status: 429, error: { type: 'rejected' } } };
        return { create: { status: 201 } };
      });
      return { body: JSON.stringify({ errors: true, items }) };
    });
    const outcome = await forward(
      batch(event(1, wrapped(range(8).map((index) => record(`${index}`))))),
      deps(elastic(server.url)),
    );
    expect(outcome).toMatchObject({ delivered: 7, repeated: 1, quarantined: 1, parked: 0, sinkRequests: 3 });
    expect(Object.fromEntries(seen)).toEqual({ 0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 3, 6: 3, 7: 1 });
    expect(stores.quarantine.all()[0]?.reason).toBe('elastic answered 400 document_parsing_exception no');
  });

  it('items with 429 for good leaves those alone to wait', async () => {
    const full = await serve(({ text }) => ({
      body: JSON.stringify({
        errors: true,
        items: text
          .trim()
          .split('\n')
          .filter((_, index) => index % 2 === 1)
          .map((line) => ({ create: { status: idOf(line) === '1' ? 429 : 201 } })),
      }),
    }));
    const outcome = await forward(batch(event(1, wrapped(range(3).map((index) => record(`${index}`))))), deps(elastic(full.url)));
    expect(outcome).toMatchObject({ delivered: 2, parked: 1 });
    const up = await serve();
    expect(await drainParked(deps(elastic(up.url)))).toMatchObject({ batches: 1, records: 1, waiting: 0 });
    expect(linesOf(up).map(idOf)).toEqual(['', '1']);
  });
});

describe('what waits for a sink', () => {
  it.each([
    ['oldest', ['0', '1', '2']],
    ['newest', ['2', '1', '0']],
  ] as const)('is sent %s first where the sink is set so', async (drain, order) => {
    const down = await serve(() => ({ status: 503 }));
    for (const index of range(3)) {
      const later = {
        ...event(index, wrapped([record(`${index}`)])),
        enqueuedAt: new Date(Date.UTC(2026, 10, 20, 11, index)).toISOString(),
      };
      await forward(batch(later), deps(ndjson(down.url)));
    }
    const up = await serve();
    expect(await drainParked(deps({ ...ndjson(up.url), drain }))).toMatchObject({ batches: 3, waiting: 0 });
    expect(linesOf(up).map(idOf)).toEqual(order);
  });

  it('is all looked at, also behind more batches of another sink than one look brings', async () => {
    const [down, up] = [await serve(() => ({ status: 503 })), await serve()];
    const park = (sink: string, index: number) =>
      stores.parking.park(
        { id: `${index}`, sink, path: '', format: 'lines', records: 1, enqueuedAt: index, parkedAt: 0, attempts: 0 },
        gzipSync('{}\n'),
      );
    for (const index of range(1_200)) await park('down', index);
    await forward(batch(event(1, wrapped([record('a')]))), deps({ ...ndjson(down.url), name: 'up' }));
    expect(await drainParked(deps({ ...ndjson(down.url), name: 'down' }, { ...ndjson(up.url), name: 'up' }))).toMatchObject({
      batches: 1,
      waiting: 1,
    });
    expect(linesOf(up).map(idOf)).toEqual(['a']);
  });

  it('and cannot be read is set aside, and does not stop the rest', async () => {
    const broken = { id: 'x', sink: 'lines', path: '', format: 'lines', records: 1, enqueuedAt: 1, parkedAt: 0, attempts: 0 };
    await stores.parking.park(broken, Buffer.from('not gzip'));
    await stores.parking.park({ ...broken, id: 'y', enqueuedAt: 2 }, gzipSync(`${record('a')}\n`));
    const up = await serve();
    expect(await drainParked(deps(ndjson(up.url)))).toMatchObject({ batches: 2, quarantined: 1, waiting: 0 });
    expect(linesOf(up).map(idOf)).toEqual(['a']);
    expect(Buffer.from(stores.quarantine.all()[0]?.body ?? []).toString()).toBe('not gzip');
  });
});
