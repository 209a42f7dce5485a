import { type Add, type CountRecord, recordCounter } from '../../forward/count.ts';
import { HourCounts } from '../../forward/hour-counts.ts';
import { HOUR, MINUTE } from '../../model/duration.ts';
import { TocsinError } from '../../model/errors.ts';
import type { StreamCounter, StreamHour } from '../../model/stream.ts';
import { alignDown } from '../../model/window.ts';
import type { Clock, StreamStore, Version } from '../../ports.ts';
import type { ForwardEvent } from './batch.ts';
import { enqueuedMs, type LogEntry } from './gather.ts';

const MOST_CONFLICTS = 8;

export interface StreamDeps {
  readonly store: StreamStore;
  readonly clock: Clock;
}

interface Known {
  readonly value: StreamHour | null;
  readonly version: Version;
}

/**
 * Counts for stream rules what a worker forwards. What was written last is remembered, so that a batch costs one conditional write;
 * where another worker has written since, it is read again.
 */
export class StreamCounting {
  private readonly count: CountRecord;
  private readonly known = new Map<string, Known>();

  constructor(counters: readonly StreamCounter[]) {
    this.count = recordCounter(counters);
  }

  /**
   * Adds the records of the events to the hours in which the events came into the hub. Events that an hour has counted before add
   * nothing, so the same batch may come again, at any time and to any worker.
   *
   * @throws TocsinError where the storage cannot be written: then the batch must be given again.
   */
  async add(hub: string, events: readonly ForwardEvent[], logs: readonly LogEntry[], deps: StreamDeps): Promise<void> {
    const recordsOf = groupBy(logs, ({ event }) => event);
    const now = deps.clock.now();
    const placed = events.map((event) => ({ event, at: enqueuedMs(event) ?? now }));
    for (const [partition, members] of groupBy(placed, ({ event }) => `${hub}/${event.partition}`)) {
      for (const [hour, inHour] of groupBy(members, ({ at }) => alignDown(at, HOUR))) {
        await this.addHour(partition, hour, inHour, recordsOf, deps);
      }
    }
  }

  private async addHour(
    partition: string,
    hour: number,
    events: readonly Placed[],
    recordsOf: ReadonlyMap<ForwardEvent, readonly LogEntry[]>,
    { store, clock }: StreamDeps,
  ): Promise<void> {
    const remembered = this.known.get(partition);
    let before = remembered?.value?.hour === hour ? remembered : null;
    for (let conflict = 0; conflict < MOST_CONFLICTS; conflict++) {
      before ??= await store.read(partition, hour);
      const next = this.nextHour(before.value, partition, hour, events, recordsOf, clock.now());
      if (next === null) return;
      const version = await store.replace(next, before.version);
      if (version !== null) {
        this.known.set(partition, { value: next, version });
        return;
      }
      before = null;
    }
    throw new TocsinError('TCN-S001', `counts of ${partition}: others wrote them all the time`);
  }

  /** The hour with what is new of the events; `null`: nothing is. */
  private nextHour(
    before: StreamHour | null,
    partition: string,
    hour: number,
    events: readonly Placed[],
    recordsOf: ReadonlyMap<ForwardEvent, readonly LogEntry[]>,
    now: number,
  ): StreamHour | null {
    const fresh = events.filter(({ event, at }) => before === null || isNew(event, at, before));
    if (fresh.length === 0) return null;
    const added = new HourCounts(before);
    for (const { event, at } of fresh) {
      const minute = Math.floor((at - hour) / MINUTE);
      const add: Add = (counter, series, ...amounts) => added.add(counter, series, minute, amounts);
      for (const { record } of recordsOf.get(event) ?? []) if (record.kind !== 'text') this.count(record, add);
    }
    const newest = newestOf(fresh);
    const place = newest ?? { sequenceNumber: before?.sequenceNumber ?? -1, enqueuedAt: before?.enqueuedAt ?? hour };
    return { partition, hour, ...place, updatedAt: now, counts: added.counts() };
  }
}

interface Placed {
  readonly event: ForwardEvent;
  /** When it came into the hub, epoch ms. */
  readonly at: number;
}

/** An event without number cannot be recognised. A hub that was created anew begins with low numbers at later times. */
function isNew({ sequenceNumber }: ForwardEvent, at: number, before: StreamHour): boolean {
  if (!/^\d+$/.test(sequenceNumber)) return true;
  return Number(sequenceNumber) > before.sequenceNumber || at > before.enqueuedAt;
}

function newestOf(events: readonly Placed[]): Pick<StreamHour, 'sequenceNumber' | 'enqueuedAt'> | null {
  let newest: { sequenceNumber: number; enqueuedAt: number } | null = null;
  for (const { event, at } of events) {
    if (!/^\d+$/.test(event.sequenceNumber)) continue;
    const number = Number(event.sequenceNumber);
    const later = newest === null || at > newest.enqueuedAt || (at === newest.enqueuedAt && number > newest.sequenceNumber);
    if (later) newest = { sequenceNumber: number, enqueuedAt: at };
  }
  return newest;
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
