import type { MetricQuery } from '../model/query.ts';
import type { MetricSignal, Rule } from '../model/rule.ts';
import type { Target } from '../model/target.ts';
import type { Window } from '../model/window.ts';
import { isMergeable, type MetricNeed, needsOf } from './metric-needs.ts';
import { metricSignalsOf } from './metric-signal.ts';

/** Limits of the metrics batch API. */
const QUERY_RESOURCES = 50;
const QUERY_METRICS = 20;

export interface MetricEntry {
  readonly rule: Rule;
  readonly targets: readonly Target[];
}

function pairsOf(rule: Rule, targets: readonly Target[]): readonly (readonly [MetricSignal, Target])[] {
  const signals = metricSignalsOf(rule);
  return signals.flatMap((signal) => targets.map((target) => [signal, target] as const));
}

/** A need and who has it, in one place: subscription, region, namespace, grain. */
interface Placed extends MetricNeed {
  readonly resourceIds: Set<string>;
}

/**
 * The metric calls that serve all entries: needs with the same split and aggregations share calls (every metric of a call must have
 * all its dimensions and aggregations, or the service rejects the call), and a need that can be added up from a finer split of the
 * same metric asks for nothing of its own. At most 50 resources and 20 metrics a call. Entries whose signal is not read from metrics are ignored.
 */
export function metricQueries(entries: readonly MetricEntry[], span: Window): readonly MetricQuery[] {
  const places = new Map<string, { readonly place: Place; readonly needs: Map<string, Placed> }>();
  for (const { rule, targets } of entries) {
    for (const [signal, target] of pairsOf(rule, targets)) {
      const place = placeOf(signal, target);
      const key = JSON.stringify(place);
      const { needs } = places.get(key) ?? { needs: new Map<string, Placed>() };
      places.set(key, { place, needs });
      for (const need of needsOf(signal)) addNeed(needs, need, target.id);
    }
  }
  return sortedBy([...places], ([key]) => key).flatMap(([, { place, needs }]) =>
    callsFor(withoutCovered([...needs.values()])).map((call) => ({ ...place, ...call, span })),
  );
}

type Place = Pick<MetricQuery, 'subscriptionId' | 'region' | 'namespace' | 'grain'>;
type Call = Pick<MetricQuery, 'resourceIds' | 'metrics' | 'aggregations' | 'splitBy'>;

function placeOf({ namespace, grain }: MetricSignal, { subscriptionId, location }: Target): Place {
  return { subscriptionId, region: location, namespace, grain };
}

function addNeed(needs: Map<string, Placed>, need: MetricNeed, resourceId: string): void {
  const key = JSON.stringify([need.metric, need.aggregations, need.splitBy]);
  const placed = needs.get(key) ?? { ...need, resourceIds: new Set<string>() };
  placed.resourceIds.add(resourceId);
  needs.set(key, placed);
}

/** Drops needs that another need's series can be folded into; the other then also reads their resources. */
function withoutCovered(needs: readonly Placed[]): readonly Placed[] {
  const byDetail = sortedBy(needs, (need) => keyOf(need)).sort((left, right) => right.splitBy.length - left.splitBy.length);
  const kept: Placed[] = [];
  for (const need of byDetail) {
    const finer = kept.find((other) => covers(other, need));
    if (finer === undefined) kept.push(need);
    else for (const id of need.resourceIds) finer.resourceIds.add(id);
  }
  return kept;
}

function covers(finer: MetricNeed, coarser: MetricNeed): boolean {
  return (
    finer.metric === coarser.metric &&
    coarser.splitBy.every((dimension) => finer.splitBy.includes(dimension)) &&
    coarser.aggregations.every((each) => finer.aggregations.includes(each)) &&
    coarser.aggregations.every((each) => isMergeable(each, coarser.aggregations.includes('count')))
  );
}

function callsFor(needs: readonly Placed[]): readonly Call[] {
  const groups = new Map<string, Placed[]>();
  for (const need of sortedBy(needs, keyOf)) {
    const key = JSON.stringify([need.splitBy, need.aggregations]);
    groups.set(key, [...(groups.get(key) ?? []), need]);
  }
  return [...groups.values()].flatMap((group) =>
    chunks(group, QUERY_METRICS).flatMap((part) => {
      const [first] = part;
      if (first === undefined) return [];
      const ids = [...new Set(part.flatMap((need) => [...need.resourceIds]))].sort();
      return chunks(ids, QUERY_RESOURCES).map((resourceIds) => ({
        resourceIds,
        metrics: part.map((need) => need.metric),
        aggregations: first.aggregations,
        splitBy: first.splitBy,
      }));
    }),
  );
}

function keyOf({ metric, aggregations, splitBy }: MetricNeed): string {
  return JSON.stringify([splitBy, aggregations, metric]);
}

function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function sortedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .map(({ item }) => item);
}
