import { HOUR } from '../../model/duration.ts';
import { alignDown } from '../../model/window.ts';
import type { ForwardTotals, SinkTotals } from '../../ports.ts';
import type { Gathered } from './gather.ts';
import type { ForwardTelemetry } from './telemetry.ts';

/** Senders choose the names of categories. What is beyond is counted together. */
const MOST_CATEGORIES = 100;
const OTHERS = 'others';

/** What one batch adds. */
export interface BatchTotals extends Pick<ForwardTelemetry, 'categories' | 'sinks'>, Pick<Gathered, 'repaired'> {
  readonly dropped: number;
  readonly quarantined: number;
}

export function addTotals(before: ForwardTotals | undefined, batch: BatchTotals, now: number): ForwardTotals {
  const records = { ...before?.records };
  const repaired = { ...before?.repaired };
  const nameOf = (category: string): string =>
    Object.hasOwn(records, category) || (Object.keys(records).length < MOST_CATEGORIES && category !== '__proto__')
      ? category
      : OTHERS;
  let count = 0;
  for (const [category, added] of Object.entries(batch.categories)) {
    const name = nameOf(category);
    records[name] = (records[name] ?? 0) + added;
    count += added;
  }
  for (const [category, counts] of batch.repaired) {
    const name = nameOf(category);
    const sums: Record<string, number> = { ...repaired[name] };
    for (const [repair, times] of Object.entries(counts)) sums[repair] = (sums[repair] ?? 0) + times;
    repaired[name] = sums;
  }
  const sinks = { ...before?.sinks };
  let lost = batch.quarantined;
  for (const [name, added] of Object.entries(batch.sinks)) {
    sinks[name] = addSink(sinks[name], added);
    lost += added.rejected;
  }
  return {
    since: before?.since ?? now,
    dropped: (before?.dropped ?? 0) + batch.dropped,
    records,
    repaired,
    sinks,
    hour: addHour(before?.hour, { records: count, lost }, alignDown(now, HOUR)),
  };
}

function addSink(before: SinkTotals | undefined, added: SinkTotals): SinkTotals {
  if (before === undefined) return added;
  return {
    delivered: before.delivered + added.delivered,
    repeated: before.repeated + added.repeated,
    parked: before.parked + added.parked,
    rejected: before.rejected + added.rejected,
    refused: before.refused + added.refused,
    requests: before.requests + added.requests,
    failures: before.failures + added.failures,
    latency: added.latency ?? before.latency,
  };
}

function addHour(
  before: ForwardTotals['hour'] | undefined,
  added: ForwardTotals['hour']['now'],
  at: number,
): ForwardTotals['hour'] {
  if (before?.at === at)
    return { ...before, now: { records: before.now.records + added.records, lost: before.now.lost + added.lost } };
  const none = { records: 0, lost: 0 };
  return { at, now: added, before: before?.at === at - HOUR ? before.now : none };
}
