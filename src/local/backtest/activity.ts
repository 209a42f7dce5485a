import type { ActivityEvent } from '../../model/activity.ts';
import type { Window } from '../../model/window.ts';
import type { ActivityLog, Clock } from '../../ports.ts';
import type { Archive } from '../archive/archive.ts';
import { ticksOfMs } from '../kql/time.ts';
import { eventOf } from '../monitor/activity-log.ts';
import { type ArrivalModel, arrivalOf } from './arrival.ts';

interface Arriving {
  readonly event: ActivityEvent;
  readonly arrivesAt: number;
}

/** The archive's activity log, each event from the time on at which it could be listed. A subscription's events are read once. */
export function activityArchive(archive: Archive, span: Window, model: ArrivalModel, clock: Clock): ActivityLog {
  const subscriptions = new Map<string, Promise<readonly Arriving[]>>();

  async function read(subscription: string): Promise<readonly Arriving[]> {
    const records = await archive.activity(subscription, span);
    return records.map((record) => {
      const event = activityEvent(eventOf(record, subscription));
      return { event, arrivesAt: arrivalOf(ticksOfMs(event.at), event.at, model) };
    });
  }

  return {
    events: async (subscription, { start, end }) => {
      const reading = subscriptions.get(subscription) ?? read(subscription);
      subscriptions.set(subscription, reading);
      const now = clock.now();
      return (await reading)
        .filter(({ event, arrivesAt }) => event.at >= start && event.at < end && arrivesAt <= now)
        .map(({ event }) => event);
    },
  };
}

/** An event as the API lists it, in our words. */
function activityEvent(listed: ReturnType<typeof eventOf>): ActivityEvent {
  const properties = (typeof listed.properties === 'object' ? listed.properties : {}) as Readonly<Record<string, unknown>>;
  const named = (name: string): string => (typeof properties[name] === 'string' ? properties[name] : '');
  const fields = {
    operation: listed.operationName.value,
    status: listed.status.value,
    subStatus: listed.subStatus.value,
    level: listed.level,
    caller: listed.caller,
    resource: listed.resourceId.toLowerCase(),
    resourceType: listed.resourceType.value,
    resourceGroup: listed.resourceGroupName,
    category: listed.category.value,
    service: named('service'),
    region: named('region'),
    incident: named('trackingId'),
    type: named('incidentType') || named('type'),
    stage: named('stage'),
    title: named('title'),
    health: named('currentHealthStatus'),
    previousHealth: named('previousHealthStatus'),
    cause: named('cause'),
  };
  return {
    id: listed.eventDataId,
    at: Date.parse(listed.eventTimestamp),
    fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')),
  };
}
