import { HOUR } from '../../model/duration.ts';
import { alignDown } from '../../model/window.ts';
import type { CategoryTotals, ForwardTotals, SinkTotals } from '../../ports.ts';
import type { Gathered } from './gather.ts';
import type { ForwardTelemetry } from './telemetry.ts';

/** Senders choose the names of categories. What is beyond is counted together. */
const MOST_CATEGORIES = 100;
const OTHERS = 'others';

/** What one batch adds. */
export interface BatchTotals extends Pick<ForwardTelemetry, 'categories' | 'sinks'>, Pick<Gathered, 'repaired'> {
  readonly dropped: number;
  readonly quarantined: number;
  /** By category. */
  readonly quarantinedOf?: ReadonlyMap<string, number>;
}

export function addTotals(before: ForwardTotals | undefined, batch: BatchTotals, now: number): ForwardTotals {
  const records = { ...before?.records };
  const repaired = { ...before?.repaired };
  const nameOf = (category: string): string =>
    category === 'unknown' ||
    Object.hasOwn(records, category) ||
    (Object.keys(records).length < MOST_CATEGORIES && category !== '__proto__')
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
  const droppedOf = { ...before?.droppedOf };
  if (batch.dropped > 0) addCounts(droppedOf, Object.entries(batch.categories), nameOf);
  const quarantinedOf = { ...before?.quarantinedOf };
  addCounts(quarantinedOf, batch.quarantinedOf ?? [], nameOf);
  const sinks = { ...before?.sinks };
  let lost = batch.quarantined;
  for (const [name, added] of Object.entries(batch.sinks)) {
    sinks[name] = addSink(sinks[name], added, nameOf);
    lost += added.rejected;
  }
  return {
    since: before?.since ?? now,
    dropped: (before?.dropped ?? 0) + batch.dropped,
    droppedOf,
    quarantinedOf,
    records,
    repaired,
    sinks,
    hour: addHour(before?.hour, { records: count, lost }, alignDown(now, HOUR)),
  };
}

function addCounts(
  sums: Record<string, number>,
  added: Iterable<readonly [category: string, count: number]>,
  nameOf: (category: string) => string,
): void {
  for (const [category, count] of added) {
    const name = nameOf(category);
    sums[name] = (sums[name] ?? 0) + count;
  }
}

/** Names of categories are chosen by senders: `nameOf` bounds them. */
export function addSink(before: SinkTotals | undefined, added: SinkTotals, nameOf: (category: string) => string): SinkTotals {
  const categories: Record<string, CategoryTotals> = { ...before?.categories };
  for (const [category, counts] of Object.entries(added.categories ?? {})) {
    const name = nameOf(category);
    const known = categories[name] ?? NONE_OF_A_CATEGORY;
    categories[name] = {
      delivered: known.delivered + counts.delivered,
      parked: known.parked + counts.parked,
      refused: known.refused + counts.refused,
      filtered: known.filtered + counts.filtered,
    };
  }
  return {
    delivered: (before?.delivered ?? 0) + added.delivered,
    repeated: (before?.repeated ?? 0) + added.repeated,
    parked: (before?.parked ?? 0) + added.parked,
    rejected: (before?.rejected ?? 0) + added.rejected,
    refused: (before?.refused ?? 0) + added.refused,
    filtered: (before?.filtered ?? 0) + (added.filtered ?? 0),
    requests: (before?.requests ?? 0) + added.requests,
    failures: (before?.failures ?? 0) + added.failures,
    categories,
    latency: added.latency ?? before?.latency ?? null,
  };
}

const NONE_OF_A_CATEGORY: CategoryTotals = { delivered: 0, parked: 0, refused: 0, filtered: 0 };

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
