import { HOUR, MINUTE } from '../../model/duration.ts';
import { type Diagnostic, ERRORS, type ErrorCode, TocsinError } from '../../model/errors.ts';
import type { EvaluationEntry } from '../../model/evaluation-log.ts';
import type { Heartbeat } from '../../model/heartbeat.ts';
import type { Rule } from '../../model/rule.ts';
import type { Clock, LogSource, MetricSource } from '../../ports.ts';
import { ASSUMED_PRICES } from '../../rules/assumed-prices.ts';
import { adviceFor } from '../../rules/suggest.ts';
import { offlineClock } from '../offline/clock.ts';
import { offlineEvaluator } from '../offline/evaluator.ts';
import { fixedInventory, type OfflineTarget } from '../offline/inventory.ts';
import { kqlLogSource } from '../offline/logs.ts';
import { minuteMetricSource } from '../offline/metrics.ts';
import { fixedDeployments, listedActivity, listedHeartbeats, type OfflineEvent } from '../offline/state.ts';
import { offlineStreams } from '../offline/streams.ts';
import { mismatches, relative, type Words } from './compare.ts';
import { instantOf, listOf, problemAt, type RuleTest, type TestInput } from './load.ts';
import { describeLog, logRows, type TestRow, tableReader } from './log-input.ts';
import { metricMinutes, minuteReader, type TestMinute } from './metric-input.ts';
import { observer } from './observed.ts';
import { countedHours, recordsOf, type TestRecord } from './record-input.ts';
import { checkInsOf, estateOf, eventsOf } from './state-input.ts';
import { targetsOf } from './targets.ts';

/** Something that a test expected otherwise, or that keeps it from running. */
export interface Failure {
  readonly diagnostic: Diagnostic;
  readonly expected: readonly string[];
  readonly got: readonly string[];
  /** The input and the last evaluations, in lines. */
  readonly context: readonly string[];
}

export interface TestOutcome {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly rules: readonly string[];
  readonly failures: readonly Failure[];
}

/** History before time 0 is judged in longer steps: the windows of an hour are caught up in one evaluation. */
const HISTORY_STEP = HOUR;
/** Evaluations shown of a failing test. */
const SHOWN_ENTRIES = 6;

/** Runs one test against the rules that it names: plan, read, judge and remember as deployed, in the test's own time. */
export async function runTest(test: RuleTest, known: readonly Rule[]): Promise<TestOutcome> {
  const { place } = test;
  const outcome = (rules: readonly Rule[], failures: readonly Failure[]): TestOutcome => ({
    name: test.name,
    file: place.source.file,
    line: place.source.valueAt(place.path).line,
    rules: rules.map(({ id }) => id),
    failures,
  });
  const diagnostics: Diagnostic[] = [];
  const rules = rulesOf(test, known, diagnostics);
  const targets = targetsOf(test.targets, rules);
  const signals = signalsOf(test, targets, diagnostics);
  checkNames(test, targets, rules, diagnostics);
  if (diagnostics.length > 0) return outcome(rules, diagnostics.map(notRun));

  const words: Words = {
    start: test.start,
    rules: rules.map(({ id }) => id),
    targets: new Map([...targets].map(([name, { target }]) => [name, target.id])),
  };
  const clock = offlineClock(signals.begin);
  const { listener, look } = observer();
  const evaluator = offlineEvaluator({
    rules,
    metrics: failing('metrics', minuteMetricSource(minuteReader(signals.minutes), clock), test, clock),
    logs: failing('logs', kqlLogSource(tableReader(signals.rows), clock), test, clock),
    inventory: fixedInventory([...targets.values()]),
    deployments: fixedDeployments(estateOf(test.targets, targets, test.start)),
    activity: listedActivity(signals.events, clock),
    heartbeats: listedHeartbeats(signals.checkIns, clock),
    streams: offlineStreams(countedHours(rules, signals.records)),
    prices: ASSUMED_PRICES,
    clock,
    listener,
  });
  await evaluator.tick();
  if (signals.begin < test.start) await evaluator.runUntil(test.start, HISTORY_STEP);
  const failures: Failure[] = [];
  for (const { raw, place: at, time } of timed(test, signals.end)) {
    await evaluator.runUntil(time);
    const seen = await look(time, await evaluator.findings());
    const broken = raw.evaluation === undefined ? brokenOf(seen.entries) : null;
    const context = () => contextOf(test, seen.entries, words);
    if (broken !== null) {
      const message = `${test.name}: ${broken.rule} cannot be evaluated: ${broken.reason}`;
      const hint = broken.code === null ? null : ERRORS[broken.code as ErrorCode].fix;
      return outcome(rules, [
        { diagnostic: problemAt(at, [], message, { code: 'TCN-T003', hint }), expected: [], got: [], context: context() },
      ]);
    }
    for (const { path, message, expected, got } of mismatches(raw, seen, words)) {
      const diagnostic = problemAt(at, path, `${test.name}: at ${relative(time, words)} ${message}`, { code: 'TCN-T003' });
      failures.push({ diagnostic, expected, got, context: context() });
    }
  }
  return outcome(rules, failures);
}

function notRun(diagnostic: Diagnostic): Failure {
  return { diagnostic, expected: [], got: [], context: [] };
}

/** Checks in the order of their times. */
function timed(test: RuleTest, end: number) {
  const last = Math.max(end, ...test.checks.map(({ raw }) => (raw.at === undefined ? end : instantOf(raw.at, test.start))));
  return test.checks
    .map((check) => ({ ...check, time: check.raw.at === undefined ? last : instantOf(check.raw.at, test.start) }))
    .sort((left, right) => left.time - right.time);
}

function rulesOf(test: RuleTest, known: readonly Rule[], diagnostics: Diagnostic[]): readonly Rule[] {
  if (test.rules === null) return known;
  return test.rules.flatMap((name) => {
    const rule = known.find(({ id }) => id === name);
    if (rule !== undefined) return [rule];
    const hint = adviceFor(
      name,
      known.map(({ id }) => id),
      'rules',
    );
    diagnostics.push(problemAt(test.place, ['rule'], `there is no rule ${name}`, { hint }));
    return [];
  });
}

interface Signals {
  readonly minutes: readonly TestMinute[];
  readonly rows: readonly TestRow[];
  readonly records: readonly TestRecord[];
  readonly events: readonly OfflineEvent[];
  readonly checkIns: readonly Heartbeat[];
  /** When the first and the last of it happen, at least time 0, to whole minutes. */
  readonly begin: number;
  readonly end: number;
}

function signalsOf(test: RuleTest, targets: ReadonlyMap<string, OfflineTarget>, diagnostics: Diagnostic[]): Signals {
  const minutes: TestMinute[] = [];
  const rows: TestRow[] = [];
  const records: TestRecord[] = [];
  const events: OfflineEvent[] = [];
  const checkIns: Heartbeat[] = [];
  for (const input of test.inputs) {
    if (input.kind === 'outage') continue;
    if (input.kind === 'checkIn') {
      checkIns.push(...checkInsOf(input.raw, test.start));
      continue;
    }
    const on = sourcesOf(input, targets, diagnostics);
    if (input.kind === 'metric') minutes.push(...metricMinutes(input.raw, input.place, on, test.start, diagnostics));
    else if (input.kind === 'record') records.push(...recordsOf(input.raw, input.place, on, test.start, diagnostics));
    else if (input.kind === 'event') events.push(...eventsOf(input.raw, input.place, on, test.start, events.length, diagnostics));
    else rows.push(...logRows(input.raw, input.place, on, test.start, diagnostics));
  }
  let begin = test.start;
  let end = test.start;
  const times = [...minutes, ...rows, ...records].map(({ time }) => time);
  for (const time of [...times, ...events.map(({ event }) => event.at), ...checkIns.map(({ at }) => at)]) {
    begin = Math.min(begin, time);
    end = Math.max(end, time);
  }
  const [from, to] = [Math.floor(begin / MINUTE) * MINUTE, Math.ceil(end / MINUTE) * MINUTE];
  return { minutes, rows, records, events, checkIns, begin: from, end: to };
}

function sourcesOf(
  { raw, place }: Extract<TestInput, { kind: 'metric' | 'log' | 'record' | 'event' }>,
  targets: ReadonlyMap<string, OfflineTarget>,
  diagnostics: Diagnostic[],
): readonly OfflineTarget[] {
  if (raw.on === undefined) return [...targets.values()];
  return listOf(raw.on).flatMap((name) => {
    const target = targets.get(name);
    if (target !== undefined) return [target];
    diagnostics.push(
      problemAt(place, ['on'], `there is no target ${name}`, { hint: adviceFor(name, [...targets.keys()], 'targets') }),
    );
    return [];
  });
}

/** What checks name must exist, or they would hold for nothing. */
function checkNames(
  test: RuleTest,
  targets: ReadonlyMap<string, OfflineTarget>,
  rules: readonly Rule[],
  diagnostics: Diagnostic[],
): void {
  const ids = rules.map(({ id }) => id);
  for (const { raw, place } of test.checks) {
    const { alerts = [], episodes = [], findings = [], series = [], verdicts = [], evaluation } = raw;
    const lists = { alerts, episodes, findings, series, verdicts };
    for (const [key, list] of Object.entries(lists)) {
      for (const [index, { rule, target }] of (list === 'none' ? [] : list).entries()) {
        if (rule !== undefined && !ids.includes(rule))
          diagnostics.push(
            problemAt(place, [key, index, 'rule'], `the test does not run ${rule}`, { hint: adviceFor(rule, ids, 'it runs') }),
          );
        if (target !== undefined && !targets.has(target)) {
          const hint = adviceFor(target, [...targets.keys()], 'targets');
          diagnostics.push(problemAt(place, [key, index, 'target'], `there is no target ${target}`, { hint }));
        }
      }
    }
    if (evaluation?.rule !== undefined && !ids.includes(evaluation.rule))
      diagnostics.push(problemAt(place, ['evaluation', 'rule'], `the test does not run ${evaluation.rule}`));
  }
}

/** A source that does not answer while the test says so. */
function failing<Source extends LogSource | MetricSource>(
  what: 'logs' | 'metrics',
  source: Source,
  test: RuleTest,
  clock: Clock,
): Source {
  const outages = test.inputs.flatMap((input) =>
    input.kind === 'outage' && input.raw.outage === what
      ? [
          {
            from: instantOf(input.raw.from ?? 0, test.start),
            until: input.raw.until === undefined ? Number.POSITIVE_INFINITY : instantOf(input.raw.until, test.start),
            code: (input.raw.code ?? 'TCN-A002') as ErrorCode,
          },
        ]
      : [],
  );
  if (outages.length === 0) return source;
  const refuse = () => {
    const now = clock.now();
    const outage = outages.find(({ from, until }) => now >= from && now < until);
    if (outage !== undefined) throw new TocsinError(outage.code, 'as the test says');
  };
  const guarded: Partial<LogSource & MetricSource> = {
    ...('query' in source && {
      query: async (query, options) => {
        refuse();
        return source.query(query, options);
      },
    }),
    ...('read' in source && {
      read: async (query, options) => {
        refuse();
        return source.read(query, options);
      },
    }),
  };
  return guarded as Source;
}

/** A query that Azure or the engine refuses makes a rule blind, which would look like a quiet one. */
function brokenOf(entries: readonly EvaluationEntry[]): EvaluationEntry | null {
  return entries.find(({ outcome, code }) => outcome === 'failed' || code === 'TCN-A005' || code === 'TCN-R016') ?? null;
}

function contextOf(test: RuleTest, entries: readonly EvaluationEntry[], words: Words): readonly string[] {
  const inputs = test.inputs.map((input) => {
    if (input.kind === 'log') return `input   ${describeLog(input.raw)}`;
    if (input.kind === 'record')
      return `input   record ${input.raw.record} ${JSON.stringify(input.raw.members ?? {})} at ${input.raw.at ?? 0}`;
    if (input.kind === 'event') return `input   event ${JSON.stringify(input.raw.event)} at ${input.raw.at ?? 0}`;
    if (input.kind === 'checkIn') return `input   ${input.raw.checkIn} ${input.raw.phase ?? 'finish'} at ${input.raw.at ?? 0}`;
    if (input.kind === 'outage') return `input   no ${input.raw.outage} from ${input.raw.from ?? 0}`;
    const { metric, labels = {}, values, from, on } = input.raw;
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(String(value))}`);
    const place = `${on === undefined ? '' : ` on ${listOf(on).join(', ')}`}${from === undefined ? '' : ` from ${from}`}`;
    return `input   ${metric}{${pairs.join(', ')}}${place}: ${values}`;
  });
  const shown = entries.slice(-SHOWN_ENTRIES).map(({ at, rule, windowEnd, outcome, series, breaches, reason }) => {
    const what = `${series} series, ${breaches} in breach`;
    return `${relative(at, words).padEnd(7)} ${rule}: window to ${relative(windowEnd, words)} ${outcome}, ${what}, ${reason}`;
  });
  return [...inputs, ...shown];
}
