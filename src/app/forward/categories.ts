import { categoryOf } from '../../forward/sinks/filter.ts';
import type { Entry, Outgoing } from './outgoing.ts';

/** Records by category. */
export type ByCategory = ReadonlyMap<string, number>;

/** Of platform metrics `metrics`, of what has none `none`. */
export function categoryName({ record }: Pick<Entry, 'record'>): string {
  return record.kind === 'platform metric' ? 'metrics' : categoryOf(record) || 'none';
}

export function countCategories(entries: Iterable<Pick<Entry, 'record'>>): ByCategory {
  const counts = new Map<string, number>();
  // Records of a kind stand together, so most are told by the one before.
  let [name, count] = ['', 0];
  for (const entry of entries) {
    const next = categoryName(entry);
    if (next === name) count++;
    else {
      if (count > 0) counts.set(name, (counts.get(name) ?? 0) + count);
      [name, count] = [next, 1];
    }
  }
  if (count > 0) counts.set(name, (counts.get(name) ?? 0) + count);
  return counts;
}

/** Of some or all items of a request; empty where its records are not known any more, because it was parked. */
export function categoriesOf(request: Outgoing, isCounted: (item: number) => boolean = () => true): ByCategory {
  // A metric of OTLP holds points of several records, and a record is in several of them.
  const isOfMetrics = request.path === '/v1/metrics' && request.format.startsWith('otlp');
  if (isOfMetrics) return request.entriesOf(0).length === 0 ? new Map() : new Map([['metrics', request.records]]);
  return countCategories(entriesOf(request, isCounted));
}

function* entriesOf(request: Outgoing, isCounted: (item: number) => boolean): Generator<Entry> {
  for (let item = 0; item < request.items; item++) if (isCounted(item)) yield* request.entriesOf(item);
}
