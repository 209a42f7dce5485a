/*
 * Prices in US dollars of what rules use, for the estimate of `check --cost`: assumptions about pay-as-you-go in East US at the beginning
 * of 2026, not read from a price sheet. Metric queries (Azure Monitor), executions and memory (Functions, Flex Consumption, on demand),
 * storage (general purpose v2, hot, locally redundant). Queries over Analytics tables are free; what diagnostic settings ingest is not
 * counted here, because it depends on the traffic.
 */

export const PRICES = {
  /** Metric queries by the REST API: the first million a month are free. */
  metricCall: { each: 0.01 / 1_000, free: 1_000_000 },
  execution: { each: 0.4 / 1_000_000, free: 250_000 },
  gigabyteSecond: { each: 0.000026, free: 100_000 },
  blobWrite: { each: 0.05 / 10_000, free: 0 },
  blobRead: { each: 0.004 / 10_000, free: 0 },
  queueOperation: { each: 0.004 / 10_000, free: 0 },
} as const;

export const HOURS_PER_MONTH = 730;

/** What an evaluation job takes of an instance, mostly waiting for Azure Monitor: seconds, and the memory of the instance in GB. */
export const JOB_SECONDS = 0.5;
export const INSTANCE_GIGABYTES = 2;
/** A tick: plans, and reads the inventory from its cache. */
export const TICK_SECONDS = 0.2;

export function priceOf(amount: number, { each, free }: { readonly each: number; readonly free: number }): number {
  return Math.max(0, amount - free) * each;
}
