import type { Instance } from '../../../src/model/state.ts';
import {
  type AlertingCase,
  allOf,
  compared,
  type Fields,
  failed,
  fields,
  list,
  number,
  PASSED,
  text,
  unsupported,
  type Verdict,
} from './case.ts';
import { type CaseSeries, sampleAt, thresholdRule } from './threshold-rule.ts';
import { type CaseWorld, caseWorld, compileRules, secondsOf, stepOf } from './world.ts';

/** Samples and a threshold rule: which instances are pending or firing after each evaluation. */
export async function alertState({ given, expect }: AlertingCase): Promise<Verdict> {
  const series = list(given.series) as readonly CaseSeries[];
  const times = list(given.eval_times_s).map((time) => number(time));
  const states = list(expect.states).map(fields);
  const rule = fields(given.rule);
  const step = stepOf(times.some((time) => time > 0) ? times : [number(rule.for_s, 60)]);
  const names = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))];
  if (states.some(({ error }) => text(error).includes('duplicate')) && overwritten(series, rule))
    return unsupported('rule labels');
  const world = caseWorld(compileRules({ Case: thresholdRule(rule, names, step) }), (times[0] ?? 0) - step);
  const end = times.at(-1) ?? 0;
  const verdicts: Verdict[] = [];
  let limited = false;
  for (let at = times[0] ?? 0; at <= end; at += step) {
    addSamples(world, series, at);
    await world.passTo(at, step);
    limited ||= world.instances().some(({ labels }) => 'limit' in labels);
    const wanted = states.find(({ t }) => t === at);
    if (wanted === undefined) continue;
    if (wanted.error !== undefined) {
      verdicts.push(limited ? unsupported('limit') : failed(`no error ${text(wanted.error)} at ${at}`));
    } else verdicts.push(compared(`active at ${at}`, activeAs(fields(wanted.active), world.instances()), wanted.active));
  }
  if (expect.alert_labels !== undefined) verdicts.push(labelsOf(world, fields(expect.alert_labels)));
  return allOf(verdicts);
}

/**
 * Active instances before and after an outage of the evaluator. Tocsin reads what it missed, so its answer is that of an evaluator
 * without the outage; where the source counts otherwise, it is unsupported, and only then.
 */
export async function alertStateRestore({ given, expect }: AlertingCase): Promise<Verdict> {
  const series = list(given.series) as readonly CaseSeries[];
  const before = list(given.eval_times_before_outage_s).map((time) => number(time));
  const restart = number(given.restart_and_first_eval_at_s);
  const names = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))];
  const first = before[0] ?? 0;
  const step = stepOf([...before, restart]);
  const run = async (sleeping: boolean): Promise<readonly Instance[]> => {
    const world = caseWorld(compileRules({ Case: thresholdRule(fields(given.rule), names, step) }), first - step);
    for (let at = first; at <= restart; at += step) {
      addSamples(world, series, at);
      if (at <= (before.at(-1) ?? first) || !sleeping) await world.passTo(at, step);
    }
    if (sleeping) await world.sleepTo(restart);
    return world.instances();
  };
  const restored = activeSince(fields(expect.active_at_s), await run(true));
  const verdict = compared('active_at', restored, expect.active_at_s);
  if (verdict.result === 'passed') return PASSED;
  const continuous = activeSince(fields(expect.active_at_s), await run(false));
  return compared('active_at', restored, continuous).result === 'passed' ? unsupported('outage') : verdict;
}

export function addSamples(world: CaseWorld, series: readonly CaseSeries[], at: number): void {
  for (const one of series) {
    const value = sampleAt(one, at);
    // A window is half open: what is sampled at its end belongs to the next one.
    if (value !== null) world.rows.push({ at: at - 0.001, arrives: at, cells: { ...one.labels, Value: value } });
  }
}

/** States by the label sets that the case tells instances apart by. */
function activeAs(wanted: Fields, instances: readonly Instance[]): Fields {
  return Object.fromEntries(
    instances
      .filter(({ state }) => state !== 'resolved')
      .map((instance) => [nameOf(instance, wanted), instance.state === 'pending' ? 'pending' : 'firing']),
  );
}

function activeSince(wanted: Fields, instances: readonly Instance[]): Fields {
  return Object.fromEntries(
    instances
      .filter(({ state }) => state !== 'resolved')
      .map((instance) => [nameOf(instance, wanted), secondsOf(instance.activeAt)]),
  );
}

function nameOf({ labels }: Pick<Instance, 'labels'>, wanted: Fields): string {
  const known = Object.keys(wanted).find((name) =>
    name.split(',').every((pair) => {
      const [key = '', ...value] = pair.split('=');
      return (labels[key] ?? '') === value.join('=');
    }),
  );
  return (
    known ??
    Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',')
  );
}

function labelsOf({ transitions }: CaseWorld, wanted: Fields): Verdict {
  const fired = transitions.filter(({ kind }) => kind === 'fired');
  const carrying = fired.every(({ alert }) => Object.entries(wanted).every(([name, value]) => alert.labels[name] === value));
  return fired.length > 0 && carrying ? PASSED : failed(`alert labels ${JSON.stringify(fired.map(({ alert }) => alert.labels))}`);
}

/** Whether the rule's labels make two of the series the same. */
function overwritten(series: readonly CaseSeries[], rule: Fields): boolean {
  const own = fields(rule.labels);
  const sets = series.map(({ labels }) => JSON.stringify(Object.entries({ ...labels, ...own }).sort()));
  return new Set(sets).size < sets.length;
}
