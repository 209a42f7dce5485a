import type { EventData, MonitorClient } from '@azure/arm-monitor';
import type { ActivityEvent } from '../model/activity.ts';
import type { Labels } from '../model/labels.ts';
import type { Window } from '../model/window.ts';
import type { ActivityLog, CallOptions } from '../ports.ts';
import type { AzureAccess } from './loopback.ts';
import { monitorError } from './sdk-errors.ts';

/** What is asked for; the filter of the service knows neither operations nor levels, so the rest is chosen here. */
const SELECT = [
  'caller',
  'correlationId',
  'description',
  'eventDataId',
  'eventTimestamp',
  'category',
  'level',
  'operationName',
  'properties',
  'resourceGroupName',
  'resourceId',
  'resourceType',
  'status',
  'subStatus',
].join(',');

/** The activity log through `MonitorClient`, page by page. A client belongs to one subscription. */
export function createActivityLog(access: AzureAccess): ActivityLog {
  const clients = new Map<string, Promise<MonitorClient>>();

  function clientOf(subscription: string): Promise<MonitorClient> {
    const client = clients.get(subscription) ?? load(access, subscription);
    clients.set(subscription, client);
    return client;
  }

  return {
    events: async (subscriptionId, span, options) => {
      try {
        const client = await clientOf(subscriptionId.toLowerCase());
        const events: ActivityEvent[] = [];
        const listed = client.activityLogs.list(filterOf(span), { select: SELECT, ...abortable(options) });
        for await (const event of listed) {
          const read = eventOf(event);
          if (read !== null && read.at >= span.start && read.at < span.end) events.push(read);
        }
        return events;
      } catch (thrown) {
        throw monitorError(thrown, `activity log of ${subscriptionId}`);
      }
    },
  };
}

async function load(access: AzureAccess, subscription: string): Promise<MonitorClient> {
  const { MonitorClient } = await import('@azure/arm-monitor');
  return new MonitorClient(access.credential, subscription, await access.clientOptions());
}

function filterOf({ start, end }: Window): string {
  return `eventTimestamp ge '${iso(start)}' and eventTimestamp le '${iso(end)}' and eventChannels eq 'Admin, Operation'`;
}

/** `null` for what has neither id nor time: it could not be told once. */
function eventOf(event: EventData): ActivityEvent | null {
  const at = event.eventTimestamp?.getTime();
  const id = event.eventDataId ?? event.id;
  if (at === undefined || Number.isNaN(at) || id === undefined || id === '') return null;
  const { properties = {} } = event;
  const named = (name: string): string | undefined => {
    const value: unknown = properties[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const fields: Readonly<Record<string, string | undefined>> = {
    operation: event.operationName?.value,
    status: event.status?.value,
    subStatus: event.subStatus?.value,
    level: event.level,
    caller: event.caller,
    resource: event.resourceId?.toLowerCase(),
    resourceType: event.resourceType?.value,
    resourceGroup: event.resourceGroupName,
    category: event.category?.value,
    description: event.description?.slice(0, LONGEST),
    service: named('service'),
    region: named('region'),
    incident: named('trackingId'),
    type: named('incidentType') ?? named('type'),
    stage: named('stage'),
    title: named('title'),
    health: named('currentHealthStatus'),
    previousHealth: named('previousHealthStatus'),
    cause: named('cause'),
  };
  return { id, at, fields: given(fields) };
}

const LONGEST = 1_000;

function given(fields: Readonly<Record<string, string | undefined>>): Labels {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function abortable(options: CallOptions | undefined): { abortSignal?: AbortSignal } {
  return options?.signal === undefined ? {} : { abortSignal: options.signal };
}
