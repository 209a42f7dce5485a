import type { Labels } from './labels.ts';
import type { Aggregation } from './rule.ts';
import type { Window } from './window.ts';

/** One call to the metrics batch API: at most 50 resources of one subscription, region and namespace, at most 20 names. */
export interface MetricQuery {
  readonly subscriptionId: string;
  readonly region: string;
  readonly namespace: string;
  readonly resourceIds: readonly string[];
  readonly metrics: readonly string[];
  readonly aggregations: readonly Aggregation[];
  /** Dimensions that every metric of the query has; each combination of values is one series. */
  readonly splitBy: readonly string[];
  readonly span: Window;
  /** Milliseconds per point. */
  readonly grain: number;
}

/** A bin of a metric series; only the aggregations asked for are present, and none where the bin is empty. */
export interface MetricPoint {
  readonly at: number;
  readonly total?: number;
  readonly average?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly count?: number;
}

export interface MetricSeries {
  readonly resourceId: string;
  readonly metric: string;
  readonly labels: Labels;
  readonly points: readonly MetricPoint[];
}

/** `failed` names metrics that could not be read of a resource; they are unknown, not empty. */
export interface MetricAnswer {
  readonly series: readonly MetricSeries[];
  readonly failed: readonly {
    readonly resourceId: string;
    readonly metric: string;
    readonly code: string;
    readonly detail: string;
  }[];
}

export interface LogQuery {
  readonly workspaceId: string;
  readonly kql: string;
  /** Intersected by the service with the query's own time filters. */
  readonly span: Window;
}

/** Cells as JSON gives them, except that a datetime is epoch ms and a dynamic is the parsed value. */
export type LogCell = string | number | boolean | null | object;

/** A complete answer. Partial and empty-bodied answers are thrown as TCN-A006 and TCN-A007, never returned. */
export interface LogAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly LogCell[])[];
}
