import type { RecordPatterns, SinkFilter } from '../../model/sink.ts';
import { murmur128 } from '../hash.ts';
import { memberReader } from '../member.ts';
import type { JsonItem, SourceEvent } from './item.ts';

export type FilterItem = Pick<JsonItem, 'record' | 'event' | 'position'>;
type Test = (item: FilterItem) => boolean;
const ALL: Test = () => true;
const REMEMBERED = 2_000;

/** Whether a sink gets a record; the same at every redelivery. */
export function filterOf(only: SinkFilter | undefined): Test {
  if (only === undefined) return ALL;
  const { signals, except, sample = 1 } = only;
  const isWanted = patternsOf(only);
  const isLeftOut = except === undefined ? null : patternsOf(except);
  const isTaken = sample < 1 ? samplerOf(sample) : ALL;
  return (item) => {
    const isMetric = item.record.kind === 'platform metric';
    if (signals !== undefined && !signals.includes(isMetric ? 'metrics' : 'logs')) return false;
    return isWanted(item, true) && isLeftOut?.(item, false) !== true && (isMetric || isTaken(item));
  };
}

/** Ids and categories repeat, so each is compared once. Platform metrics answer questions about logs with `ofMetrics`. */
function patternsOf({ categories, resources, members = {} }: RecordPatterns): (item: FilterItem, ofMetrics: boolean) => boolean {
  const named = categories === undefined ? null : matcherOf(categories);
  const placed = resources === undefined ? null : matcherOf(resources);
  const read = Object.entries(members).map(([name, patterns]) => [memberReader(name), matcherOf(patterns)] as const);
  return ({ record }, ofMetrics) => {
    if (record.kind === 'platform metric') {
      if (!ofMetrics && (named !== null || read.length > 0)) return false;
    } else {
      if (named !== null && !named(categoryOf(record))) return false;
      for (const [member, matches] of read) if (!matches(record.kind === 'text' ? '' : (member(record) ?? ''))) return false;
    }
    return placed?.(record.resourceId) ?? true;
  };
}

/** By the event and the place in it, which tell a record apart for good; by content where the hub's number is unknown. */
function samplerOf(share: number): Test {
  const limit = share * 2 ** 32;
  let last: SourceEvent | null = null;
  let name = '';
  return ({ event, position }) => {
    if (event !== last) {
      last = event;
      const { body, partition, sequenceNumber, enqueuedAt } = event;
      name = sequenceNumber === '' ? murmur128(body, 0) : `${partition}-${sequenceNumber}-${enqueuedAt}`;
    }
    return Number.parseInt(murmur128(Buffer.from(name), position).slice(0, 8), 16) < limit;
  };
}

/** Empty for what has none. */
export function categoryOf(record: JsonItem['record']): string {
  return record.kind === 'text' || record.kind === 'platform metric' ? '' : record.category;
}

function matcherOf(patterns: readonly string[]): (text: string) => boolean {
  const source = patterns.map((pattern) =>
    pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*'),
  );
  const pattern = new RegExp(`^(?:${source.join('|')})$`, 'i');
  const known = new Map<string, boolean>();
  return (text) => {
    let matches = known.get(text);
    if (matches === undefined) {
      matches = pattern.test(text);
      if (known.size < REMEMBERED) known.set(text, matches);
    }
    return matches;
  };
}
