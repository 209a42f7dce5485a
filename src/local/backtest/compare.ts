import type { Interval, RuleOutcome } from './report.ts';

/** What two versions of a rule did. */
export interface RuleComparison {
  readonly rule: string;
  /** The other version's name where it has another. */
  readonly other: string | null;
  readonly fired: readonly [number, number];
  readonly firingTime: readonly [number, number];
  readonly notifications: readonly [number, number];
  /** Times that both fired for the same series, and those of one only. */
  readonly both: number;
  readonly onlyFirst: readonly Interval[];
  readonly onlyOther: readonly Interval[];
}

export interface RulesComparison {
  readonly rules: readonly RuleComparison[];
  /** Rules that only one of the two has. */
  readonly missing: readonly string[];
  readonly added: readonly string[];
}

/** Compares rules of the same name; where there is one on each side, those two whatever their names. */
export function compareRuns(first: readonly RuleOutcome[], other: readonly RuleOutcome[]): RulesComparison {
  const [one] = first;
  const [another] = other;
  if (first.length === 1 && other.length === 1 && one !== undefined && another !== undefined) {
    return { rules: [compareRules(one, another)], missing: [], added: [] };
  }
  const byName = new Map(other.map((rule) => [rule.rule, rule]));
  const names = new Set(first.map(({ rule }) => rule));
  return {
    rules: first
      .flatMap((rule) => {
        const match = byName.get(rule.rule);
        return match === undefined ? [] : [compareRules(rule, match)];
      })
      .sort((a, b) => differences(b) - differences(a) || (a.rule < b.rule ? -1 : 1)),
    missing: [...names].filter((name) => !byName.has(name)).sort(),
    added: [...byName.keys()].filter((name) => !names.has(name)).sort(),
  };
}

function compareRules(first: RuleOutcome, other: RuleOutcome): RuleComparison {
  const onlyFirst = first.intervals.filter((interval) => !other.intervals.some((each) => overlap(interval, each)));
  const onlyOther = other.intervals.filter((interval) => !first.intervals.some((each) => overlap(interval, each)));
  return {
    rule: first.rule,
    other: other.rule === first.rule ? null : other.rule,
    fired: [first.fired, other.fired],
    firingTime: [first.firingTime, other.firingTime],
    notifications: [first.notifications, other.notifications],
    both: first.intervals.length - onlyFirst.length,
    onlyFirst,
    onlyOther,
  };
}

function differences({ onlyFirst, onlyOther }: RuleComparison): number {
  return onlyFirst.length + onlyOther.length;
}

function overlap(a: Interval, b: Interval): boolean {
  return sameSeries(a, b) && a.startsAt <= b.startsAt + b.duration && b.startsAt <= a.startsAt + a.duration;
}

function sameSeries(a: Interval, b: Interval): boolean {
  const values = ({ labels }: Interval) =>
    JSON.stringify(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1)));
  return a.target === b.target && values(a) === values(b);
}
