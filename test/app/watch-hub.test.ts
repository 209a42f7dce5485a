import { describe, expect, it } from 'vitest';
import { forward, watchHub } from '../../src/app/forward.ts';
import { TocsinError } from '../../src/model/errors.ts';
import type { HubPartition } from '../../src/model/hub.ts';
import type { NotificationJob } from '../../src/model/messages.ts';
import { wrapped } from '../support/diagnostic-records.ts';
import { batch, eventOf, freshStores, patient, record } from '../support/forward-world.ts';
import { MemoryHubViewStore, MemoryQueue } from '../support/memory/index.ts';

const MINUTE = 60_000;

/** A hub of one partition, a trigger that may be dead, and a timer. */
function world() {
  const stores = freshStores();
  const notifications = new MemoryQueue<NotificationJob>(stores.clock);
  const views = new MemoryHubViewStore();
  const hub = { first: 0, times: [] as number[], trigger: true, down: false };
  const partitions = async (): Promise<readonly HubPartition[]> => {
    if (hub.down) throw new TocsinError('TCN-F011', 'no');
    const sequenceNumber = hub.times.length - 1;
    const enqueuedAt = hub.times.at(-1);
    return [{ id: '0', firstSequenceNumber: hub.first, last: enqueuedAt === undefined ? null : { sequenceNumber, enqueuedAt } }];
  };
  let read = 0;
  const deps = {
    ...stores,
    hub: 'diagnostics',
    source: { partitions },
    views,
    notifications,
  };
  const work = async (): Promise<void> => {
    if (!hub.trigger) return;
    const due = hub.times
      .slice(read)
      .map((at, index) =>
        eventOf(read + index, wrapped([record(`r${read + index}`)]), { enqueuedAt: new Date(at).toISOString() }),
      );
    read = hub.times.length;
    if (due.length > 0) await forward(batch(...due), { ...patient(stores), sinks: [] });
  };
  return {
    ...deps,
    stores,
    state: hub,
    arrive: () => hub.times.push(stores.clock.now()),
    async minutes(count: number) {
      for (let minute = 0; minute < count; minute++) {
        await work();
        stores.clock.advance(MINUTE);
        await watchHub(deps);
      }
    },
    told: () =>
      notifications
        .pending()
        .flatMap(({ job }) => (job.kind === 'transitions' ? job.transitions.map(({ kind, alert }) => ({ kind, alert })) : [])),
  };
}

describe('what the hub holds beside what was forwarded', () => {
  it('says nothing of a hub that is idle', async () => {
    const one = world();
    one.arrive();
    await one.minutes(120);
    expect(one.told()).toEqual([]);
    expect(one.findings.all()).toEqual([]);
    expect((await one.views.read('diagnostics')).value).toMatchObject({
      partitions: [{ partition: 'diagnostics/0', unread: 0, waiting: null }],
    });
  });

  it('is an alert and a finding five minutes after the trigger has died, once, and ends when all is read', async () => {
    const one = world();
    one.arrive();
    await one.minutes(3);
    one.state.trigger = false;
    for (let event = 0; event < 10; event++) one.arrive();
    await one.minutes(5);
    expect(one.told()).toEqual([]);
    await one.minutes(3);
    expect(one.told()).toMatchObject([
      {
        kind: 'fired',
        alert: {
          rule: 'TocsinForwardingStalled',
          target: 'tocsin',
          summary: expect.stringMatching(
            /^10 events of diagnostics \(partitions 0\) are not forwarded, the oldest known of them for 5m$/,
          ),
        },
      },
    ]);
    expect(one.findings.all()).toMatchObject([{ kind: 'pipeline', code: 'TCN-F009', labels: { hub: 'diagnostics' }, count: 10 }]);
    one.state.trigger = true;
    await one.minutes(2);
    expect(one.told().map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
    const [fired, resolved] = one.told();
    expect(resolved?.alert.fingerprint).toBe(fired?.alert.fingerprint);
    expect(resolved?.alert.startsAt).toBe(fired?.alert.startsAt);
  });

  it('notices a trigger that never ran at all', async () => {
    const one = world();
    one.state.trigger = false;
    one.arrive();
    await one.minutes(7);
    expect(one.told()).toMatchObject([{ kind: 'fired' }]);
  });

  it('counts events that the hub has forgotten meanwhile', async () => {
    const one = world();
    one.arrive();
    await one.minutes(1);
    one.state.trigger = false;
    for (let event = 0; event < 20; event++) one.arrive();
    one.state.first = 15;
    await one.minutes(1);
    expect(one.findings.all()).toMatchObject([{ code: 'TCN-F010', count: 14 }]);
  });

  it('concludes nothing while the hub cannot be asked', async () => {
    const one = world();
    one.arrive();
    await one.minutes(1);
    const before = await one.views.read('diagnostics');
    one.state.down = true;
    await expect(one.minutes(1)).rejects.toMatchObject({ code: 'TCN-F011', kind: 'transient' });
    expect(await one.views.read('diagnostics')).toEqual(before);
    expect(one.told()).toEqual([]);
  });

  it('tells of it under one id when its view cannot be written', async () => {
    const one = world();
    one.state.trigger = false;
    one.arrive();
    await one.minutes(5);
    one.views.failNext('replace', new TocsinError('TCN-S001', 'down'));
    await expect(one.minutes(1)).rejects.toMatchObject({ code: 'TCN-S001' });
    await one.minutes(1);
    const [first, second, ...more] = one.told();
    expect(more).toEqual([]);
    expect(second?.alert.fingerprint).toBe(first?.alert.fingerprint);
  });
});
