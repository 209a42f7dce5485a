import { ACTIVITY_FIELDS } from '../../model/activity.ts';
import type { Deployment, Quota } from '../../model/deployment.ts';
import { MINUTE } from '../../model/duration.ts';
import type { Diagnostic } from '../../model/errors.ts';
import type { Heartbeat } from '../../model/heartbeat.ts';
import { adviceFor } from '../../rules/suggest.ts';
import type { OfflineTarget } from '../offline/inventory.ts';
import type { OfflineEstate, OfflineEvent } from '../offline/state.ts';
import { instantOf, lengthOf, type Place, problemAt } from './load.ts';
import type { RawCheckInInput, RawEventInput, RawTarget } from './schema.ts';

/** An event for each of the targets; its resource is the target where it names none. Ids count from `first`. */
export function eventsOf(
  raw: RawEventInput,
  place: Place,
  on: readonly OfflineTarget[],
  start: number,
  first: number,
  diagnostics: Diagnostic[],
): readonly OfflineEvent[] {
  for (const field of Object.keys(raw.event)) {
    if (ACTIVITY_FIELDS.some((known) => known === field)) continue;
    const hint = adviceFor(field, [...ACTIVITY_FIELDS], 'fields');
    diagnostics.push(problemAt(place, ['event', field], `events have no field ${field}`, { hint }));
  }
  const at = instantOf(raw.at ?? 0, start);
  return on.map(({ target }, index) => ({
    event: {
      id: raw.event.event ?? `event-${first + index}`,
      at,
      fields: { category: 'Administrative', resource: target.id, ...raw.event },
    },
    subscription: target.subscriptionId,
    arrivesAt: at + lengthOf(raw.arrives, 0),
  }));
}

export function checkInsOf(raw: RawCheckInInput, start: number): readonly Heartbeat[] {
  const from = instantOf(raw.at ?? 0, start);
  const until = raw.until === undefined ? from : instantOf(raw.until, start);
  const step = Math.max(MINUTE, lengthOf(raw.every, Number.POSITIVE_INFINITY));
  const beats: Heartbeat[] = [];
  for (let at = from; at <= until; at += step) {
    const { checkIn: id, phase = 'finish', note } = raw;
    beats.push({ id, phase, at, ...(note !== undefined && { note }) });
  }
  return beats;
}

/** What Azure Resource Manager says of the targets of a test. */
export function estateOf(
  written: Readonly<Record<string, RawTarget>>,
  targets: ReadonlyMap<string, OfflineTarget>,
  start: number,
): OfflineEstate {
  const deployments: Record<string, readonly Deployment[]> = {};
  const quotas: Record<string, readonly Quota[]> = {};
  for (const [name, { target }] of targets) {
    const raw = written[name];
    deployments[target.id] = (raw?.deployments ?? []).map(
      ({ labels, sku = '', retires, lifecycle = '', ...capacity }): Deployment => ({
        labels,
        capacity: Object.fromEntries(Object.entries(capacity).filter(([, value]) => value !== undefined)),
        sku,
        retiresAt: retires === undefined ? null : instantOf(retires, start),
        lifecycle,
      }),
    );
    quotas[target.id] = (raw?.quotas ?? []).map((quota) => ({ ...quota, region: target.location }));
  }
  return { deployments, quotas };
}
