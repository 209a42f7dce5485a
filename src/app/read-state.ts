import type { Deployment } from '../model/deployment.ts';
import { checkInsOf, NO_CHECK_INS } from '../model/heartbeat.ts';
import type { PriceTable } from '../model/price.ts';
import type { Rule } from '../model/rule.ts';
import type { Reading } from '../model/series.ts';
import type { Target } from '../model/target.ts';
import { spanOf, type Window } from '../model/window.ts';
import type { ActivityLog, Deployments, HeartbeatStore, Inventory } from '../ports.ts';
import { activityReading } from '../rules/activity-readings.ts';
import { inventoryReading } from '../rules/inventory-readings.ts';
import { pricedReading } from '../rules/priced.ts';
import { capacityNamed, withCapacity } from '../rules/with-capacity.ts';
import { type ReadRequest, unknownReading, type WindowReadings } from './read-signals.ts';

/*
 * What rules look at besides metrics and logs: the activity log, check-ins, and what Azure Resource Manager says of deployments.
 */

/** Reads the log of every subscription of the requests once, over the span that all their windows need. */
export async function readActivity(
  requests: readonly ReadRequest[],
  activity: ActivityLog,
  inventory: Inventory,
): Promise<readonly (readonly WindowReadings[])[]> {
  const wanted = requests.filter(({ windows }) => windows.length > 0);
  if (wanted.length === 0) return requests.map(() => []);
  const span = spanOf(wanted.flatMap(({ windows }) => windows));
  const known = await knownTargets(wanted, inventory);
  const subscriptions = [...new Set(wanted.flatMap(({ targets }) => targets.map((target) => target.subscriptionId)))];
  const answers = new Map(
    await Promise.all(subscriptions.map(async (id) => [id, await activity.events(id, span).catch(unknownReading)] as const)),
  );
  const readingOf = (rule: Rule, target: Target, window: Window): Reading => {
    const events = answers.get(target.subscriptionId) ?? [];
    if ('status' in events) return events;
    return 'status' in known ? known : activityReading(rule, window, events, known);
  };
  return requests.map(({ rule, targets, windows }) =>
    windows.map((window) => ({
      window,
      readings: Object.fromEntries(targets.map((target) => [target.id, readingOf(rule, target, window)])),
    })),
  );
}

/** Resources that rules ask for tags or kinds of, by id. */
async function knownTargets(requests: readonly ReadRequest[], inventory: Inventory) {
  const scopes = requests.flatMap(({ rule: { signal } }) => (signal.kind === 'activity' ? (signal.scope ?? []) : []));
  if (scopes.length === 0) return new Map<string, Target>();
  // All of the type, because one that carries other tags must be told from one that is gone.
  const types = [...new Set(scopes.map(({ type }) => type))].map((type) => ({ type }));
  try {
    return new Map((await inventory.targets(types)).map((target) => [target.id, target]));
  } catch (thrown) {
    return unknownReading(thrown);
  }
}

/** The newest check-ins of every job. */
export async function readHeartbeats(
  requests: readonly ReadRequest[],
  heartbeats: HeartbeatStore,
): Promise<readonly (readonly WindowReadings[])[]> {
  const jobs = await heartbeats.all().then(checkInsOf).catch(unknownReading);
  const readingOf = ({ name }: Target): Reading => {
    if ('status' in jobs) return jobs;
    const checkIns = jobs.get(name) ?? NO_CHECK_INS;
    const points = [checkIns.finish].flatMap((at) => (at === null ? [] : [{ at, value: 1, weight: 1 }]));
    const facts = { kind: 'check-ins', checkIns } as const;
    return { status: 'ok', watermark: null, series: [{ labels: { heartbeat: name }, points, over: null, facts }] };
  };
  return requests.map(({ targets, windows }) =>
    windows.map((window) => ({
      window,
      readings: Object.fromEntries(targets.map((target) => [target.id, readingOf(target)])),
    })),
  );
}

/** Of quotas each target speaks for its subscription and region: a shard has one of each (`shardsOf`). */
export async function readInventory(
  requests: readonly ReadRequest[],
  deployments: Deployments,
): Promise<readonly (readonly WindowReadings[])[]> {
  return Promise.all(
    requests.map(async ({ rule: { signal }, targets, windows }) => {
      if (signal.kind !== 'inventory' || windows.length === 0) return [];
      const ofQuotas = signal.value === 'quotaUsed' || signal.value === 'quotaLeft';
      const listed = (target: Target): Promise<readonly Deployment[]> => {
        if (ofQuotas) return Promise.resolve([]);
        return signal.value === 'daysToRetirement' ? deployments.lifecycles(target) : deployments.of(target);
      };
      const found = await Promise.all(
        targets.map(async (target) => {
          try {
            const quotas = ofQuotas ? await deployments.quotas(target) : [];
            return { target, found: { deployments: await listed(target), quotas } };
          } catch (thrown) {
            return { target, found: unknownReading(thrown) };
          }
        }),
      );
      return windows.map((window) => ({
        window,
        readings: Object.fromEntries(
          found.map((one) => [one.target.id, 'status' in one.found ? one.found : inventoryReading(signal, window, one.found)]),
        ),
      }));
    }),
  );
}

/** The readings of a metric or log rule with what its condition or price asks Azure Resource Manager for. */
export async function withDeployments(
  { rule, targets }: ReadRequest,
  read: readonly WindowReadings[],
  deployments: Deployments,
  prices: PriceTable,
): Promise<readonly WindowReadings[]> {
  const { signal } = rule;
  const capacity = capacityNamed(rule);
  if ((capacity === null && signal.kind !== 'cost') || read.length === 0) return read;
  const byTarget = new Map(
    await Promise.all(
      targets.map(async (target) => [target.id, { target, found: await deployments.of(target).catch(unknownReading) }] as const),
    ),
  );
  const span = spanOf(read.map(({ window }) => window));
  const enriched = (id: string, reading: Reading): Reading => {
    const one = byTarget.get(id);
    if (one === undefined || reading.status !== 'ok') return reading;
    if ('status' in one.found) return one.found;
    if (signal.kind === 'cost') return pricedReading(signal, reading, prices, one.found, { region: one.target.location, span });
    return capacity === null ? reading : withCapacity(reading, capacity, one.found);
  };
  return read.map(({ window, readings }) => ({
    window,
    readings: Object.fromEntries(Object.entries(readings).map(([id, reading]) => [id, enriched(id, reading)])),
  }));
}
