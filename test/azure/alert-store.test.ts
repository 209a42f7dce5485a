import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlertStore } from '../../src/azure/alert-store.ts';
import { TABLES } from '../../src/azure/names.ts';
import type { Storage } from '../../src/azure/storage.ts';
import { openTable } from '../../src/azure/table.ts';
import type { Alert, Transition } from '../../src/model/alert.ts';
import type { StoredAlert } from '../../src/model/alert-episode.ts';
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
const ALWAYS = { start: 0, end: NOON + DAY };
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

const history = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 }))
  .map(([a, b]) => [...episodes('a', a), ...episodes('b', b)]);

async function everything(store: Pick<MemoryAlertStore, 'open' | 'during' | 'ofGroup'>) {
  return {
    open: await store.open(),
    during: await store.during(ALWAYS),
    ofGroup: await store.ofGroup(GROUP, NOON + 30 * MINUTE),
  };
}

/** What the views of the table must hold by its ruling rows. */
async function expectViewsToAgree(storage: Storage): Promise<void> {
  const table = openTable(storage, TABLES.alerts, log);
  const ruling = await table.scan<StoredAlert>('alert');
  const byKey = (a: StoredAlert, b: StoredAlert) => (a.alert.fingerprint < b.alert.fingerprint ? -1 : 1);
  const firing = ruling.filter((stored) => stored.alert.status === 'firing');
  expect([...(await table.scan<StoredAlert>('open'))].sort(byKey)).toEqual(firing.sort(byKey));
  const ended = await table.scan<StoredAlert>('ended');
  for (const stored of ruling) if (stored.alert.status === 'resolved') expect(ended).toContainEqual(stored);
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
          expect(await everything(store)).toEqual(await everything(twin));
          await expectViewsToAgree(storage);
        },
      ),
      { numRuns: 20 },
    );
  });

  const SERIES = [...episodes('a', [0, 5, 5, 5, 5]), { ...resolved(sampleAlert('a'), NOON + 9 * MINUTE), id: 'late end' }];
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
    expect((await store.ofGroup(GROUP, NOON)).length).toBeGreaterThanOrEqual(Math.min(1, at));

    await store.apply(transition, [GROUP]);
    await twin.apply(transition, [GROUP]);
    expect(await everything(store)).toEqual(await everything(twin));
    await expectViewsToAgree(storage);
  });

  it('shows an alert that fired again while a slow writer was still putting away its last end', async () => {
    const storage = storageOf(azurite.account());
    const [first, end, again] = episodes('a', [0, 5, 5]) as [Transition, Transition, Transition];
    const store = createAlertStore(storage, log);
    await store.apply(first, [GROUP]);
    const slow = pausingBefore(storage, 'deleteEntity');
    const ending = createAlertStore(slow.storage, log).apply(end, [GROUP]);
    await slow.reached;
    await store.apply(again, [GROUP]);
    slow.release();
    await ending;
    expect((await store.open()).map((alert) => alert.startsAt)).toEqual([again.alert.startsAt]);
    await expectViewsToAgree(storage);
  });

  it('keeps its views right under concurrent writers', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (transitions) => {
        const storage = storageOf(azurite.account());
        const writers = [createAlertStore(storage, log), createAlertStore(storage, log), createAlertStore(storage, log)];
        await Promise.all(transitions.flatMap((transition) => writers.map((writer) => writer.apply(transition, [GROUP]))));
        await expectViewsToAgree(storage);
      }),
      { numRuns: 15 },
    );
  });

  it('shows what it can read when one row is damaged, and says so', async () => {
    const storage = storageOf(azurite.account());
    const store = createAlertStore(storage, log);
    await store.apply(fired(sampleAlert('good')), [GROUP]);
    const client = await storage.table(TABLES.alerts);
    await client.createEntity({ partitionKey: 'open', rowKey: 'g1,bad', p0: Uint8Array.of(1, 2, 3) });
    expect(await store.open()).toHaveLength(1);
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { row: 'g1,bad', error: { code: 'TCN-S002' } } });
  });
});
