import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Divided, FIRING, type Page, untilOf } from '../../src/azure/alert-page.ts';
import { createAlertStore } from '../../src/azure/alert-store.ts';
import { TABLES } from '../../src/azure/names.ts';
import { unpack } from '../../src/azure/pack.ts';
import type { Storage } from '../../src/azure/storage.ts';
import { openTable } from '../../src/azure/table.ts';
import type { Alert, Transition } from '../../src/model/alert.ts';
import { episodeKey, newerOf, type StoredAlert } from '../../src/model/alert-episode.ts';
import { homeOf } from '../../src/model/alert-home.ts';
import type { AlertStore } from '../../src/ports.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { Crash, crashingAt } from '../support/failing-storage.ts';
import { MemoryAlertStore, MemoryLog } from '../support/memory/index.ts';
import { pausingBefore } from '../support/pausing-storage.ts';
import { DAY, fired, MINUTE, NOON, resolved, sampleAlert } from '../support/samples.ts';
import { storageOf } from '../support/storage.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

const log = new MemoryLog();
const ALWAYS = { start: 0, end: NOON + 30 * DAY };
const GROUP = 'g1';

/** The transitions of one series: it fires and resolves in turn, each change a few minutes after the last. */
function episodes(series: string, minutes: readonly number[]): readonly Transition[] {
  let at = NOON;
  let alert: Alert | null = null;
  return minutes.map((pause) => {
    at += pause * MINUTE;
    if (alert === null) {
      alert = sampleAlert(series, { startsAt: at, activeAt: at });
      return fired(alert, at);
    }
    const end = resolved(alert, at);
    alert = null;
    return end;
  });
}

/** Some pauses are so long that what resolved before leaves its page. */
const pauses = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) },
    { weight: 1, arbitrary: fc.integer({ min: 300, max: 900 }) },
  ),
  { maxLength: 6 },
);
const history = fc.tuple(pauses, pauses).map(([a, b]) => [...episodes('a', a), ...episodes('b', b)]);

async function everything(store: Pick<MemoryAlertStore, 'open' | 'during' | 'ofGroup' | 'get' | 'several'>, now: number) {
  const known = ['a', 'b'].map((series) => sampleAlert(series).fingerprint);
  const byPrint = (one: Alert, other: Alert) => (one.fingerprint < other.fingerprint ? -1 : 1);
  return {
    open: await store.open(),
    during: await store.during(ALWAYS),
    ofGroup: await store.ofGroup(GROUP, now),
    each: await Promise.all(known.map((fingerprint) => store.get(fingerprint))),
    several: [...(await store.several(known))].sort(byPrint),
  };
}

/** The pages of the table: each alert stands in one, and the column by which they are found is right. */
async function expectPagesToAgree(storage: Storage): Promise<readonly StoredAlert[]> {
  const client = await storage.table(TABLES.alerts);
  await client.createTable();
  const alerts: StoredAlert[] = [];
  for await (const entity of client.listEntities({ queryOptions: { filter: "PartitionKey eq 'alert'" } })) {
    const page = unpack(entity) as Page | Divided;
    if ('divided' in page) continue;
    expect(entity.until).toBe(untilOf(page));
    alerts.push(...page.alerts);
  }
  const fingerprints = alerts.map(({ alert }) => alert.fingerprint);
  expect(new Set(fingerprints).size).toBe(fingerprints.length);
  const kept = new Map(alerts.map((stored) => [episodeKey(stored.alert), stored]));
  for (const ended of await openTable(storage, TABLES.alerts, log).scan<StoredAlert>('ended')) {
    const here = kept.get(episodeKey(ended.alert));
    if (here !== undefined) expect(newerOf(here, ended)).toEqual(here);
  }
  return alerts;
}

describe('the alerts table', () => {
  it('tells the same as the twin in memory, in whatever order transitions arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        history.chain((transitions) => fc.shuffledSubarray([...transitions, ...transitions])),
        async (transitions) => {
          const storage = storageOf(azurite.account());
          const store = createAlertStore(storage, log);
          const twin = new MemoryAlertStore();
          for (const transition of transitions) {
            expect(await store.apply(transition, [GROUP])).toBe(await twin.apply(transition, [GROUP]));
          }
          const last = Math.max(NOON, ...transitions.map(({ at }) => at));
          expect(await everything(store, last)).toEqual(await everything(twin, last));
          await expectPagesToAgree(storage);
        },
      ),
      { numRuns: 20 },
    );
  });

  const SERIES = [
    ...episodes('a', [0, 5, 5, 5, 5]),
    { ...resolved(sampleAlert('a'), NOON + 9 * MINUTE), id: 'late end' },
    ...episodes('b', [900, 5]),
  ];
  const CRASHES = SERIES.flatMap((_, at) =>
    [1, 2, 3, 4].flatMap((write) => (['before', 'after'] as const).map((moment) => ({ at, write, moment }))),
  );

  it.each(CRASHES)('loses nothing by a crash $moment write $write of transition $at', async ({ at, write, moment }) => {
    const storage = storageOf(azurite.account());
    const store = createAlertStore(storage, log);
    const twin = new MemoryAlertStore();
    for (const transition of SERIES.slice(0, at))
      await Promise.all([store.apply(transition, [GROUP]), twin.apply(transition, [GROUP])]);
    const before = await store.during(ALWAYS);

    const transition = SERIES[at] as Transition;
    const doomed = createAlertStore(crashingAt(storage, write, moment), log);
    await doomed.apply(transition, [GROUP]).catch((thrown) => expect(thrown).toBeInstanceOf(Crash));
    const starts = (alerts: readonly Alert[]) => alerts.map((alert) => alert.startsAt);
    expect(starts(await store.during(ALWAYS))).toEqual(expect.arrayContaining(starts(before)));
    const first = await store.get(sampleAlert('a').fingerprint);
    expect(first === null).toBe(at === 0 && (await store.open()).length === 0);

    await store.apply(transition, [GROUP]);
    await twin.apply(transition, [GROUP]);
    const last = Math.max(...SERIES.slice(0, at + 1).map((each) => each.at));
    expect(await everything(store, last)).toEqual(await everything(twin, last));
    await expectPagesToAgree(storage);
  });

  it('decides anew where another worker wrote the page meanwhile', async () => {
    const storage = storageOf(azurite.account());
    const [first, end, again] = episodes('a', [0, 5, 5]) as [Transition, Transition, Transition];
    const store = createAlertStore(storage, log);
    await store.apply(first, [GROUP]);
    const slow = pausingBefore(storage, 'updateEntity');
    const ending = createAlertStore(slow.storage, log).apply(end, [GROUP]);
    await slow.reached;
    await store.apply(again, [GROUP]);
    slow.release();
    expect(await ending).toBe(false);
    expect((await store.open()).map((alert) => alert.startsAt)).toEqual([again.alert.startsAt]);
    const known = await store.during(ALWAYS);
    expect(known.map(({ endsAt, reason }) => [endsAt, reason])).toEqual([
      [end.alert.endsAt, 'recovered'],
      [null, 'breach'],
    ]);
    await expectPagesToAgree(storage);
  });

  it('keeps each alert in one page under concurrent writers', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (transitions) => {
        const storage = storageOf(azurite.account());
        const writers = [createAlertStore(storage, log), createAlertStore(storage, log), createAlertStore(storage, log)];
        await Promise.all(transitions.flatMap((transition) => writers.map((writer) => writer.apply(transition, [GROUP]))));
        const known = new Set(transitions.map(({ alert }) => alert.fingerprint));
        const found = await createAlertStore(storage, log).several([...known]);
        expect(new Set(found.map(({ fingerprint }) => fingerprint))).toEqual(known);
        await expectPagesToAgree(storage);
      }),
      { numRuns: 15 },
    );
  });

  it('shows what it can read when one row is damaged, and says so', async () => {
    const storage = storageOf(azurite.account());
    const store = createAlertStore(storage, log);
    await store.apply(fired(sampleAlert('good')), [GROUP]);
    const client = await storage.table(TABLES.alerts);
    await client.createEntity({ partitionKey: 'alert', rowKey: 'bad', until: FIRING, p0: Uint8Array.of(1, 2, 3) });
    expect(await store.open()).toHaveLength(1);
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { row: 'bad', error: { code: 'TCN-S002' } } });
  });

  it('holds more alerts of one rule on one target than fit into a row, and finds each of them', async () => {
    const storage = storageOf(azurite.account());
    const points = Array.from({ length: 30 }, (_, n) => ({ at: NOON + n * 7_919, value: Math.sin(n) * 1e6 }));
    const evidence = { points, threshold: null, unit: 'number' } as const;
    const all = Array.from({ length: 1_500 }, (_, n) => sampleAlert(`d${n}`, { evidence }));
    const workers = [1, 2, 3].map(() => createAlertStore(storage, log));
    const shares = Array.from({ length: 15 }, (_, share) => all.slice(share * 100, share * 100 + 100));
    const changes = (share: readonly Alert[]) => share.map((alert) => ({ transition: fired(alert), groups: [GROUP] }));
    const applied = await Promise.all(shares.map((share, n) => (workers[n % 3] as AlertStore).applyAll(changes(share))));
    expect(applied).toEqual(shares.map(() => 100));
    const [store] = workers as [AlertStore];
    expect(await store.applyAll(changes(all))).toBe(0);
    const homes = [homeOf(all[0] as Alert)];
    for (const found of [await store.open(), await store.ofGroup(GROUP, NOON), await store.ofGroup(GROUP, NOON, { homes })])
      expect(new Set(found.map(({ fingerprint }) => fingerprint))).toEqual(new Set(all.map(({ fingerprint }) => fingerprint)));
    const ends = all.slice(0, 700).map((alert) => ({ transition: resolved(alert, NOON + MINUTE), groups: [GROUP] }));
    expect(await store.applyAll(ends)).toBe(700);
    expect(await store.open()).toHaveLength(800);
    expect((await store.get((all[3] as Alert).fingerprint))?.status).toBe('resolved');
    expect(await expectPagesToAgree(storage)).toHaveLength(1_500);
    const rows = await openTable(storage, TABLES.alerts, log).scan<Page | Divided>('alert');
    expect(rows.filter((row) => 'divided' in row)).not.toEqual([]);
  });

  it('holds alerts in one message that are too long for one write together', async () => {
    const storage = storageOf(azurite.account());
    const store = createAlertStore(storage, log);
    const points = Array.from({ length: 8_000 }, (_, n) => ({ at: NOON + n * 7_919, value: Math.sin(n) * 1e6 }));
    const all = Array.from({ length: 30 }, (_, n) =>
      sampleAlert(`d${n}`, { evidence: { points: points.slice(n), threshold: null, unit: 'number' } }),
    );
    expect(await store.applyAll(all.map((alert) => ({ transition: fired(alert), groups: [GROUP] })))).toBe(30);
    expect(await store.open()).toHaveLength(30);
    expect((await store.get((all[7] as Alert).fingerprint))?.evidence.points).toHaveLength(7_993);
    await expectPagesToAgree(storage);
  });
});
