import { HOUR, MINUTE } from '../model/duration.ts';
import { type HubView, missingSince } from '../model/hub.ts';
import type { StreamHour } from '../model/stream.ts';
import { spanOf } from '../model/window.ts';
import type { Clock, StreamStore } from '../ports.ts';
import { streamReadings } from '../rules/stream-readings.ts';
import { type ReadRequest, type UnknownReading, unknownReading, type WindowReadings } from './read-signals.ts';

/** A partition that has not been read for so long has nothing to read: while forwarding catches up, batches follow each other. */
const IDLE = 2 * MINUTE;

export interface StreamMarkDeps {
  readonly streams: StreamStore;
  /** What the hub was seen to hold; absent: nobody looks. */
  readonly hubView?: () => Promise<HubView | null>;
  readonly clock: Clock;
}

/**
 * How far the stream has been counted (epoch ms), over all partitions: that of the partition which is furthest behind. A partition is
 * behind when its newest batch was counted more than `delay` after it had come in, or when the hub was seen to hold events of it that
 * are not counted; one that is idle holds nobody up. Infinite: nothing is known to be missing.
 */
export async function readStreamMark(delay: number, deps: StreamMarkDeps): Promise<number | UnknownReading> {
  const now = deps.clock.now();
  let hours: readonly StreamHour[];
  let view: HubView | null;
  try {
    view = (await deps.hubView?.()) ?? null;
    // Read last: what was counted since the hub was looked at is not missing.
    hours = await deps.streams.during({ start: now - HOUR, end: now + HOUR });
  } catch (thrown) {
    return unknownReading(thrown);
  }
  let mark = Number.POSITIVE_INFINITY;
  const newest = new Map<string, StreamHour>();
  for (const one of hours) {
    const known = newest.get(one.partition);
    if (known === undefined || known.updatedAt <= one.updatedAt) newest.set(one.partition, one);
  }
  for (const { enqueuedAt, updatedAt } of newest.values()) {
    if (updatedAt - enqueuedAt > delay && now - updatedAt <= IDLE) mark = Math.min(mark, enqueuedAt);
  }
  for (const sight of view?.partitions ?? []) {
    mark = Math.min(mark, missingSince(sight, newest.get(sight.partition) ?? null) ?? Number.POSITIVE_INFINITY);
  }
  return mark;
}

/** Reads what was counted once for all requests. */
export async function readStreams(
  requests: readonly ReadRequest[],
  streams: StreamStore,
): Promise<readonly (readonly WindowReadings[])[]> {
  const wanted = requests.filter(({ windows }) => windows.length > 0);
  if (wanted.length === 0) return requests.map(() => []);
  const hours = await streams.during(spanOf(wanted.flatMap(({ windows }) => windows))).catch(unknownReading);
  return requests.map(({ rule, targets, windows }) =>
    windows.map((window) => ({
      window,
      readings:
        'status' in hours
          ? Object.fromEntries(targets.map(({ id }) => [id, hours]))
          : streamReadings(rule, targets, window, hours),
    })),
  );
}
