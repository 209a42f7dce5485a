import type { BandPoint, Evidence } from '../../model/alert.ts';
import type { SeriesBaseline, SeriesMemory, ShardBaseline } from '../../model/baseline.ts';
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
  return new ShardWatches(rule, memories, baseline);
}

class ShardWatches implements Watches {
  readonly learning = new Set<string>();
  readonly refused = new Set<string>();
  private readonly rule: Pick<Rule, 'signal' | 'limit'>;
  private readonly before: Readonly<Record<string, SeriesMemory>>;
  private readonly finished: ShardBaseline | null;
  private readonly open = new Map<string, Watch>();
  private followed: number | null = null;

  constructor(
    rule: Pick<Rule, 'signal' | 'limit'>,
    memories: Readonly<Record<string, SeriesMemory>>,
    baseline: ShardBaseline | null,
  ) {
    this.rule = rule;
    this.before = memories;
    this.finished = baseline;
  }

  watch(condition: AnomalyCondition, target: string, labels: Labels): Watch | null {
    const name = seriesName(target, labels, this.rule.signal.by);
    const opened = this.open.get(name);
    if (opened !== undefined) return opened;
    const memory = this.before[name] ?? null;
    if (memory === null && !this.hasRoom()) {
      this.refused.add(name);
      return null;
    }
    const watch = openWatch(condition, this.finished?.series[name] ?? NO_DAYS, memory);
    this.open.set(name, watch);
    return watch;
  }

  course(target: string, labels: Labels): ReturnType<Watches['course']> {
    const watch = this.open.get(seriesName(target, labels, this.rule.signal.by));
    const track = watch?.memory()?.track;
    if (watch === undefined || track === undefined) return null;
    const { times, values } = track;
    return {
      points: times.map((at, index) => ({ at, value: short(values[index] ?? 0) })),
      band: times.map((at) => rounded(watch.band(at))),
    };
  }

  known(target: string): readonly Labels[] {
    return Object.keys(this.before)
      .filter((name) => targetOfName(name) === target)
      .map((name) => labelsOfName(name, this.rule.signal.by));
  }

  memories(now: number): Readonly<Record<string, SeriesMemory>> {
    const { before, open } = this;
    const oldest = oldestDay(now);
    const kept: Record<string, SeriesMemory> = {};
    for (const name in before) {
      const memory = open.get(name)?.memory() ?? (before[name] as SeriesMemory);
      if (dayOf(memory.track.lastAt) >= oldest) kept[name] = memory;
    }
    for (const [name, watch] of open) {
      const memory = before[name] === undefined ? watch.memory() : null;
      if (memory !== null && dayOf(memory.track.lastAt) >= oldest) kept[name] = memory;
    }
    return kept;
  }

  baseline(now: number): ShardBaseline | null {
    const before = this.finished?.series ?? {};
    const series: Record<string, SeriesBaseline> = {};
    let changed = false;
    for (const [name, watch] of this.open) {
      const days = watch.baseline();
      if (days.length === 0 || days === before[name]) continue;
      series[name] = days;
      changed = true;
    }
    if (!changed) return null;
    const oldest = oldestDay(now);
    const kept = Object.entries({ ...before, ...series }).filter(([, days]) => (days.at(-1)?.day ?? 0) >= oldest);
    return { version: 1, readDay: this.finished?.readDay ?? null, series: Object.fromEntries(kept) };
  }

  /** Counts a series that is followed from now on, where the limit allows one more. */
  private hasRoom(): boolean {
    this.followed ??= Object.keys(this.before).length;
    if (this.followed >= limitOf(this.rule)) return false;
    this.followed += 1;
    return true;
  }
}

/** Whoever was heard last before that day is forgotten. */
function oldestDay(now: number): number {
  return dayOf(now) - BASELINE_DAYS;
}

const NO_DAYS: SeriesBaseline = [];

function rounded({ at, lower, upper, usual }: BandPoint): BandPoint {
  const bound = (value: number | null) => (value === null ? null : short(value));
  return { at, lower: bound(lower), upper: bound(upper), usual: bound(usual) };
}

function short(value: number): number {
  return Number(value.toPrecision(6));
}
