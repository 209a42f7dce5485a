import { fits } from '../model/activity.ts';
import { coveredBy, type Deployment } from '../model/deployment.ts';
import { HOUR } from '../model/duration.ts';
import { type Labels, labelKey, pickLabels } from '../model/labels.ts';
import type { Price, PriceTable } from '../model/price.ts';
import type { CostSignal } from '../model/rule.ts';
import type { Point, Reading, Series } from '../model/series.ts';
import { contains, type Window } from '../model/window.ts';

const PER_TOKEN = 1 / 1_000_000;

/** What a price is of. */
type Priced = 'tokens' | 'units';

/** The row that prices a model's tokens or its provisioned units; `null` where the table has none. */
export function priceOf({ prices }: PriceTable, of: Priced, model: string, version: string, sku: string): Price | null {
  let best: Price | null = null;
  let most = -1;
  for (const price of prices) {
    const has = of === 'units' ? price.unitHour !== undefined : (price.input ?? price.output) !== undefined;
    if (!has || !fits(price.model, model)) continue;
    if (price.version !== undefined && price.version.toLowerCase() !== version.toLowerCase()) continue;
    if (price.sku !== undefined && price.sku.toLowerCase() !== sku.toLowerCase()) continue;
    const says = (price.model.includes('*') ? 0 : 4) + (price.version === undefined ? 0 : 2) + (price.sku === undefined ? 0 : 1);
    if (says <= most) continue;
    best = price;
    most = says;
  }
  return best;
}

/**
 * What the tokens of a reading cost, in the split that the rule asks for. The reading is that of `metricSignalOf`: input tokens in
 * `points`, output tokens in `over`. A provisioned deployment costs what its units cost for as long as the window is, used or not.
 * A series of which any part has no price has no verdict.
 */
export function pricedReading(
  { by, grain }: CostSignal,
  reading: Reading,
  table: PriceTable,
  deployments: readonly Deployment[],
  { region, span }: { readonly region: string; readonly span: Window },
): Reading {
  if (reading.status !== 'ok') return reading;
  const groups = new Map<string, Group>();
  const groupOf = (labels: Labels): Group => {
    const picked = pickLabels({ Region: region, ...labels }, by);
    const key = labelKey(picked);
    const group = groups.get(key) ?? { labels: picked, points: new Map<number, number>(), missing: null };
    groups.set(key, group);
    return group;
  };
  for (const series of reading.series) {
    const { ModelName: model = '', ModelVersion: version = '' } = series.labels;
    const [deployment] = coveredBy(pickLabels(series.labels, ['ModelDeploymentName']), deployments);
    if (deployment?.capacity.provisionedUnits !== undefined) continue;
    addTokens(groupOf(series.labels), series, priceOf(table, 'tokens', model, version, deployment?.sku ?? ''), model);
  }
  for (const deployment of deployments) {
    const { provisionedUnits } = deployment.capacity;
    if (provisionedUnits === undefined) continue;
    addUnits(groupOf(deployment.labels), deployment, provisionedUnits, table, { grain, span });
  }
  return {
    status: 'ok',
    watermark: reading.watermark,
    series: [...groups.values()].map(
      ({ labels, points, missing }): Series => ({
        labels,
        points: [...points].map(([at, value]): Point => ({ at, value, weight: 1 })).sort((a, b) => a.at - b.at),
        over: null,
        ...(missing !== null && { facts: { kind: 'unknown', reason: 'price unknown', detail: missing } }),
      }),
    ),
  };
}

interface Group {
  readonly labels: Labels;
  readonly points: Map<number, number>;
  missing: string | null;
}

function addTokens(group: Group, { points, over }: Series, price: Price | null, model: string): void {
  if (price === null) {
    group.missing ??= `no price of ${model === '' ? 'a model that Azure does not name' : model}`;
    return;
  }
  for (const { at, value } of points) add(group, at, value * (price.input ?? 0) * PER_TOKEN);
  for (const { at, value } of over ?? []) add(group, at, value * (price.output ?? 0) * PER_TOKEN);
}

function addUnits(
  group: Group,
  { labels, sku }: Deployment,
  units: number,
  table: PriceTable,
  { grain, span }: { readonly grain: number; readonly span: Window },
): void {
  const { ModelName: model = '', ModelVersion: version = '' } = labels;
  const unitHour = priceOf(table, 'units', model, version, sku)?.unitHour;
  if (unitHour === undefined) {
    group.missing ??= `no price of a provisioned unit of ${model} (${sku})`;
    return;
  }
  for (let at = Math.ceil(span.start / grain) * grain; at < span.end; at += grain) {
    if (contains(span, at)) add(group, at, (units * unitHour * grain) / HOUR);
  }
}

function add({ points }: Group, at: number, cost: number): void {
  points.set(at, (points.get(at) ?? 0) + cost);
}
