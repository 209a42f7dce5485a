import type { BandPoint, Evidence } from '../../model/alert.ts';
import type { SeriesBaseline, SeriesMemory, ShardBaseline } from '../../model/baseline.ts';
import { DAY } from '../../model/duration.ts';
import type { Labels } from '../../model/labels.ts';
import { type AnomalyCondition, limitOf, type Rule } from '../../model/rule.ts';
import { labelsOfKey, seriesKey } from '../register.ts';
import { dayOf } from './day.ts';
import { BASELINE_DAYS } from './detector.ts';
import { openWatch, type Watch } from './watch.ts';

/** Names a series of a shard in its state and in its baselines. */
export function seriesName(target: string, labels: Labels, by: readonly string[]): string {
  return `${target}\n${seriesKey(labels, by)}`;
}

/** The target that a series name begins with. */
export function targetOfName(name: string): string {
  return name.slice(0, name.indexOf('\n'));
}

function labelsOfName(name: string, by: readonly string[]): Labels {
  return labelsOfKey(name.slice(name.indexOf('\n') + 1), by);
}

/** The series of an anomaly rule on one shard, opened as they are judged. */
export interface Watches {
  /** `null`: the rule already follows as many series as its limit allows. */
  watch(condition: AnomalyCondition, target: string, labels: Labels): Watch | null;
  /** The last samples of a series, and between what values each would have been usual; `null` where it is not followed. */
  course(target: string, labels: Labels): Required<Pick<Evidence, 'points' | 'band'>> | null;
  /** Labels of the series of a target that were followed before. */
  known(target: string): readonly Labels[];
  /** Series that had too little history for a verdict, by name. */
  readonly learning: Set<string>;
  /** Series that found no room. */
  readonly refused: Set<string>;
  memories(now: number): Readonly<Record<string, SeriesMemory>>;
  /** `null`: nothing has changed. */
  baseline(now: number): ShardBaseline | null;
}

export function openWatches(
  rule: Pick<Rule, 'signal' | 'limit'>,
  memories: Readonly<Record<string, SeriesMemory>>,
  baseline: ShardBaseline | null,
): Watches {
  const { by } = rule.signal;
  const open = new Map<string, Watch>();
  let followed: number | null = null;
  const learning = new Set<string>();
  const refused = new Set<string>();

  function alive(now: number): (last: number) => boolean {
    const oldest = dayOf(now) - BASELINE_DAYS;
    return (last) => last >= oldest;
  }

  return {
    learning,
    refused,
    watch(condition, target, labels) {
      const name = seriesName(target, labels, by);
      const opened = open.get(name);
      if (opened !== undefined) return opened;
      const memory = memories[name] ?? null;
      if (memory === null) {
        followed ??= Object.keys(memories).length;
        if (followed >= limitOf(rule)) {
          refused.add(name);
          return null;
        }
        followed += 1;
      }
      const watch = openWatch(condition, baseline?.series[name] ?? [], memory);
      open.set(name, watch);
      return watch;
    },
    course(target, labels) {
      const watch = open.get(seriesName(target, labels, by));
      const track = watch?.memory()?.track;
      if (watch === undefined || track === undefined) return null;
      const { times, values } = track;
      return {
        points: times.map((at, index) => ({ at, value: short(values[index] ?? 0) })),
        band: times.map((at) => rounded(watch.band(at))),
      };
    },
    known: (target) =>
      Object.keys(memories)
        .filter((name) => targetOfName(name) === target)
        .map((name) => labelsOfName(name, by)),
    memories(now) {
      const isAlive = alive(now);
      const kept: Record<string, SeriesMemory> = {};
      const take = (name: string, memory: SeriesMemory | null) => {
        if (memory !== null && isAlive(Math.floor(memory.track.lastAt / DAY))) kept[name] = memory;
      };
      for (const name in memories) take(name, (open.get(name)?.memory() ?? memories[name]) as SeriesMemory);
      for (const [name, watch] of open) if (memories[name] === undefined) take(name, watch.memory());
      return kept;
    },
    baseline(now) {
      const isAlive = alive(now);
      const before = baseline?.series ?? {};
      const changed = [...open].filter(
        ([name, watch]) => watch.baseline() !== (before[name] ?? NO_DAYS) && watch.baseline().length > 0,
      );
      if (changed.length === 0) return null;
      const series: Record<string, SeriesBaseline> = { ...before };
      for (const [name, watch] of changed) series[name] = watch.baseline();
      const kept = Object.entries(series).filter(([, days]) => isAlive(days.at(-1)?.day ?? 0));
      return { version: 1, readDay: baseline?.readDay ?? null, series: Object.fromEntries(kept) };
    },
  };
}

const NO_DAYS: SeriesBaseline = [];

function rounded({ at, lower, upper, usual }: BandPoint): BandPoint {
  const bound = (value: number | null) => (value === null ? null : short(value));
  return { at, lower: bound(lower), upper: bound(upper), usual: bound(usual) };
}

function short(value: number): number {
  return Number(value.toPrecision(6));
}
