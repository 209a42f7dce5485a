import type { ForwardLag, SinkTotals } from '../../ports.ts';
import type { ForwardEvent } from './batch.ts';
import { countCategories } from './categories.ts';
import { enqueuedMs, type Gathered } from './gather.ts';
import type { SinkSession } from './sink.ts';
import type { Tally } from './tally.ts';

/** What forwarding says of itself, for one invocation. */
export interface ForwardTelemetry {
  /** Milliseconds from an event's arrival in the hub to the end of this invocation; `null` where no event says when it arrived. */
  readonly lag: ForwardLag | null;
  /** Records by category; platform metrics are `metrics`, what has no category `none`. */
  readonly categories: Readonly<Record<string, number>>;
  /** For every sink what became of its records, and how it answered, in ms by the wall. */
  readonly sinks: Readonly<Record<string, SinkTotals>>;
}

export function telemetryOf(
  events: readonly ForwardEvent[],
  { logs, metrics }: Gathered,
  sessions: readonly SinkSession[],
  tally: Tally,
  now: number,
): ForwardTelemetry {
  const counts = new Map([...countCategories(logs), ...countCategories(metrics)]);
  return {
    lag: spreadOf(events.flatMap((event) => lagOf(event, now))),
    categories: Object.fromEntries(counts),
    sinks: Object.fromEntries(sessions.map((session) => [session.sink.name, sinkTelemetry(session, tally)])),
  };
}

export function sinkTelemetry({ sink, requests, failures, latencies }: SinkSession, tally: Tally): SinkTotals {
  const known = tally.sinks.get(sink.name);
  const { delivered = 0, repeated = 0, parked = 0, rejected = 0, refused = 0, filtered = 0 } = known ?? {};
  const categories = Object.fromEntries([...(known?.categories ?? [])].map(([category, counts]) => [category, { ...counts }]));
  return {
    delivered,
    repeated,
    parked,
    rejected,
    refused,
    filtered,
    requests,
    failures,
    categories,
    latency: spreadOf(latencies),
  };
}

function lagOf(event: ForwardEvent, now: number): readonly number[] {
  const at = enqueuedMs(event);
  return at === null ? [] : [Math.max(0, now - at)];
}

function spreadOf(values: readonly number[]): ForwardLag | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
  return { p50: at(0.5), p99: at(0.99) };
}
