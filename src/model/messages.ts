import type { Transition } from './alert.ts';
import type { MetricQuery } from './query.ts';
import type { ShardKey } from './state.ts';

/*
 * Queue envelopes. A single JSON object in a queue trigger overwrites trigger metadata of the same name (dequeueCount, id, …:
 * https://github.com/Azure/azure-functions-nodejs-library/issues/459), so the only top-level members are `v`, `due` and `body`.
 */
export interface Envelope<Body> {
  readonly v: 1;
  /** Epoch ms before which the message must not be handled. */
  readonly due: number;
  readonly body: Body;
}

/** Where a job reads: cost comes from metrics, `activity` from one subscription's log, `heartbeats` and `streams` from storage, `inventory` from ARM. */
export type JobKind = 'metrics' | 'logs' | 'streams' | 'activity' | 'heartbeats' | 'inventory';

/** Rules and shards whose windows one pass of reading can serve. */
export interface EvaluationJob {
  readonly kind: JobKind;
  /** The tick that planned it, for the log. */
  readonly plannedAt: number;
  readonly shards: readonly ShardKey[];
  /** Milliseconds after the tick before which it is not to be handled; absent: at once. */
  readonly after?: number;
  /** Targets of every shard of the job, by id; resolved from the inventory again when it is handled. */
  readonly targets: readonly string[];
  /** Logs only: the workspace to ask. */
  readonly workspace: string | null;
}

export type NotificationJob =
  | { readonly kind: 'transitions'; readonly transitions: readonly Transition[] }
  | { readonly kind: 'flush'; readonly group: string }
  | { readonly kind: 'flushes'; readonly groups: readonly string[] }
  | { readonly kind: 'send'; readonly delivery: string };

export type { MetricQuery };
