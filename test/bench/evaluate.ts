import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { decodeState, encodeState } from '../../src/azure/state-codec.ts';
import { planWindows } from '../../src/evaluate/due.ts';
import { judge } from '../../src/evaluate/judge.ts';
import { MINUTE } from '../../src/model/duration.ts';
import type { Rule } from '../../src/model/rule.ts';
import { METRIC, NOON, ruleOf } from '../evaluate/support.ts';
import { baselineFor, evaluateAll, isDue, nothing, type Pass, type Tally } from './evaluate/passes.ts';
import { readingsFor, shardsFor, wideShard } from './evaluate/workload.ts';
import { builtInRules } from './signal/incidents/built-in.ts';

/*
 * How many series one core judges a second: the built-in rules of metrics and thresholds, then (`mix`) all built-in rules, copied until there are
 * enough of them, each over a hundred series, minute by minute. A rule is judged when it is due, as the timer does it. Its state is decoded
 * from the bytes that the blob holds and encoded into them; windows are judged once more as late data want it, which counts as well.
 * Reading is not in it.
 * The process has one thread: collecting garbage and compiling are in the figures.
 */

const RULES = 1_000;
const MANY_RULES = 10_000;
const SERIES = 100;
/** The first minutes, in which every rule begins and code is still compiled, do not count. */
const WARM_UP = 60;
const MINUTES = 60;

const progress = (text: string) => process.stderr.write(`${text}\n`);
const library = builtInRules();
const SELECTIONS = {
  /** What most rules are: a metric, or a ratio of two, against a threshold. */
  thresholds: library.filter(({ signal, condition }) => signal.kind === 'metric' && condition.kind === 'threshold'),
  mix: library,
} as const;
type Selection = keyof typeof SELECTIONS;

/** Rules in turn, as often as it takes; all copies of one stand together. */
function estateOf(rules: readonly Rule[], count: number): readonly (readonly Pass[])[] {
  return rules.flatMap((rule, place) => {
    const copies = Math.floor(count / rules.length) + (place < count % rules.length ? 1 : 0);
    return shardsFor(rule, SERIES).map((shard) => {
      const baseline = baselineFor(rule, shard, NOON);
      return Array.from(
        { length: copies },
        (_, copy): Pass => ({
          rule: { ...rule, id: `${rule.id}${copy}` },
          shard,
          baseline,
          stored: null,
          judgedTo: 0,
        }),
      );
    });
  });
}

/** How slow the machine is at the moment: the best of some runs of a loop that never changes. */
function referenceMs(): number {
  const loop = () => {
    const began = cpuMs();
    const made = new Map<string, object>();
    for (let index = 0; index < 1_000_000; index++) {
      const key = `key ${index % 5_000}`;
      made.set(key, { ...made.get(key), at: index, list: [index] });
    }
    return cpuMs() - began;
  };
  return Math.round(Math.min(...Array.from({ length: 6 }, loop)));
}

/** One minute of every pass that is due. */
function minute(estate: readonly (readonly Pass[])[], now: number, tallyOf: (pass: Pass) => Tally): void {
  const due = estate.filter(([first]) => first !== undefined && isDue(first, now));
  for (const passes of due) evaluateAll(passes, now, tallyOf);
}

/** How fast rules are judged, and what each kind of condition takes of it. */
function throughput(rules: readonly Rule[]) {
  const estate = estateOf(rules, RULES);
  const byCondition = new Map<string, Tally>();
  const tallyOf = ({ rule }: Pass): Tally => {
    const known = byCondition.get(rule.condition.kind) ?? nothing();
    byCondition.set(rule.condition.kind, known);
    return known;
  };
  for (let step = 0; step < WARM_UP + MINUTES; step++) {
    if (step % 10 === 0) progress(`${RULES} rules: minute ${step} of ${WARM_UP + MINUTES}`);
    minute(estate, NOON + step * MINUTE, step < WARM_UP ? () => nothing() : tallyOf);
  }
  const all = [...byCondition.values()];
  const sum = (of: (tally: Tally) => number) => all.reduce((total, tally) => total + of(tally), 0);
  return {
    ruleSeriesPerSecond: Math.round(sum(({ ruleSeries }) => ruleSeries) / sum(({ seconds }) => seconds)),
    judged: sum(({ ruleSeries }) => ruleSeries),
    breaches: sum(({ breaches }) => breaches),
    transitions: sum(({ transitions }) => transitions),
    microsByCondition: Object.fromEntries(
      [...byCondition]
        .filter(([, { ruleSeries }]) => ruleSeries > 0)
        .map(([kind, { seconds, ruleSeries }]) => [kind, rounded((seconds * 1e6) / ruleSeries)]),
    ),
  };
}

/** The most memory of a process of its own, so that what another estate left behind is not in it. */
function memoryAlone(selection: Selection): number {
  const script = fileURLToPath(import.meta.url);
  const { status, stdout } = spawnSync(process.execPath, [...process.execArgv, script, '--memory', selection], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`memory of ${selection} was not measured`);
  return Number(stdout);
}

/** Memory with ten times as many rules, after their first minutes; every state is held as its blob would be. */
function memory(rules: readonly Rule[]): number {
  const estate = estateOf(rules, MANY_RULES);
  let most = 0;
  for (let step = 0; step < 3; step++) {
    progress(`${MANY_RULES} rules: minute ${step} of 3`);
    minute(estate, NOON + step * MINUTE, () => nothing());
    most = Math.max(most, process.memoryUsage().rss);
  }
  return Math.round(most / 2 ** 20);
}

const WINDOWS = 3;
const ratio = (): Rule =>
  ruleOf({
    signal: { ...METRIC, over: METRIC.metric },
    condition: { kind: 'threshold', when: { operator: '>', threshold: 0.5 }, clear: { operator: '<', threshold: 0.25 } },
    window: 5 * MINUTE,
    delay: 3 * MINUTE,
    floor: 20,
    limit: 1_000_000,
  });

/** One rule over more and more series, three windows one after the other. */
function secondsOver(series: number): number {
  const pass: Pass = { rule: ratio(), shard: wideShard(series), baseline: null, stored: null, judgedTo: 0 };
  const tally = nothing();
  for (let step = 0; step < WINDOWS; step++) {
    const now = NOON + step * MINUTE;
    evaluateAll([pass], now, () => tally);
  }
  return tally.seconds;
}

function growth() {
  const sizes = [10_000, 100_000, 1_000_000];
  secondsOver(sizes[0] as number);
  const measured = sizes.map((series) => {
    progress(`one rule over ${series} series`);
    const tries = series >= 1_000_000 ? 1 : 3;
    return { series, seconds: Number(median(Array.from({ length: tries }, () => secondsOver(series))).toFixed(4)) };
  });
  return { growth: measured, growthExponent: exponentOf(measured) };
}

/** The slope of the logarithms: 1 where cost grows as the series do. */
function exponentOf(measured: readonly { readonly series: number; readonly seconds: number }[]): number {
  const points = measured.map(({ series, seconds }) => ({ x: Math.log(series), y: Math.log(seconds) }));
  const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const rise = points.reduce((total, point) => total + (point.x - x) * (point.y - y), 0);
  return rounded(rise / points.reduce((total, point) => total + (point.x - x) ** 2, 0));
}

const ALERTS = 10_000;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};

/** A blob of ten thousand firing alerts: decoded, one more window judged of all of them, encoded. */
function blobOfAlerts(): object {
  const rule = { ...ratio(), limit: 2 * ALERTS };
  const shard = wideShard(ALERTS);
  const everywhere = { ...rule, condition: { kind: 'threshold', when: { operator: '>=', threshold: 0 }, clear: null } } as const;
  const judgeAt = (bytes: Uint8Array | null, now: number) => {
    const decoded = () => (bytes === null ? null : decodeState(bytes));
    const { due } = planWindows(everywhere, decoded(), shard.targets, null, now);
    const windows = due.map(({ window }) => ({ window, readings: readingsFor(everywhere, shard, window) }));
    globalThis.gc?.({ type: 'minor' });
    globalThis.gc?.({ type: 'minor' });
    const began = cpuMs();
    const state = decoded();
    const read = cpuMs();
    const plan = planWindows(everywhere, state, shard.targets, null, now);
    const { next } = judge(everywhere, state, plan, { due: windows, recheck: [] }, [], now);
    const judged = cpuMs();
    const { body } = encodeState({ ...next, unsent: [] });
    const written = cpuMs();
    return {
      bytes: body,
      read: read - began,
      update: judged - read,
      write: written - judged,
      alerts: Object.keys(next.instances).length,
    };
  };
  let bytes = judgeAt(null, NOON).bytes;
  const runs = Array.from({ length: 9 }, (_, index) => {
    const run = judgeAt(bytes, NOON + (index + 1) * MINUTE);
    bytes = run.bytes;
    return run;
  });
  const of = (part: (run: (typeof runs)[number]) => number) => rounded(median(runs.map(part)));
  return {
    stateRoundTripMs: of(({ read, update, write }) => read + update + write),
    stateParts: { readMs: of(({ read }) => read), updateMs: of(({ update }) => update), writeMs: of(({ write }) => write) },
    stateAlerts: runs.at(-1)?.alerts,
    stateBytes: bytes.byteLength,
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

function figures(): object {
  const slowness = referenceMs();
  const rssMiB = memoryAlone('thresholds');
  const mixedRssMiB = memoryAlone('mix');
  const { ruleSeriesPerSecond, judged, breaches, transitions } = throughput(SELECTIONS.thresholds);
  const blob = blobOfAlerts();
  const cost = growth();
  globalThis.gc?.();
  const mix = { ...throughput(SELECTIONS.mix), rssMiB: mixedRssMiB };
  const referenced = Math.min(slowness, referenceMs());
  return { ruleSeriesPerSecond, rssMiB, ...cost, ...blob, judged, breaches, transitions, mix, referenceMs: referenced };
}

const { memory: asked } = parseArgs({ options: { memory: { type: 'string' } } }).values;
console.log(asked === undefined ? JSON.stringify(figures()) : memory(SELECTIONS[asked as Selection]));
