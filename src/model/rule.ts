import type { Labels } from './labels.ts';
import type { TargetSelector } from './target.ts';

/** 0 critical … 4 verbose, as in Azure Monitor. */
export type Severity = 0 | 1 | 2 | 3 | 4;

export type Aggregation = 'total' | 'average' | 'minimum' | 'maximum' | 'count';

export type Operator = '>' | '>=' | '<' | '<=' | '==' | '!=';

/** What becomes of a series without a verdict: keep its state, take it for ok, alert, or write a report finding. */
export type BlindPolicy = 'keep' | 'ok' | 'alert' | 'report';

/** One platform metric, filtered by dimension values and folded over the window. */
export interface MetricTerm {
  readonly name: string;
  /** Dimension → accepted values. `>=500` style numeric comparisons are allowed as a value. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  readonly aggregate: Aggregation;
  /** The service also counts the metric's samples, so that averages of several series can be weighted. */
  readonly counted?: boolean;
}

export interface MetricSignal {
  readonly kind: 'metric';
  /** The metric namespace, which for platform metrics is the resource type as Azure spells it. */
  readonly namespace: string;
  readonly metric: MetricTerm;
  /** The denominator: with it the value is `metric / over`, a ratio in [0, 1] for counts. */
  readonly over: MetricTerm | null;
  /** Split dimensions: one series each. */
  readonly by: readonly string[];
  /** Milliseconds between points asked of the service. */
  readonly grain: number;
}

export interface LogSignal {
  readonly kind: 'log';
  readonly query: string;
  /** The table whose newest row says how far the data has arrived (its watermark). */
  readonly table: string;
  /** The column that holds the value; `null` counts rows. */
  readonly value: string | null;
  /** The column that holds the denominator: the value is the ratio of the sums of both columns. */
  readonly over?: string;
  /** The columns that make one series each. */
  readonly by: readonly string[];
}

/** Events of the activity log of a subscription. Patterns match a whole field, `*` any text, without regard to case. */
export interface ActivitySignal {
  readonly kind: 'activity';
  readonly category: string;
  /** Field → patterns. Every field must match by any of its patterns. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  /** Events that match all of these are left out; empty: none. */
  readonly except: Readonly<Record<string, readonly string[]>>;
  /** The resources that events must be of, or below; `null`: any of the subscription. */
  readonly scope: TargetSelector | null;
  readonly by: readonly string[];
  /** Milliseconds for which events that come late are still looked for. */
  readonly lookback: number;
}

/** Check-ins of jobs that Tocsin does not run; each job is a target of its own. */
export interface HeartbeatSignal {
  readonly kind: 'heartbeat';
  readonly by: readonly string[];
}

/** What Azure Resource Manager knows of one deployment that conditions can compare with. */
export type CapacityName = 'tokensPerMinute' | 'requestsPerMinute' | 'provisionedUnits' | 'instances';

export type InventoryValue = 'daysToRetirement' | 'quotaUsed' | 'quotaLeft' | CapacityName;

/** A value that Azure Resource Manager gives now. It has no past. */
export interface InventorySignal {
  readonly kind: 'inventory';
  readonly value: InventoryValue;
  readonly by: readonly string[];
}

/** Cost of the tokens that deployments used, by the price table. */
export interface CostSignal {
  readonly kind: 'cost';
  readonly namespace: string;
  readonly by: readonly string[];
  readonly grain: number;
}

/** What of the records is counted, and what of each: the number in a member, or (`null`) the record itself. */
export interface StreamTerm {
  /** Member → accepted values, as of `MetricTerm`. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  readonly value: string | null;
}

/** Records of log categories, counted by minute while they are forwarded from the hub: no Log Analytics is asked. */
export interface StreamSignal extends StreamTerm {
  readonly kind: 'stream';
  readonly categories: readonly string[];
  /** The denominator: with it the value is a ratio. */
  readonly over: StreamTerm | null;
  /** Members that make one series each. */
  readonly by: readonly string[];
}

export type Signal = MetricSignal | LogSignal | StreamSignal | ActivitySignal | HeartbeatSignal | InventorySignal | CostSignal;

/** What the value of a rule's signal is: a share, a number that Azure gives in percent, or any other number. */
export type ValueUnit = 'ratio' | 'percent' | 'number';

export interface Comparison {
  readonly operator: Operator;
  /** In the unit of the value: a ratio written as `10%` is 0.1. */
  readonly threshold: number;
  /** The value is compared as a share of this capacity of the series' deployment. */
  readonly of?: CapacityName;
}

/** Breach while the comparison holds. With `clear`, a firing series is ok only once `clear` holds (hysteresis). */
export interface ThresholdCondition {
  readonly kind: 'threshold';
  readonly when: Comparison;
  readonly clear: Comparison | null;
  /** The value is divided by that of the window before; `floor` then looks at that window. */
  readonly relativeTo?: 'previous';
}

/** The window of a relative threshold holds the one that is judged, the one before, and one more to see whether the series is older. */
export const RELATIVE_WINDOWS = 3;

/** One of several conditions that must hold at once. Its `by` is that of the first, or a part of it. */
export interface ConditionPart {
  readonly signal: MetricSignal;
  readonly when: Comparison;
  readonly clear: Comparison | null;
  readonly floor: number;
}

/** Breach while every part holds for one series. The rule's own signal is that of the first part. */
export interface AllCondition {
  readonly kind: 'all';
  readonly parts: readonly ConditionPart[];
}

/** Two windows of a burn rate, in milliseconds: it must be above `factor` in both, at every evaluation of the last `for`. */
export interface BurnPair {
  readonly long: number;
  readonly short: number;
  readonly factor: number;
  readonly for: number;
}

/** Breach while the error budget burns too fast in both windows of any pair. `floor` looks at the long windows. */
export interface BurnRateCondition {
  readonly kind: 'burnRate';
  /** The objective as a share: 0.999. */
  readonly slo: number;
  /** Milliseconds that the objective is of. */
  readonly period: number;
  /** What the signal is the share of. */
  readonly counts: 'bad' | 'good';
  /** By what the signal must be divided to be a share: 100 for percentages. */
  readonly scale: number;
  readonly pairs: readonly BurnPair[];
}

/** Breach when a value of `labels` appears that was not seen for `within` milliseconds beside the same other labels. */
export interface ChangedCondition {
  readonly kind: 'changed';
  readonly labels: readonly string[];
  readonly within: number;
  /** Milliseconds from the first evaluation of a target in which values are only learnt. */
  readonly learn: number;
}

export type Sensitivity = 'low' | 'medium' | 'high';

/** Breach while the value is outside of what the last weeks of the series make usual at its hour of the week. */
export interface AnomalyCondition {
  readonly kind: 'anomaly';
  readonly sensitivity: Sensitivity;
  readonly side: 'above' | 'below' | 'both';
  /** What a series must have shown before anything is said of it. */
  readonly history: {
    /** Milliseconds from its first sample on. */
    readonly time: number;
    readonly samples: number;
  };
}

export type Expectation =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'inventory' }
  | { readonly kind: 'seen'; readonly within: number };

/** Breach when an expected key has no event in the last `for` milliseconds. */
export interface AbsentCondition {
  readonly kind: 'absent';
  readonly for: number;
  readonly expect: readonly Expectation[];
}

/** Breach for every event of an activity signal, once. `until` says by which field and value an event ends what others began. */
export interface EventCondition {
  readonly kind: 'event';
  readonly until: { readonly field: string; readonly values: readonly string[] } | null;
}

/** When a check-in is due: so long after the last one, or at the times of a cron expression in a zone. */
export type CheckInSchedule =
  | { readonly kind: 'period'; readonly period: number }
  | { readonly kind: 'cron'; readonly cron: string; readonly zone: string };

/** Breach when a check-in is overdue by `grace`, a run takes longer than `maxRun`, or the job says that it failed. */
export interface CheckInCondition {
  readonly kind: 'heartbeat';
  readonly schedule: CheckInSchedule;
  readonly grace: number;
  readonly maxRun: number;
}

/** Breach when the trend of the worst value of each day leads to the limit in time. */
export interface ForecastCondition {
  readonly kind: 'forecast';
  readonly reach: Comparison;
  /** Milliseconds; `null` only with `sum`: until the end of the month. */
  readonly within: number | null;
  /** History that the trend is taken from: whole days. */
  readonly over: number;
  /** Span that is folded into one value; it divides a day. */
  readonly step: number;
  /** `month`: values add up from the first of the month (UTC). */
  readonly sum: 'month' | null;
  /** How sure the trend must be, e.g. 0.95. */
  readonly confidence: number;
}

export type Condition =
  | ThresholdCondition
  | AllCondition
  | BurnRateCondition
  | ChangedCondition
  | AnomalyCondition
  | AbsentCondition
  | EventCondition
  | CheckInCondition
  | ForecastCondition;

/** What is different for some of a rule's targets. */
export interface Override {
  /** Whom it is for; every given field must match. */
  readonly match: Omit<TargetSelector, 'type'>;
  readonly when?: Comparison;
  readonly clear?: Comparison;
  readonly slo?: number;
  /** Milliseconds of silence, of an absence. */
  readonly absentFor?: number;
  readonly floor?: number;
  readonly for?: number;
  readonly keepFiringFor?: number;
  readonly severity?: Severity;
  readonly enabled?: boolean;
}

/** What a person must do when the alert fires. Texts may hold `{{labels.X}}` and `{{value}}`. */
export interface ResponsePlan {
  readonly owner: string;
  /** Milliseconds within which somebody must have acted. */
  readonly within: number;
  readonly action: string;
  readonly runbook: string | null;
  readonly steps: readonly string[];
}

/** A checked rule: every default is filled in, every duration is in milliseconds. Plain data, so that it survives JSON. */
export interface Rule {
  /** The rule's name in its file; it keys the state, so renaming a rule begins a new one. */
  readonly id: string;
  readonly disposition: 'alert' | 'report';
  readonly on: TargetSelector;
  readonly signal: Signal;
  readonly condition: Condition;
  readonly window: number;
  readonly every: number;
  readonly for: number;
  /** `failing: n of m`: breach when n of the last m bins of the window violate. */
  readonly failing: { readonly n: number; readonly m: number } | null;
  readonly keepFiringFor: number;
  /** Denominator (ratio) or sample count below which there is no verdict and the series stays quiet. */
  readonly floor: number;
  readonly noData: BlindPolicy;
  readonly onError: BlindPolicy;
  /** Milliseconds after its end at which a window is read, because data arrive late. */
  readonly delay: number;
  readonly severity: Severity;
  readonly labels: Labels;
  readonly summary: string;
  /** Present on every alert, absent on every report: an alert names its response. */
  readonly respond: ResponsePlan | null;
  /** Log categories that a diagnostic setting must route for this rule to see anything. */
  readonly categories: readonly string[];
  /** Alerts (of a report: series in breach) that may be open at once on one shard; absent: 5,000. */
  readonly limit?: number;
  /** In order: of two that match a target, the later wins. */
  readonly overrides?: readonly Override[];
  /** The tag by which a resource gives its own threshold, and the unit of the values, in which percentages are meant. */
  readonly thresholdTag?: { readonly name: string; readonly unit: ValueUnit };
  readonly source: { readonly file: string; readonly line: number };
}

const DEFAULT_LIMIT = 5_000;

export function limitOf({ limit }: Pick<Rule, 'limit'>): number {
  return limit ?? DEFAULT_LIMIT;
}

/** Every signal that the rule reads, that of its series first. */
export function signalsOf({ signal, condition }: Pick<Rule, 'signal' | 'condition'>): readonly Signal[] {
  return condition.kind === 'all' ? condition.parts.map((part) => part.signal) : [signal];
}

/** Whether the signal is a numerator over a denominator. */
export function isRatio(signal: Signal): boolean {
  if (signal.kind === 'metric' || signal.kind === 'stream') return signal.over !== null;
  return signal.kind === 'log' && signal.over !== undefined;
}
