import { dayToRead, learnDay, spanOfDay } from '../evaluate/anomaly/learn.ts';
import { PATIENCE } from '../evaluate/due.ts';
import type { ShardBaseline } from '../model/baseline.ts';
import { HOUR } from '../model/duration.ts';
import type { Rule } from '../model/rule.ts';
import type { ShardKey } from '../model/state.ts';
import type { Target } from '../model/target.ts';
import type { BaselineStore, Clock, Log, MetricSource, Version } from '../ports.ts';
import { readMetrics } from './read-signals.ts';

export interface BaselineDeps {
  readonly baselines: BaselineStore;
  readonly metrics: MetricSource;
  readonly clock: Clock;
  readonly log: Log;
}

/** What finished days of an anomaly rule's series were like, as read, with what was learnt since. */
export interface OpenBaseline {
  readonly value: ShardBaseline | null;
  readonly version: Version;
  /** A day was read from the service that is not yet stored. */
  readonly learnt: boolean;
}

/** After midnight metrics are waited for so long before the day that ended is read as a whole. */
const SETTLING = HOUR;

/**
 * The baseline of one shard, `null` for rules that need none. Once a day the day that ended is read again, when its late data have come;
 * a baseline that is new reads the four weeks before it, one day at an evaluation. A day of which nothing can be read is tried
 * again by the next evaluation; meanwhile the rule is judged by what is known.
 */
export async function openBaseline(
  rule: Rule,
  key: ShardKey,
  targets: readonly Target[],
  deps: BaselineDeps,
): Promise<OpenBaseline | null> {
  const { condition } = rule;
  if (condition.kind !== 'anomaly') return null;
  const { value, version } = await deps.baselines.read(key);
  const day = dayToRead(rule, value, deps.clock.now(), Math.max(SETTLING, PATIENCE * rule.delay));
  if (day === null) return { value, version, learnt: false };
  const [read] = await readMetrics([{ rule, targets, windows: [spanOfDay(rule, day)] }], deps.metrics);
  const readings = read?.[0]?.readings ?? {};
  const unread = Object.values(readings).filter((reading) => reading.status === 'unknown');
  const [first] = unread;
  if (first !== undefined) {
    deps.log.warn({ rule: rule.id, shard: key.shard, code: first.code, detail: first.detail }, 'past day cannot be read');
    if (unread.length === Object.keys(readings).length) return { value, version, learnt: false };
  }
  return { value: learnDay(rule, condition, value, readings, day), version, learnt: true };
}

/** Stores what was learnt; where somebody else did so at the same time, theirs stands and the next evaluation learns again. */
export async function keepBaseline(
  key: ShardKey,
  open: OpenBaseline | null,
  judged: ShardBaseline | null,
  { baselines }: Pick<BaselineDeps, 'baselines'>,
): Promise<void> {
  const next = judged ?? (open?.learnt === true ? open.value : null);
  if (open !== null && next !== null) await baselines.replace(key, next, open.version);
}
