import { aggregateOf } from '../../../src/evaluate/aggregate.ts';
import { MINUTE } from '../../../src/model/duration.ts';
import type { Labels } from '../../../src/model/labels.ts';
import type { Comparison, Rule, Signal } from '../../../src/model/rule.ts';
import type { Point, Reading, Series, SeriesFacts } from '../../../src/model/series.ts';
import type { Expected } from '../../../src/model/target.ts';
import type { Window } from '../../../src/model/window.ts';

/*
 * What rules read of an estate that is well but for one series in a hundred, which changes every ten minutes. Made from the rule, so
 * that every kind of condition has points enough for a verdict; what one rule reads in a window, all copies of it read.
 */

/** One shard of a rule: its targets, and how many series each of them has. */
export interface BenchShard {
  readonly targets: readonly string[];
  readonly series: number;
}

const ACCOUNTS =
  '/subscriptions/8f1c2d34-5b6a-4c7d-8e9f-0a1b2c3d4e5f/resourcegroups/bench/providers/microsoft.cognitiveservices/accounts';

/** Azure answers for fifty resources at once, so that is a shard; a rule that splits finds its series within a tenth as many targets. */
const MOST_TARGETS = 50;
const SERIES_A_TARGET = 10;

/** Shards with `count` series together. */
export function shardsFor(rule: Rule, count: number): readonly BenchShard[] {
  const each = rule.signal.by.length === 0 ? 1 : Math.min(SERIES_A_TARGET, count);
  const targets = Array.from({ length: Math.ceil(count / each) }, (_, index) => `${ACCOUNTS}/account-${index}`);
  const shards: BenchShard[] = [];
  for (let from = 0; from < targets.length; from += MOST_TARGETS)
    shards.push({ targets: targets.slice(from, from + MOST_TARGETS), series: each });
  return shards;
}

/** One shard whose targets have `count` series together, however many that is. */
export function wideShard(count: number): BenchShard {
  const targets = Math.min(MOST_TARGETS, count);
  return {
    targets: Array.from({ length: targets }, (_, index) => `${ACCOUNTS}/account-${index}`),
    series: Math.ceil(count / targets),
  };
}

const names = new Map<string, Labels>();

/** The labels of a series, once for all who ask. */
function labelsOf(by: readonly string[], index: number): Labels {
  const key = `${by.join()} ${index}`;
  const known = names.get(key);
  if (known !== undefined) return known;
  const made = Object.fromEntries(by.map((name) => [name, `${name.toLowerCase()}-${index}`]));
  names.set(key, made);
  return made;
}

/** One series in so many is in trouble, and so long the same. */
const SICK_ONE_IN = 100;
const SICK_FOR = 10 * MINUTE;

function isSick(number: number, at: number, window: number): boolean {
  return (number + 37 * Math.floor(at / Math.max(SICK_FOR, 4 * window))) % SICK_ONE_IN === 7;
}

/** Half of what a comparison forbids, or twice as much. */
function valueFor({ operator, threshold }: Comparison, sick: boolean): number {
  const size = threshold === 0 ? 1 : threshold;
  const violates = operator.startsWith('>') ? 2 * size : threshold === 0 ? -1 : size / 2;
  const holds = operator.startsWith('>') ? (threshold === 0 ? 0 : size / 2) : 2 * size;
  return sick ? violates : holds;
}

/** Most points that a window is cut into: coarse signals have few, and finer ones are not asked for so long a time. */
const SAMPLES = 100;

/** What is read of every target of a shard in a window. */
export function readingsFor(rule: Rule, shard: BenchShard, window: Window): Readonly<Record<string, Reading>> {
  return Object.fromEntries(
    shard.targets.map((target, place) => {
      const series = Array.from({ length: shard.series }, (_, index) =>
        seriesFor(rule, labelsOf(rule.signal.by, index), place * shard.series + index, window),
      );
      return [target, { status: 'ok', series, watermark: null } satisfies Reading];
    }),
  );
}

function seriesFor(rule: Rule, labels: Labels, number: number, window: Window): Series {
  const { signal, condition } = rule;
  const times = timesOf(signal, window, rule.every);
  const sick = (at: number) => isSick(number, at, rule.window);
  switch (condition.kind) {
    case 'threshold': {
      const { when } = condition;
      const facts = when.of === undefined ? undefined : ({ kind: 'capacity', capacity: 1 } as const);
      return course(signal, labels, times, (at) => valueFor(when, sick(at)), {
        facts,
        parts: partsOf(signal, times.length / (rule.failing?.m ?? 1)),
      });
    }
    case 'all': {
      const [first, ...others] = condition.parts.map(({ signal: own, when }) =>
        course(own, labels, times, (at) => valueFor(when, sick(at)), { parts: partsOf(own, times.length) }),
      );
      return { ...(first as Series), others };
    }
    case 'burnRate': {
      const bad = (at: number) => (sick(at) ? 0.5 : (1 - condition.slo) / 10);
      return course(signal, labels, times, (at) => condition.scale * (condition.counts === 'bad' ? bad(at) : 1 - bad(at)));
    }
    case 'anomaly':
      return course(
        signal,
        labels,
        times,
        (at) => (sick(at) ? 4 : 1) * (100 + 30 * Math.sin(at / 13_750_000) + ((at / MINUTE) % 7)),
      );
    case 'forecast': {
      const capacity = condition.reach.of === undefined ? undefined : ({ kind: 'capacity', capacity: 1 } as const);
      const share = condition.sum === null ? 1 : 0.01;
      return course(signal, labels, times, (at) => share * valueFor(condition.reach, false) * (1 + 0.1 * Math.sin(at)), {
        facts: capacity,
        parts: partsOf(signal, times.length),
      });
    }
    case 'absent':
      return course(signal, labels, sick(window.end) ? [] : times, () => 3);
    case 'changed': {
      const others = labels;
      return course(signal, others, times.slice(-4), () => 3);
    }
    case 'event': {
      const at = Math.floor(window.end / SICK_FOR) * SICK_FOR;
      const events = sick(window.end)
        ? [{ id: `${number}-${at}`, at, fields: { ...labels, status: 'Failed', caller: 'someone@example.com' } }]
        : [];
      return { labels, points: [], over: null, facts: { kind: 'events', events } };
    }
    case 'heartbeat':
      throw new Error('the library has no heartbeat rule');
  }
}

/** What is added up is spread over so many points. */
function partsOf(signal: Signal, points: number): number {
  const how = aggregateOf(signal);
  return how === 'total' || how === 'count' ? Math.max(1, points) : 1;
}

/** Ratios weigh a hundred samples a point, more than any floor asks of a window of them. */
const WEIGHT = 100;

function course(
  signal: Signal,
  labels: Labels,
  times: readonly number[],
  valueAt: (at: number) => number,
  { facts, parts = 1 }: { readonly facts?: SeriesFacts | undefined; readonly parts?: number } = {},
): Series {
  const isRatio = (signal.kind === 'metric' && signal.over !== null) || (signal.kind === 'log' && signal.over !== undefined);
  const scale = isRatio ? WEIGHT : 1 / parts;
  const points = times.map((at): Point => ({ at, value: valueAt(at) * scale, weight: WEIGHT }));
  return {
    labels,
    points,
    over: isRatio ? times.map((at): Point => ({ at, value: WEIGHT, weight: 1 })) : null,
    ...(facts !== undefined && { facts }),
  };
}

/** Bins of a metric or of costs; of logs a row for every evaluation that a window spans. */
function timesOf(signal: Signal, { start, end }: Window, every: number): readonly number[] {
  const wanted = signal.kind === 'metric' || signal.kind === 'cost' ? signal.grain : every;
  if (signal.kind === 'inventory') return [end - 1];
  const grain = Math.max(wanted, Math.ceil((end - start) / SAMPLES / wanted) * (signal.kind === 'log' ? wanted : 0));
  const times: number[] = [];
  for (let at = end - grain; at >= start; at -= grain) times.push(at);
  return times.reverse();
}

/** What an absence rule is told to exist. */
export function expectedOf(rule: Rule, shard: BenchShard): readonly Expected[] {
  if (rule.condition.kind !== 'absent' || !rule.condition.expect.some(({ kind }) => kind === 'inventory')) return [];
  return shard.targets.flatMap((targetId) =>
    Array.from({ length: shard.series }, (_, index) => ({ targetId, labels: labelsOf(rule.signal.by, index) })),
  );
}
