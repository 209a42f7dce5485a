import { SECOND } from '../model/duration.ts';
import type { EvaluationJob } from '../model/messages.ts';
import type { Rule } from '../model/rule.ts';
import { STREAM_PATIENCE } from '../model/stream.ts';
import type { Target } from '../model/target.ts';
import { alignDown } from '../model/window.ts';
import { metricSignalsOf } from './metric-signal.ts';
import { SHARD_TARGETS, type Shard, shardsOf } from './shards.ts';

export { logReadings } from './log-readings.ts';
export { metricQueries } from './metric-queries.ts';
export { readingsFor } from './metric-readings.ts';

/** A call to the metrics batch API names at most so many metrics. */
export const JOB_METRICS = 20;

/** A storage queue message carries 48 KB of text; 200 resource ids are at most about 40 KB of it. */
const JOB_TARGET_IDS = 200;
const JOB_SHARDS = 100;

export interface PlanInput {
  readonly rules: readonly Rule[];
  readonly targets: readonly Target[];
  readonly workspaces: readonly string[];
  /** Epoch ms of the tick before this one; `null` on the first, when everything is due. */
  readonly lastTickAt: number | null;
  readonly now: number;
}

/**
 * The evaluation jobs of one tick. Metric shards that share namespace, region, subscription and grain go into one job, as many as one
 * batch call can serve (50 resources, 20 metric names); log shards of one workspace go into one job, because the service limits
 * queries per workspace. Which windows a shard owes is known only to its state: a job names shards, not windows. The `targets` of a
 * log job are left out (an empty list) where they would not fit into a message.
 */
export function planJobs({ rules, targets, workspaces, lastTickAt, now }: PlanInput): readonly EvaluationJob[] {
  const due = [...rules].sort((left, right) => compare(left.id, right.id)).filter((rule) => isDueAhead(rule, lastTickAt, now));
  const shards = due.flatMap((rule) => shardsOf(rule, targets, workspaces).map((shard) => ({ rule, shard })));
  return [
    ...[...groupBy(shards.filter(isMetric), metricJobKey).values()].flatMap((group) => packMetrics(group, now)),
    ...[...groupBy(shards.filter(isOther), ({ rule, shard }) => `${shard.key.shard} ${aheadOf(rule)}`).values()].flatMap(
      (group) => packShards(group, now),
    ),
  ];
}

/**
 * Whether a rule has anything to do between two ticks: a window end has become `delay` old and is read, or `3 × delay` old and is read
 * again for a correction. Log windows are looked at by every tick between the two, because only the state knows whether their data
 * have arrived; a look that finds nothing due asks Azure nothing beyond the table's watermark.
 */
export function isDue({ every, delay, signal }: Rule, lastTickAt: number | null, now: number): boolean {
  if (lastTickAt === null) return true;
  const passed = (lag: number) => alignDown(now - lag, every) > lastTickAt - lag;
  const patience = signal.kind === 'log' ? 3 * delay : signal.kind === 'stream' ? Math.max(3 * delay, STREAM_PATIENCE) : 0;
  const lagging = alignDown(now - delay, every) > now - patience;
  return passed(delay) || passed(3 * delay) || lagging;
}

/** Stream jobs begin only when the windows that end with this tick can be read, rather than with the next tick. */
function isDueAhead(rule: Rule, lastTickAt: number | null, now: number): boolean {
  const ahead = aheadOf(rule);
  return isDue(rule, lastTickAt === null ? null : lastTickAt + ahead, now + ahead);
}

const LONGEST_AHEAD = 45 * SECOND;

function aheadOf({ signal, delay }: Rule): number {
  return signal.kind === 'stream' && delay <= LONGEST_AHEAD ? delay : 0;
}

interface RuleShard {
  readonly rule: Rule;
  readonly shard: Shard;
}

const isMetric = ({ shard }: RuleShard): boolean => shard.kind === 'metrics';
const isOther = (one: RuleShard): boolean => !isMetric(one);

function metricJobKey({ rule, shard }: RuleShard): string {
  const [target] = shard.targets;
  const [signal] = metricSignalsOf(rule);
  if (signal === undefined || target === undefined) return '';
  return [signal.namespace.toLowerCase(), target.location, target.subscriptionId, signal.grain].join('|');
}

interface Bin {
  readonly shards: Shard[];
  readonly metrics: Set<string>;
  readonly targets: Set<string>;
}

/** First fit, over shards in the order of their bucket, so that rules over the same targets meet in one job. */
function packMetrics(group: readonly RuleShard[], now: number): readonly EvaluationJob[] {
  const bins: Bin[] = [];
  const sorted = [...group].sort((a, b) => compare(a.shard.key.shard, b.shard.key.shard) || compare(a.rule.id, b.rule.id));
  for (const { rule, shard } of sorted) {
    const metrics = metricNames(rule);
    const ids = shard.targets.map((target) => target.id);
    let bin = bins.find((one) => unionSize(one.metrics, metrics) <= JOB_METRICS && unionSize(one.targets, ids) <= SHARD_TARGETS);
    if (bin === undefined) {
      bin = { shards: [], metrics: new Set(), targets: new Set() };
      bins.push(bin);
    }
    bin.shards.push(shard);
    for (const name of metrics) bin.metrics.add(name);
    for (const id of ids) bin.targets.add(id);
  }
  return bins.map((bin) => jobOf('metrics', bin.shards, now));
}

/** Log shards of one workspace, activity shards of one subscription and so on: what they share is read once. */
function packShards(group: readonly RuleShard[], now: number): readonly EvaluationJob[] {
  const jobs: EvaluationJob[] = [];
  const [first] = group;
  const ahead = first === undefined ? 0 : aheadOf(first.rule);
  for (let start = 0; start < group.length; start += JOB_SHARDS) {
    const shards = group.slice(start, start + JOB_SHARDS).map(({ shard }) => shard);
    const job = jobOf(first?.shard.kind ?? 'logs', shards, now);
    jobs.push(ahead === 0 ? job : { ...job, after: ahead });
  }
  return jobs;
}

function jobOf(kind: EvaluationJob['kind'], shards: readonly Shard[], now: number): EvaluationJob {
  const ids = [...new Set(shards.flatMap((shard) => shard.targets.map((target) => target.id)))].sort(compare);
  return {
    kind,
    plannedAt: now,
    shards: shards.map((shard) => shard.key),
    targets: ids.length <= JOB_TARGET_IDS ? ids : [],
    workspace: shards[0]?.workspace ?? null,
  };
}

function metricNames(rule: Rule): readonly string[] {
  return metricSignalsOf(rule).flatMap(({ metric, over }) => (over === null ? [metric.name] : [metric.name, over.name]));
}

function unionSize(present: ReadonlySet<string>, added: readonly string[]): number {
  return present.size + new Set(added.filter((one) => !present.has(one))).size;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return new Map([...groups].sort(([left], [right]) => compare(left, right)));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
