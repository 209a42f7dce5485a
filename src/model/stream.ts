import { createHash } from 'node:crypto';
import { DAY, HOUR, MINUTE } from './duration.ts';
import type { Rule, StreamSignal } from './rule.ts';

/** While forwarding is known to be behind, what it has still to count is waited for so long. */
export const STREAM_PATIENCE = 15 * MINUTE;

/** What is counted for stream rules; rules that count the same share a counter. */
export interface StreamCounter {
  /** Names it in storage: another definition is another counter. */
  readonly name: string;
  /** Type of the resources whose records count, or those below them. */
  readonly type: string;
  readonly signal: StreamSignal;
}

/**
 * What one partition of the hub held in one hour, by the time at which events came into the hub. Read and written as a whole, with how
 * far it has been counted: an event at or before `sequenceNumber` is in it.
 */
export interface StreamHour {
  /** `hub/partition`. */
  readonly partition: string;
  /** Epoch ms of its beginning. */
  readonly hour: number;
  readonly sequenceNumber: number;
  /** When that event came into the hub, epoch ms. */
  readonly enqueuedAt: number;
  readonly updatedAt: number;
  /** By the name of the counter. */
  readonly counts: Readonly<Record<string, StreamCounts>>;
}

export interface StreamCounts {
  /** Records that found no room, because there are too many series. */
  readonly beyond: number;
  /** By `seriesName`. */
  readonly series: Readonly<Record<string, readonly StreamCell[]>>;
}

/** One minute of a series: which of the hour, how many records counted, the value and the denominator. */
export type StreamCell = readonly [minute: number, records: number, value: number, over: number];

/** A series in storage: the resource in lower case, and the values of `by`. */
export function seriesName(resource: string, values: readonly string[]): string {
  return JSON.stringify([resource, ...values]);
}

export function seriesOf(name: string): { readonly resource: string; readonly values: readonly string[] } {
  const [resource = '', ...values] = JSON.parse(name) as readonly string[];
  return { resource, values };
}

/** The counter of a stream rule; `null` for any other rule. */
export function counterOf({ signal, on }: Pick<Rule, 'signal' | 'on'>): StreamCounter | null {
  if (signal.kind !== 'stream') return null;
  const type = on.type.toLowerCase();
  const { categories, where, value, over, by } = signal;
  const name = createHash('sha256')
    .update(JSON.stringify([type, categories, where, value, over, by]))
    .digest('hex')
    .slice(0, 16);
  return { name, type, signal };
}

/** What must be counted for the rules, each counter once. */
export function countersOf(rules: readonly Rule[]): readonly StreamCounter[] {
  const counters = rules.flatMap((rule) => counterOf(rule) ?? []);
  return [...new Map(counters.map((counter) => [counter.name, counter])).values()];
}

/** How long counts are kept, in ms: as far back as any rule looks, and a day of history for those that learn. `null`: nothing counts. */
export function streamRetention(rules: readonly Rule[]): number | null {
  const windows = rules.filter(({ signal }) => signal.kind === 'stream').map(({ window, delay }) => window + 3 * delay);
  return windows.length === 0 ? null : Math.max(...windows) + 2 * DAY + HOUR;
}
