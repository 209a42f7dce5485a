import type { Deployment, Quota } from '../model/deployment.ts';
import { DAY } from '../model/duration.ts';
import { dateText } from '../model/instant.ts';
import { type Labels, labelKey, pickLabels } from '../model/labels.ts';
import type { InventorySignal } from '../model/rule.ts';
import type { Reading, Series } from '../model/series.ts';
import type { Window } from '../model/window.ts';

interface Valued {
  readonly labels: Labels;
  readonly value: number;
  readonly details: Labels;
}

/** What the inventory says of one target, as one point at the end of the window. Of several of one label set the lowest counts. */
export function inventoryReading(
  { value, by }: InventorySignal,
  window: Window,
  found: { readonly deployments: readonly Deployment[]; readonly quotas: readonly Quota[] },
): Reading {
  const valued =
    value === 'quotaUsed' || value === 'quotaLeft'
      ? found.quotas.map((quota) => ofQuota(value, quota))
      : found.deployments.flatMap((deployment) => ofDeployment(value, deployment, window.end));
  const lowest = new Map<string, Valued>();
  for (const one of valued) {
    const labels = pickLabels(one.labels, by);
    const key = labelKey(labels);
    const known = lowest.get(key);
    if (known === undefined || one.value < known.value) lowest.set(key, { ...one, labels });
  }
  return {
    status: 'ok',
    watermark: null,
    series: [...lowest.values()].map(
      ({ labels, value: number, details }): Series => ({
        labels,
        points: [{ at: window.end - 1, value: number, weight: 1 }],
        over: null,
        facts: { kind: 'details', details },
      }),
    ),
  };
}

function ofQuota(value: 'quotaUsed' | 'quotaLeft', { name, region, used, limit }: Quota): Valued {
  return {
    labels: { Quota: name, Region: region },
    // A limit of nothing is used up by anything.
    value: value === 'quotaLeft' ? limit - used : limit > 0 ? used / limit : used > 0 ? 1 : 0,
    details: { used: String(used), limit: String(limit) },
  };
}

function ofDeployment(
  value: Exclude<InventorySignal['value'], 'quotaUsed' | 'quotaLeft'>,
  deployment: Deployment,
  now: number,
): readonly Valued[] {
  const { labels, capacity, retiresAt, lifecycle, sku } = deployment;
  const details = { retiresOn: retiresAt === null ? 'no date known' : dateText(retiresAt), lifecycle, sku };
  const number = value === 'daysToRetirement' ? (retiresAt === null ? undefined : (retiresAt - now) / DAY) : capacity[value];
  return number === undefined ? [] : [{ labels: { ...labels, Sku: sku }, value: number, details }];
}
