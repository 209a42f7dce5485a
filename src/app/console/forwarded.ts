import type { Forwarded, ForwardedCategory, ForwardedSink } from '../../console/view.ts';
import { sumForward } from '../../digest/counters.ts';
import type { HubView } from '../../model/hub.ts';
import type { DrainTotals, ForwardMark, ForwardTotals } from '../../ports.ts';

/** What forwarding has counted, over all partitions. */
export function forwarded(marks: readonly ForwardMark[], view: HubView | null, drained: DrainTotals | null): Forwarded {
  const newest = marks.toSorted((a, b) => b.updatedAt - a.updatedAt);
  const totals = newest.flatMap((mark) => mark.totals ?? []);
  return {
    categories: categoriesOf(totals),
    sinks: sinksOf(totals, drained),
    partitions: marks.length,
    updatedAt: newest[0]?.updatedAt ?? null,
    lag: newest[0]?.lag ?? null,
    unread: view === null ? null : unreadIn(view),
    ...sumForward(marks.map(({ counts }) => counts)),
  };
}

function unreadIn({ partitions, at }: HubView): NonNullable<Forwarded['unread']> {
  const since = partitions.flatMap(({ waiting }) => (waiting === null ? [] : [waiting.since]));
  return {
    events: partitions.reduce((sum, one) => sum + one.unread, 0),
    age: since.length === 0 ? 0 : at - Math.min(...since),
  };
}

function categoriesOf(all: readonly ForwardTotals[]): readonly ForwardedCategory[] {
  const sums = new Map<string, { records: number; repaired: number; quarantined: number; dropped: number }>();
  const of = (category: string) => {
    const known = sums.get(category) ?? { records: 0, repaired: 0, quarantined: 0, dropped: 0 };
    sums.set(category, known);
    return known;
  };
  for (const { records, repaired, quarantinedOf = {}, droppedOf = {}, sinks } of all) {
    for (const [category, count] of Object.entries(records)) of(category).records += count;
    for (const [category, counts] of Object.entries(repaired)) {
      for (const count of Object.values(counts)) of(category).repaired += count;
    }
    for (const [category, count] of Object.entries(quarantinedOf)) of(category).quarantined += count;
    for (const [category, count] of Object.entries(droppedOf)) of(category).dropped += count;
    for (const { categories = {} } of Object.values(sinks)) {
      for (const [category, { filtered }] of Object.entries(categories)) of(category).dropped += filtered;
    }
  }
  return [...sums].map(([category, counts]) => ({ category, ...counts })).sort((a, b) => b.records - a.records);
}

/** `newestFirst`: the latency is of the partition that was read last. */
function sinksOf(newestFirst: readonly ForwardTotals[], drained: DrainTotals | null): readonly ForwardedSink[] {
  const names = new Set([...newestFirst.flatMap(({ sinks }) => Object.keys(sinks)), ...Object.keys(drained?.sinks ?? {})]);
  return [...names].sort().map((sink) => {
    const each = newestFirst.flatMap(({ sinks }) => sinks[sink] ?? []);
    const later = drained?.sinks[sink];
    const every = [...each, ...(later === undefined ? [] : [later])];
    const sum = (of: (totals: (typeof every)[number]) => number, totals = every) => totals.reduce((all, one) => all + of(one), 0);
    return {
      sink,
      delivered: sum(({ delivered }) => delivered, each),
      later: later?.delivered ?? 0,
      filtered: sum(({ filtered = 0 }) => filtered),
      refused: sum(({ refused, rejected }) => refused + rejected),
      requests: sum(({ requests }) => requests),
      failures: sum(({ failures }) => failures),
      latency: each.find(({ latency }) => latency !== null)?.latency ?? null,
    };
  });
}
