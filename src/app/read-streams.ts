import { HOUR, MINUTE } from '../model/duration.ts';
import type { StreamHour } from '../model/stream.ts';
import { spanOf } from '../model/window.ts';
import type { Clock, StreamStore } from '../ports.ts';
import { streamReadings } from '../rules/stream-readings.ts';
import { type ReadRequest, type UnknownReading, unknownReading, type WindowReadings } from './read-signals.ts';

/** A partition that has not been read for so long has nothing to read: while forwarding catches up, batches follow each other. */
const IDLE = 2 * MINUTE;

/**
 * How far the stream has been counted (epoch ms), over all partitions: that of the partition which is furthest behind. A partition is
 * behind when its newest batch was counted more than `delay` after it had come in; one that is idle holds nobody up. Infinite: nothing
 * is known to be missing.
 */
export async function readStreamMark(delay: number, streams: StreamStore, clock: Clock): Promise<number | UnknownReading> {
  const now = clock.now();
  let hours: readonly StreamHour[];
  try {
    hours = await streams.during({ start: now - HOUR, end: now + HOUR });
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
