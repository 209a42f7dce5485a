import { afterEach, describe, expect, it } from 'vitest';
import { Circuits } from '../../src/app/forward/circuits.ts';
import { drainParked, type ForwardDeps, forward } from '../../src/app/forward.ts';
import type { Sink } from '../../src/model/sink.ts';
import type { ParkingStore } from '../../src/ports.ts';
import { wrapped } from '../support/diagnostic-records.ts';
import { batch, eventOf, freshStores, patient, range, record, Servers } from '../support/forward-world.ts';
import { type HttpSinkServer, httpSink } from '../support/http-sink.ts';

/*
 * Every sink is down for hours, while records come in every minute. Nothing waits for them, nothing is lost, memory holds no more than
 * what is under way, and the backlog goes in the order that each sink asks for.
 */

const MINUTE = 60_000;
const HOURS = 3;
const MINUTES = HOURS * 60;
const PER_MINUTE = 4;

const servers = new Servers();
afterEach(() => servers.stop());

/** Bodies that were loaded and are not done with: what draining holds in memory. */
function watched(parking: ParkingStore) {
  const held = new Map<string, Set<string>>();
  const most = new Map<string, number>();
  const pages: number[] = [];
  const of = (sink: string) => held.get(sink) ?? held.set(sink, new Set()).get(sink) ?? new Set<string>();
  const store: ParkingStore = {
    park: (...args) => parking.park(...args),
    sinks: (...args) => parking.sinks(...args),
    list: async (...args) => {
      const page = await parking.list(...args);
      pages.push(page.length);
      return page;
    },
    body: (key, ...rest) => {
      of(key.sink).add(key.id);
      most.set(key.sink, Math.max(most.get(key.sink) ?? 0, of(key.sink).size));
      return parking.body(key, ...rest);
    },
    update: (key, ...rest) => {
      of(key.sink).delete(key.id);
      return parking.update(key, ...rest);
    },
    remove: (key, ...rest) => {
      of(key.sink).delete(key.id);
      return parking.remove(key, ...rest);
    },
  };
  return { store, most, pages };
}

async function outage(...make: readonly ((url: string) => Sink)[]) {
  const stores = freshStores();
  let down = true;
  const sinks: { readonly server: HttpSinkServer; readonly sink: Sink }[] = [];
  for (const one of make) {
    const server = await servers.keep(httpSink(() => (down ? { status: 503 } : {})));
    sinks.push({ server, sink: one(server.url) });
  }
  const circuits = new Circuits();
  const parking = watched(stores.parking);
  const deps = (): ForwardDeps => ({
    ...patient(stores),
    parking: parking.store,
    circuits,
    sinks: sinks.map(({ sink }) => sink),
  });
  const ids: string[] = [];
  for (const minute of range(MINUTES)) {
    const at = new Date(stores.clock.now()).toISOString();
    const own = range(PER_MINUTE).map((index) => `m${minute}-${index}`);
    ids.push(...own);
    const outcome = await forward(batch(eventOf(minute, wrapped(own.map(record)), { enqueuedAt: at })), deps());
    expect(outcome).toMatchObject({ parked: PER_MINUTE * sinks.length, delivered: 0, quarantined: 0 });
    stores.clock.advance(MINUTE);
    await drainParked(deps());
  }
  return {
    stores,
    parking,
    ids,
    arrived: (index: number) =>
      (sinks[index]?.server.taken ?? []).flatMap(({ text }) =>
        [...text.matchAll(/"correlationId":"([^"]+)"/g)].map(([, id = '']) => id),
      ),
    asked: (index: number) => sinks[index]?.server.requests.length ?? 0,
    recover() {
      down = false;
      stores.clock.advance(MINUTE);
    },
    tick: async (limit?: number) => {
      stores.clock.advance(MINUTE);
      return drainParked({ ...deps(), ...(limit !== undefined && { limit }) });
    },
  };
}

const lines =
  (name: string, more: Partial<Sink> = {}) =>
  (url: string) =>
    ({ kind: 'ndjson', name, url, headers: {}, tries: 1, ...more }) as Sink;

describe('every sink down for hours', () => {
  it('keeps everything, and asks them no more than a few times a minute', async () => {
    const one = await outage(lines('a'), lines('b'));
    expect(one.stores.parking.all()).toHaveLength(2 * MINUTES);
    expect((await one.stores.marks.read('diagnostics/0')).value).toMatchObject({ sequenceNumber: MINUTES - 1 });
    for (const sink of [0, 1]) expect(one.asked(sink)).toBeLessThanOrEqual(2 * MINUTES);
    one.recover();
    expect(await one.tick()).toMatchObject({ batches: 2 * MINUTES, waiting: 0 });
    for (const sink of [0, 1]) expect(one.arrived(sink)).toEqual(one.ids);
    expect(one.stores.parking.all()).toEqual([]);
  });

  it('holds no more in memory than what may be under way, and a bounded list', async () => {
    const one = await outage(lines('single'), lines('several', { concurrency: 4 }));
    one.recover();
    await one.tick();
    expect(Object.fromEntries(one.parking.most)).toEqual({ single: 1, several: 4 });
    expect(Math.max(...one.parking.pages)).toBeLessThanOrEqual(200);
  });

  it('sends the backlog from its oldest or its newest end, as set, over as many ticks as it takes', async () => {
    const one = await outage(lines('oldest'), lines('newest', { drain: 'newest' }));
    one.recover();
    let ticks = 0;
    while ((await one.tick(50)).waiting > 0) ticks++;
    expect(ticks).toBe(Math.ceil(MINUTES / 50) - 1);
    const byMinute = range(MINUTES).map((minute) => range(PER_MINUTE).map((index) => `m${minute}-${index}`));
    expect(one.arrived(0)).toEqual(byMinute.flat());
    expect(one.arrived(1)).toEqual(byMinute.toReversed().flat());
  });
});
