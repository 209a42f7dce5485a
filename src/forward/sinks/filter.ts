import type { SinkFilter } from '../../model/sink.ts';
import type { JsonItem } from './item.ts';

type Test = (item: Pick<JsonItem, 'record'>) => boolean;
const ALL: Test = () => true;
const REMEMBERED = 2_000;

/** Whether a sink gets a record. Ids and categories repeat, so each is compared once. */
export function filterOf(only: SinkFilter | undefined): Test {
  if (only === undefined) return ALL;
  const { signals, categories, resources } = only;
  const named = categories === undefined ? null : matcherOf(categories);
  const placed = resources === undefined ? null : matcherOf(resources);
  return ({ record }) => {
    const isMetric = record.kind === 'platform metric';
    if (signals !== undefined && !signals.includes(isMetric ? 'metrics' : 'logs')) return false;
    if (named !== null && !isMetric && !named(categoryOf(record))) return false;
    return placed?.(record.resourceId) ?? true;
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
