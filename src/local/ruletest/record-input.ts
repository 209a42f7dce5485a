import { recordCounter } from '../../forward/count.ts';
import { HourCounts } from '../../forward/hour-counts.ts';
import { instantOf } from '../../forward/instant.ts';
import type { Json } from '../../forward/json.ts';
import { readRecord } from '../../forward/record.ts';
import { HOUR, MINUTE } from '../../model/duration.ts';
import type { Diagnostic } from '../../model/errors.ts';
import type { Rule } from '../../model/rule.ts';
import { countersOf, type StreamHour } from '../../model/stream.ts';
import { alignDown } from '../../model/window.ts';
import type { OfflineTarget } from '../offline/inventory.ts';
import { type Place, problemAt } from './load.ts';
import { timesOf } from './log-input.ts';
import type { RawRecordInput } from './schema.ts';

/** Records of one kind that came into the hub. */
export interface TestRecord {
  readonly time: number;
  readonly source: Readonly<Record<string, Json>>;
  readonly copies: number;
}

const MOST_RECORDS = 200_000;

/** The records of one input on each of its targets. */
export function recordsOf(
  { record, members = {}, copies = 1, ...raw }: RawRecordInput,
  place: Place,
  targets: readonly OfflineTarget[],
  start: number,
  diagnostics: Diagnostic[],
): readonly TestRecord[] {
  const times = timesOf(raw, start);
  if (times.length * targets.length > MOST_RECORDS) {
    diagnostics.push(problemAt(place, [], `these are more than ${MOST_RECORDS} records`));
    return [];
  }
  return times.flatMap((time) =>
    targets.map(({ target }) => ({
      time,
      copies,
      source: { category: record, resourceId: target.id.toUpperCase(), ...(members as Record<string, Json>) },
    })),
  );
}

/** What forwarding would have counted of the records. */
export function countedHours(rules: readonly Rule[], records: readonly TestRecord[]): readonly StreamHour[] {
  const counters = countersOf(rules);
  if (counters.length === 0) return [];
  const count = recordCounter(counters);
  const hours = new Map<number, HourCounts>();
  for (const { time, source, copies } of records) {
    const hour = alignDown(time, HOUR);
    const counts = hours.get(hour) ?? new HourCounts(null);
    hours.set(hour, counts);
    const record = readRecord(source, instantOf(time), {});
    if (record.kind === 'platform metric') continue;
    count(record, (counter, series, ...amounts) => {
      const [one, value, over] = amounts;
      const minute = Math.floor((time - hour) / MINUTE);
      counts.add(counter, series, minute, [one * copies, value * copies, over * copies]);
    });
  }
  return [...hours].map(([hour, counts]) => ({
    partition: 'test/0',
    hour,
    sequenceNumber: 0,
    enqueuedAt: hour + HOUR,
    updatedAt: hour + HOUR,
    counts: counts.counts(),
  }));
}
