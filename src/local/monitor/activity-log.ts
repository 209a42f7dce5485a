import type { Window } from '../../model/window.ts';
import type { ArchiveRecord } from '../archive/row.ts';
import { callerOf } from '../archive/tables.ts';
import { bare, json, type MonitorAnswer, type MonitorRequest, page } from './http.ts';
import { type MonitorWorld, normalId } from './world.ts';

/** Events of a subscription, newest first. The filter must begin with a time range, as the service demands. */
export async function listEvents(world: MonitorWorld, request: MonitorRequest, subscription: string): Promise<MonitorAnswer> {
  const { span, fields } = parseFilter(request.query.get('$filter') ?? '', world.clock());
  const records = await world.archive.activity(subscription, span);
  const events = records
    .map((record) => eventOf(record, subscription))
    .filter((event) =>
      Object.entries(fields).every(([field, value]) => FIELDS[field]?.(event).toLowerCase() === value.toLowerCase()),
    )
    .sort((a, b) => (a.eventTimestamp < b.eventTimestamp ? 1 : a.eventTimestamp > b.eventTimestamp ? -1 : 0));
  const wanted = request.query.get('$select')?.split(',');
  const selected = events.map((event) =>
    wanted === undefined ? event : Object.fromEntries(Object.entries(event).filter(([name]) => wanted.includes(name))),
  );
  return json(page(selected, request, world.pageSize));
}

type Event = ReturnType<typeof eventOf>;

const FIELDS: Readonly<Record<string, (event: Event) => string>> = {
  resourcegroupname: (event) => event.resourceGroupName,
  resourceuri: (event) => normalId(event.resourceId),
  resourceid: (event) => normalId(event.resourceId),
  resourceprovider: (event) => event.resourceProviderName.value,
  correlationid: (event) => event.correlationId,
  status: (event) => event.status.value,
  caller: (event) => event.caller,
};

function parseFilter(filter: string, now: number): { readonly span: Window; readonly fields: Readonly<Record<string, string>> } {
  let start: number | null = null;
  let end = now + 1;
  const fields: Record<string, string> = {};
  for (const clause of filter.split(/\s+and\s+/i)) {
    const match = /^\s*(\w+)\s+(ge|le|gt|lt|eq)\s+'?([^']*)'?\s*$/i.exec(clause);
    const [, name = '', operator = '', value = ''] = match ?? [];
    const field = name.toLowerCase();
    if (field === 'eventtimestamp') {
      const time = Date.parse(value);
      if (Number.isNaN(time)) throw invalid(filter);
      if (operator.startsWith('g')) start = time;
      else end = Math.min(end, time + (operator === 'le' ? 1 : 0));
    } else if (field === 'eventchannels' || field === 'levels') {
      // All that the archive holds is of these.
    } else if (FIELDS[field] !== undefined && operator.toLowerCase() === 'eq') {
      fields[field] = field === 'resourceuri' || field === 'resourceid' ? normalId(value) : value;
    } else {
      throw invalid(filter);
    }
  }
  if (start === null) throw invalid(filter);
  return { span: { start, end }, fields };
}

function invalid(filter: string) {
  return bare(400, 'BadRequest', `The filter '${filter}' is not valid: it needs eventTimestamp ge '…' and fields joined by and.`);
}

/** The words of the API for those of exported records. */
const STATUS: Readonly<Record<string, string>> = {
  Start: 'Started',
  Accept: 'Accepted',
  Success: 'Succeeded',
  Failure: 'Failed',
};

/** An archived record as the API lists it. */
export function eventOf(record: ArchiveRecord, subscription: string) {
  const text = (name: string): string => (typeof record[name] === 'string' ? record[name] : '');
  const identity = (record.identity ?? {}) as {
    readonly authorization?: unknown;
    readonly claims?: Readonly<Record<string, unknown>>;
  };
  const resourceId = text('resourceId');
  const [, , , , group = '', , provider = '', type = ''] = resourceId.split('/');
  const eventTimestamp = new Date(text('time')).toISOString();
  const named = (value: string): { value: string; localizedValue: string } => ({ value, localizedValue: value });
  return {
    id: `${resourceId}/events/${text('correlationId')}/ticks/${Date.parse(eventTimestamp)}`,
    eventDataId: text('eventDataId') || `${text('correlationId')}-${text('resultType')}-${Date.parse(eventTimestamp)}`,
    correlationId: text('correlationId'),
    operationId: text('correlationId'),
    eventTimestamp,
    submissionTimestamp: eventTimestamp,
    subscriptionId: subscription,
    resourceId,
    resourceGroupName: group,
    resourceProviderName: named(provider),
    resourceType: named(`${provider}/${type}`),
    operationName: named(text('operationName')),
    category: named(text('category')),
    eventName: named(text('resultType') === 'Start' ? 'BeginRequest' : 'EndRequest'),
    status: named(STATUS[text('resultType')] ?? text('resultType')),
    subStatus: named(text('resultSignature')),
    level: text('level') || 'Informational',
    caller: callerOf(record, identity.claims ?? {}),
    channels: 'Operation',
    description: text('resultDescription'),
    authorization: identity.authorization ?? null,
    claims: identity.claims ?? {},
    properties: record.properties ?? {},
  };
}
