import { describe, expect, it } from 'vitest';
import { retireAlerts } from '../../src/app/retire.ts';
import type { Alert } from '../../src/model/alert.ts';
import { DAY, HOUR } from '../../src/model/duration.ts';
import type { NotificationJob } from '../../src/model/messages.ts';
import type { Rule } from '../../src/model/rule.ts';
import { throttledAlert } from '../support/fixtures/alerts.ts';
import { throttledRule } from '../support/fixtures/rules.ts';
import { FakeClock, MemoryAlertStore, MemoryInventory, MemoryQueue } from '../support/memory/index.ts';

async function world(rules: readonly Rule[], age: number, targetIsThere: boolean, fields: Partial<Alert> = {}) {
  const alert: Alert = { ...throttledAlert(), status: 'firing', endsAt: null, ...fields };
  const clock = new FakeClock(alert.updatedAt + age);
  const alerts = new MemoryAlertStore();
  await alerts.apply({ id: 'fired', kind: 'fired', at: alert.startsAt, alert }, ['group']);
  const target = {
    id: alert.target,
    name: 'east',
    type: 'microsoft.cognitiveservices/accounts',
    kind: 'OpenAI',
    location: 'eastus2',
    subscriptionId: 's',
    resourceGroup: 'g',
    tags: { env: 'prod' },
  };
  const notifications = new MemoryQueue<NotificationJob>(clock);
  const inventory = new MemoryInventory(targetIsThere ? [target] : []);
  const retired = await retireAlerts({ rules, alerts, inventory, notifications, clock });
  const sent = notifications.pending().flatMap(({ job }) => (job.kind === 'transitions' ? job.transitions : []));
  return { retired, reasons: sent.map(({ kind, alert: { reason } }) => [kind, reason]), alerts, sent };
}

describe('an open alert that nobody judges any more', () => {
  it('resolves at once when its rule is gone or became a report', async () => {
    expect((await world([], HOUR, true)).reasons).toEqual([['resolved', 'rule changed']]);
    expect((await world([throttledRule({ disposition: 'report' })], HOUR, true)).reasons).toEqual([['resolved', 'rule changed']]);
  });

  it('resolves a day after its target left the inventory, not before', async () => {
    expect((await world([throttledRule()], HOUR, false)).retired).toBe(0);
    expect((await world([throttledRule()], DAY, false)).reasons).toEqual([['resolved', 'retired']]);
  });

  it('stays while it is judged', async () => {
    expect((await world([throttledRule()], 2 * DAY, true)).retired).toBe(0);
  });

  it.each([{ own: true }, { pushed: true }] as const)('stays where no rule ever judged it: %o', async (fields) => {
    expect((await world([], 2 * DAY, false, fields)).retired).toBe(0);
  });

  it('is resolved once, however often the sweep runs', async () => {
    const { alerts, sent } = await world([], HOUR, true);
    const applied = [];
    for (const transition of [...sent, ...sent]) applied.push(await alerts.apply(transition, ['group']));
    expect(applied).toEqual([true, false]);
    expect(await alerts.open()).toEqual([]);
  });
});
