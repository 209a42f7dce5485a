import { afterEach, describe, expect, it } from 'vitest';
import { Circuits } from '../../src/app/forward/circuits.ts';
import { drainParked, type ForwardDeps, type ForwardEvent, forward } from '../../src/app/forward.ts';
import type { Sink } from '../../src/model/sink.ts';
import type { HttpSender } from '../../src/ports.ts';
import { requestResponse, wrapped } from '../support/diagnostic-records.ts';
import { Dying } from '../support/dying.ts';
import { freshStores, http, patient, range, Servers } from '../support/forward-world.ts';
import { type HttpSinkServer, httpSink, type Received } from '../support/http-sink.ts';
import { FakeClock } from '../support/memory/index.ts';
import { decodeOtlpLogs } from '../support/otlp.ts';
import { otlpSink } from '../support/otlp-sink.ts';
import type { SinkAnswer } from '../support/scripted-sink.ts';

/*
 * Sinks that fail, hosts that die: over real HTTP, a clock that moves only while somebody waits, and an Event Hubs trigger that moves
 * its checkpoint on whatever the handler does. Every record must arrive at least once or be in the quarantine; it arrives again only
 * where an answer was lost or a host died before it could write down what it had done.
 */

const servers = new Servers();
afterEach(() => servers.stop());

const MINUTE = 60_000;
const EVENTS = 40;
const RECORDS = 25;
const BATCH = 5;
const ALL = range(EVENTS * RECORDS).map((index) => `r${index}`);
const EVENT_OF = range(EVENTS).map(
  (sequence): ForwardEvent => ({
    body: wrapped(
      ALL.slice(sequence * RECORDS, (sequence + 1) * RECORDS).map((correlationId) => requestResponse({ correlationId })),
    ),
    partition: '0',
    sequenceNumber: String(sequence),
    offset: String(sequence),
    enqueuedAt: new Date(Date.UTC(2026, 10, 20, 11, 0, sequence)).toISOString(),
  }),
);

interface Hub {
  /** The checkpoint: where the next owner of the partition begins. */
  next: number;
}

function world(sink: (url: string) => Sink, url: string) {
  const stores = freshStores();
  const deps = (circuits = new Circuits(), sender: HttpSender = http): ForwardDeps => ({
    ...patient(stores),
    circuits,
    http: sender,
    sinks: [sink(url)],
  });
  return { clock: stores.clock, stores, deps };
}

const serve = (script: (request: Received) => SinkAnswer): Promise<HttpSinkServer> => servers.keep(httpSink(script));

const lines = (url: string): Sink => ({ kind: 'ndjson', name: 'lines', url, headers: {}, batch: { records: 50 } });
const bulk = (url: string): Sink => ({ kind: 'elastic', name: 'elastic', url, headers: {}, index: 'i', batch: { records: 50 } });
const idsIn = (text: string): readonly string[] => [...text.matchAll(/"correlationId":"(r\d+)"/g)].map(([, id]) => id ?? '');
const arrived = (server: HttpSinkServer): readonly string[] => server.taken.flatMap(({ text }) => idsIn(text));

/** As the trigger does: one batch at a time; the checkpoint moves on even when the handler throws, after its retries. */
async function runHost(hub: Hub, deps: ForwardDeps, { upTo = EVENTS } = {}): Promise<void> {
  while (hub.next < upTo) {
    const events = EVENT_OF.slice(hub.next, Math.min(hub.next + BATCH, upTo));
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        await forward({ hub: 'h', events }, deps);
        break;
      } catch {
        // The retry policy gives the batch again.
      }
    }
    hub.next += events.length;
  }
}

/** Ticks until nothing waits. */
async function settle({ clock, deps }: ReturnType<typeof world>, circuits = new Circuits(), most = 60): Promise<void> {
  for (let tick = 0; tick < most; tick++) {
    clock.advance(MINUTE);
    if ((await drainParked(deps(circuits))).waiting === 0) return;
  }
  throw new Error('something still waits');
}

function twice(ids: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.size === seen.add(id).size);
}

describe('a sink that fails for a while', () => {
  it.each([
    ['500 for ten minutes', () => ({ status: 500 })],
    ['429 with Retry-After', () => ({ status: 429, headers: { 'retry-after': '90' } })],
    ['connections that end before the body is taken', () => ({ reset: true })],
  ] as const)('%s: everything arrives once, in order', async (_, failing) => {
    const at = { now: () => 0 };
    let asked = 0;
    const server = await serve(() => {
      asked++;
      return at.now() < 10 * MINUTE ? failing() : {};
    });
    const one = world(lines, server.url);
    const start = one.clock.now();
    at.now = () => one.clock.now() - start;
    const circuits = new Circuits();
    await runHost({ next: 0 }, one.deps(circuits));
    expect(arrived(server)).toEqual([]);
    expect(asked).toBeLessThanOrEqual(12);
    await settle(one, circuits);
    expect(arrived(server)).toEqual(ALL);
    expect(one.stores.quarantine.all()).toEqual([]);
    expect(one.stores.findings.all()).toContainEqual(expect.objectContaining({ kind: 'forwarding failed' }));
  });

  it('429 is never asked again before it said', async () => {
    const times: number[] = [];
    const one = { clock: new FakeClock() as FakeClock };
    const server = await serve(() => {
      times.push(one.clock.now());
      return { status: 429, headers: { 'retry-after': '90' } };
    });
    const told = world(lines, server.url);
    one.clock = told.clock;
    const circuits = new Circuits();
    await runHost({ next: 0 }, told.deps(circuits), { upTo: 20 });
    for (const _ of range(10)) {
      told.clock.advance(20_000);
      await drainParked(told.deps(circuits));
    }
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(90_000);
    expect(times.length).toBeGreaterThan(1);
  });

  it('resets after the body was taken: everything arrives, and twice only what was in those requests', async () => {
    const lost: string[] = [];
    const server = await serve(({ text, index }) => {
      if (index % 3 !== 1) return {};
      lost.push(...idsIn(text));
      return { reset: true, takes: true };
    });
    const one = world(lines, server.url);
    await runHost({ next: 0 }, one.deps());
    expect([...new Set(arrived(server))].toSorted()).toEqual(ALL.toSorted());
    expect(new Set(twice(arrived(server)))).toEqual(new Set(lost));
  });

  it('resets after the body, where the sink knows its records: they are counted as repeated', async () => {
    const stored = new Set<string>();
    let repeated = 0;
    const server = await serve(({ text, index }) => {
      const items = text
        .trim()
        .split('\n')
        .filter((_, line) => line % 2 === 0)
        .map((action) => {
          const id = (JSON.parse(action) as { readonly create: { readonly _id: string } }).create._id;
          const known = stored.has(id);
          stored.add(id);
          if (known) repeated++;
          return { create: { status: known ? 409 : 201 } };
        });
      return index === 2
        ? { reset: true, takes: true }
        : { body: JSON.stringify({ errors: items.some(({ create }) => create.status > 299), items }) };
    });
    const one = world(bulk, server.url);
    const outcome = await forward({ hub: 'h', events: EVENT_OF }, one.deps());
    expect(stored.size).toBe(ALL.length);
    expect(outcome).toMatchObject({ delivered: ALL.length, repeated: 50, parked: 0 });
    expect(repeated).toBe(50);
  });

  it('413 above a size, 400 for one record: all others arrive once', async () => {
    const server = await serve(({ text, bytes }) => {
      if (bytes > 30_000) return { status: 413 };
      return text.includes('"r777"') ? { status: 400, body: 'no' } : {};
    });
    const one = world((url) => ({ kind: 'ndjson', name: 'lines', url, headers: {} }), server.url);
    await runHost({ next: 0 }, one.deps());
    expect(arrived(server).toSorted()).toEqual(ALL.filter((id) => id !== 'r777').toSorted());
    expect(one.stores.quarantine.all().map(({ body }) => idsIn(Buffer.from(body).toString()))).toEqual([['r777']]);
  });

  it('413 above 1 MB, as Azure Monitor has it: everything arrives once, in requests below that', async () => {
    const server = await serve(({ bytes }) => (bytes > 1_000_000 ? { status: 413 } : {}));
    const long = (url: string): Sink => ({
      kind: 'ndjson',
      name: 'lines',
      url,
      headers: {},
      batch: { records: 20_000, bytes: 4_000_000 },
    });
    const one = world(long, server.url);
    const events = EVENT_OF.map((event, sequence) => ({
      ...event,
      body: wrapped(
        ALL.slice(sequence * RECORDS, (sequence + 1) * RECORDS).map((correlationId) =>
          requestResponse({ correlationId, message: 'x'.repeat(2_000) }),
        ),
      ),
    }));
    const outcome = await forward({ hub: 'h', events }, one.deps());
    expect(server.requests[0]?.bytes).toBeGreaterThan(2_000_000);
    expect(outcome).toMatchObject({ delivered: ALL.length, parked: 0, quarantined: 0, repeated: 0 });
    expect(arrived(server)).toEqual(ALL);
    for (const { bytes } of server.taken) expect(bytes).toBeLessThanOrEqual(1_000_000);
  });

  it('partial success that does not say of what: what may be missing is in quarantine as it was sent', async () => {
    const server = await servers.keep(
      otlpSink(({ index }) =>
        index % 2 === 0
          ? {}
          : {
              body: Buffer.from([0x0a, 0x02, 0x08, 0x07]),
              headers: { 'content-type': 'application/x-protobuf' },
              takes: false,
            },
      ),
    );
    const one = world((url) => ({ kind: 'otlp', name: 'otlp', url, headers: {}, batch: { records: 50 } }), server.url);
    await runHost({ next: 0 }, one.deps());
    const taken = server.logs.map(({ attributes }) => String(attributes['azure.correlation_id']));
    const kept = one.stores.quarantine
      .all()
      .flatMap(({ body }) => decodeOtlpLogs(body).map(({ attributes }) => String(attributes['azure.correlation_id'])));
    expect([...taken, ...kept].toSorted()).toEqual(ALL.toSorted());
    const totals = (await one.stores.marks.all())[0]?.totals?.sinks.otlp;
    expect(totals?.rejected).toBe(7 * one.stores.quarantine.all().length);
    expect(totals?.delivered).toBe(ALL.length - (totals?.rejected ?? 0));
  });

  it('one that hangs is left within the time of the invocation, and everything arrives later', async () => {
    let hangs = true;
    const server = await serve(() => (hangs ? { hang: true } : {}));
    const one = world((url) => ({ ...lines(url), tries: 1 }), server.url);
    const impatient: HttpSender = { send: (request, options) => http.send({ ...request, timeout: 50 }, options) };
    const circuits = new Circuits();
    await runHost({ next: 0 }, one.deps(circuits, impatient));
    expect(server.requests).toHaveLength(1);
    hangs = false;
    await settle(one, circuits);
    expect(arrived(server)).toEqual(ALL);
  });
});

describe('a host that dies at any moment, and another that takes over from the checkpoint', () => {
  it.each([true, false])(
    'loses nothing, and repeats only what was on its way (the last call arrives: %s)',
    async (after) => {
      for (let calls = 1; calls < 60; calls += 2) {
        let trouble = 0;
        const server = await serve(() => (++trouble % 4 === 0 ? { status: 503 } : {}));
        const one = world((url) => ({ ...lines(url), tries: 1 }), server.url);
        const hub: Hub = { next: 0 };
        const dying = new Dying(calls);
        const { stores } = one;
        const deps = one.deps(new Circuits(), dying.wrap(http, after));
        const first = runHost(hub, {
          ...deps,
          marks: dying.wrap(stores.marks, after),
          parking: dying.wrap(stores.parking, after),
          quarantine: dying.wrap(stores.quarantine, after),
          findings: dying.wrap(stores.findings, after),
        });
        await Promise.race([first, dying.dead]);
        const before = arrived(server).length;
        // The batch under way was not checkpointed: the process is gone.
        await runHost(hub, one.deps());
        await settle(one, new Circuits());
        const ids = arrived(server);
        expect([...new Set(ids)].toSorted()).toEqual(ALL.toSorted());
        expect(twice(ids).length).toBeLessThanOrEqual(BATCH * RECORDS);
        if (before === 0) expect(twice(ids)).toEqual([]);
        await servers.stop();
      }
    },
    60_000,
  );

  it.each([true, false])(
    'while it drains what was parked: nothing is lost, and only what was under way is sent again (the last call arrives: %s)',
    async (after) => {
      for (let calls = 1; calls < 40; calls += 3) {
        let down = true;
        const server = await serve(() => (down ? { status: 503 } : {}));
        const one = world((url) => ({ ...lines(url), tries: 1 }), server.url);
        await runHost({ next: 0 }, one.deps());
        down = false;
        const dying = new Dying(calls);
        const deps = one.deps(new Circuits(), dying.wrap(http, after));
        await Promise.race([drainParked({ ...deps, parking: dying.wrap(one.stores.parking, after) }), dying.dead]);
        await settle(one);
        const ids = arrived(server);
        expect([...new Set(ids)].toSorted()).toEqual(ALL.toSorted());
        expect(twice(ids).length).toBeLessThanOrEqual(50);
        expect(one.stores.parking.all()).toEqual([]);
        await servers.stop();
      }
    },
    60_000,
  );

  it('and one whose partition is taken while it still works repeats at most what both held', async () => {
    const server = await serve(() => ({}));
    const one = world(lines, server.url);
    const [left, right]: readonly Hub[] = [{ next: 0 }, { next: 10 }];
    if (left === undefined || right === undefined) throw new Error('two hosts');
    await Promise.all([runHost(left, one.deps(), { upTo: 20 }), runHost(right, one.deps())]);
    const ids = arrived(server);
    expect([...new Set(ids)].toSorted()).toEqual(ALL.toSorted());
    expect(twice(ids).every((id) => Number(id.slice(1)) >= 10 * RECORDS && Number(id.slice(1)) < 20 * RECORDS)).toBe(true);
  });
});
