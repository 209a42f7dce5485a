import type { Alert } from '../../model/alert.ts';
import { formatDuration } from '../../model/duration.ts';
import type { Finding } from '../../model/finding.ts';
import { fingerprint } from '../../model/fingerprint.ts';
import type { Labels } from '../../model/labels.ts';
import type { Path } from '../../rules/document.ts';
import { instantOf } from './load.ts';
import { judgedKey, type Observed } from './observed.ts';
import type { RawAlert, RawCheck, RawEpisode, RawEvaluation, RawFinding, RawSeries, RawVerdict } from './schema.ts';

/** How a test speaks of things: time 0, its rules, its targets by name. */
export interface Words {
  readonly start: number;
  readonly rules: readonly string[];
  /** Target ids by the test's names for them. */
  readonly targets: ReadonlyMap<string, string>;
}

/** What was not as expected: where in the check, and both sides in lines. */
export interface Mismatch {
  readonly path: Path;
  readonly message: string;
  readonly expected: readonly string[];
  readonly got: readonly string[];
}

/** Everything in which what was observed differs from what a check says. */
export function mismatches(check: RawCheck, seen: Observed, words: Words): readonly Mismatch[] {
  const { alerts, episodes, findings, series = [], verdicts = [], evaluation } = check;
  return [
    ...(alerts === undefined ? [] : compareAll(alertKind(words), alerts, seen.alerts)),
    ...(episodes === undefined ? [] : compareAll(episodeKind(words), episodes, seen.episodes)),
    ...(findings === undefined ? [] : compareAll(findingKind(words), findings, seen.findings)),
    ...series.flatMap((one, index) => compareSeries(one, index, seen, words)),
    ...verdicts.flatMap((one, index) => compareVerdict(one, index, seen, words)),
    ...(evaluation === undefined ? [] : compareEvaluation(evaluation, seen, words)),
  ];
}

/** One kind of thing of which a check gives the complete list. */
interface Kind<Expected, Actual> {
  readonly key: 'alerts' | 'episodes' | 'findings';
  readonly noun: string;
  readonly fits: (expected: Expected, actual: Actual) => boolean;
  readonly describe: (actual: Actual) => string;
}

/** Pairs each expected item with one that fits; what is left over on either side is a mismatch. */
function compareAll<Expected extends object, Actual>(
  kind: Kind<Expected, Actual>,
  written: 'none' | readonly Expected[],
  actual: readonly Actual[],
): readonly Mismatch[] {
  const expected = written === 'none' ? [] : written;
  const rest = [...actual];
  const missing = expected.flatMap((item, index) => {
    const found = rest.findIndex((one) => kind.fits(item, one));
    if (found < 0) return [{ item, index }];
    rest.splice(found, 1);
    return [];
  });
  if (missing.length === 0 && rest.length === 0) return [];
  const [first] = missing;
  const path = first === undefined || written === 'none' ? [kind.key] : [kind.key, first.index];
  const message =
    missing.length > 0
      ? `expected ${kind.noun} did not come`
      : `${rest.length === 1 ? `an ${kind.noun} that was` : `${kind.noun}s that were`} not expected`.replace(
          'an finding',
          'a finding',
        );
  return [
    {
      path,
      message,
      expected: expected.length === 0 ? ['none'] : expected.map((item) => wordsOf(item)),
      got: actual.length === 0 ? ['none'] : actual.map((one) => kind.describe(one)),
    },
  ];
}

function alertKind(words: Words): Kind<RawAlert, Alert> {
  return {
    key: 'alerts',
    noun: 'alert',
    fits: (expected, alert) =>
      isOf(expected, alert, words) &&
      same(expected.severity, alert.severity) &&
      sameValue(expected.value, alert.value) &&
      same(expected.reason, alert.reason) &&
      sameText(expected.summary, alert.summary) &&
      sameText(expected.action, alert.response.action) &&
      same(expected.owner, alert.response.owner) &&
      same(expected.runbook, alert.response.runbook) &&
      (expected.steps === undefined || JSON.stringify(expected.steps) === JSON.stringify(alert.response.steps)) &&
      sameTime(expected.since, alert.startsAt, words),
    describe: (alert) =>
      `${name(alert, words)} severity ${alert.severity}, value ${alert.value}, since ${relative(alert.startsAt, words)}, ${alert.reason}: ${alert.summary}`,
  };
}

function episodeKind(words: Words): Kind<RawEpisode, Alert> {
  return {
    key: 'episodes',
    noun: 'alert',
    fits: (expected, alert) =>
      isOf(expected, alert, words) &&
      sameTime(expected.fired, alert.startsAt, words) &&
      (expected.resolved === 'open' ? alert.endsAt === null : sameTime(expected.resolved, alert.endsAt, words)) &&
      same(expected.reason, alert.reason),
    describe: (alert) => {
      const end = alert.endsAt === null ? 'open' : `resolved ${relative(alert.endsAt, words)}`;
      return `${name(alert, words)} fired ${relative(alert.startsAt, words)}, ${end}, ${alert.reason}`;
    },
  };
}

function findingKind(words: Words): Kind<RawFinding, Finding> {
  return {
    key: 'findings',
    noun: 'finding',
    fits: (expected, finding) =>
      isOf(expected, finding, words) &&
      same(expected.kind, finding.kind) &&
      same(expected.severity, finding.severity) &&
      sameValue(expected.value, finding.value) &&
      same(expected.count, finding.count) &&
      sameText(expected.summary, finding.summary),
    describe: (finding) =>
      `${name(finding, words)} ${finding.kind}, severity ${finding.severity}, value ${finding.value}, count ${finding.count}: ${finding.summary}`,
  };
}

function compareSeries(expected: RawSeries, index: number, seen: Observed, words: Words): readonly Mismatch[] {
  const instances = seen.instances.filter((instance) => isOf(expected, instance, words));
  const fits =
    expected.state === 'inactive'
      ? instances.every(({ state }) => state === 'resolved')
      : instances.some(
          ({ state, reason, value }) =>
            state === expected.state && same(expected.reason, reason) && sameValue(expected.value, value),
        );
  if (fits) return [];
  const got = instances.map((one) => `${name(one, words)} ${one.state}, ${one.reason}, value ${one.value}`);
  return [
    {
      path: ['series', index],
      message: 'a series does not stand where it should',
      expected: [wordsOf(expected)],
      got: got.length === 0 ? ['inactive'] : got,
    },
  ];
}

function compareVerdict(expected: RawVerdict, index: number, seen: Observed, words: Words): readonly Mismatch[] {
  const end = instantOf(expected.window, words.start);
  const rules = expected.rule === undefined ? words.rules : [expected.rule];
  const targets = expected.target === undefined ? [...words.targets.values()] : [words.targets.get(expected.target) ?? ''];
  const got = rules.flatMap((rule) => {
    const judged = seen.judged.get(judgedKey(rule, end));
    return targets.map((target) => {
      if (judged === undefined || judged.without.has(target)) return 'unjudged';
      if (expected.labels !== undefined)
        return judged.breaches.has(fingerprint(rule, target, textLabels(expected.labels))) ? 'breach' : 'ok';
      return judged.breaches.size > 0 ? 'breach' : 'ok';
    });
  });
  if (got.length > 0 && got.every((one) => one === expected.is)) return [];
  return [
    {
      path: ['verdicts', index],
      message: `the verdict on the window that ends at ${expected.window}`,
      expected: [expected.is],
      got,
    },
  ];
}

function compareEvaluation(expected: RawEvaluation, seen: Observed, words: Words): readonly Mismatch[] {
  const rule = expected.rule ?? words.rules[0];
  const newest = seen.entries.findLast((entry) => entry.rule === rule);
  if (
    newest !== undefined &&
    same(expected.outcome, newest.outcome) &&
    sameText(expected.reason, newest.reason) &&
    same(expected.code, newest.code)
  )
    return [];
  const got =
    newest === undefined ? 'none' : `${newest.outcome}: ${newest.reason}${newest.code === null ? '' : ` (${newest.code})`}`;
  return [{ path: ['evaluation'], message: 'the last evaluation', expected: [wordsOf(expected)], got: [got] }];
}

interface Which {
  readonly rule?: string | undefined;
  readonly target?: string | undefined;
  readonly labels?: Readonly<Record<string, string | number | boolean>> | undefined;
}

function isOf(
  { rule, target, labels = {} }: Which,
  actual: { readonly rule: string | null; readonly target: string | null; readonly labels: Labels },
  words: Words,
): boolean {
  return (
    same(rule, actual.rule) &&
    (target === undefined || words.targets.get(target) === actual.target) &&
    Object.entries(labels).every(([label, value]) => actual.labels[label] === String(value))
  );
}

function same<Value>(expected: Value | undefined, actual: Value | null): boolean {
  return expected === undefined || expected === actual;
}

function sameText(expected: string | undefined, actual: string): boolean {
  if (expected === undefined) return true;
  const pattern = /^\/(.+)\/(i?)$/s.exec(expected);
  return pattern === null ? expected === actual : new RegExp(pattern[1] ?? '', pattern[2]).test(actual);
}

/** Equal but for rounding; `40%` is 0.4. */
function sameValue(expected: number | string | undefined, actual: number | null): boolean {
  if (expected === undefined) return true;
  if (actual === null) return false;
  const text = String(expected);
  const wanted = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  return Math.abs(wanted - actual) <= 1e-6 * Math.max(1, Math.abs(wanted));
}

function sameTime(expected: string | 0 | undefined, actual: number | null, words: Words): boolean {
  return expected === undefined || instantOf(expected, words.start) === actual;
}

function textLabels(labels: Readonly<Record<string, string | number | boolean>>): Labels {
  return Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, String(value)]));
}

/** A time as tests write it. */
export function relative(time: number, { start }: Pick<Words, 'start'>): string {
  return formatDuration(time - start);
}

function name(
  { rule, target, labels }: { readonly rule: string | null; readonly target: string | null; readonly labels: Labels },
  words: Words,
): string {
  const on = [...words.targets].find(([, id]) => id === target)?.[0] ?? target;
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${rule ?? ''}{${pairs.join(', ')}} on ${on}`;
}

function wordsOf(expected: object): string {
  return Object.entries(expected)
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
