import { TocsinError } from '../../../src/model/errors.ts';
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
import { type CaseWorld, caseWorld, compileRules, duration, secondsOf, TABLE } from './world.ts';

/** What one evaluation gave for one instance. */
interface Result {
  readonly instance: string;
  readonly state: string;
}

/** Policies of the sources that Tocsin has; those that make no data or an error a state of its own are nearest to `keep`. */
const POLICIES: Readonly<Record<string, string>> = {
  ok: 'ok',
  normal: 'ok',
  alerting: 'alert',
  keeplast: 'keep',
  nodata: 'keep',
  error: 'keep',
};

/**
 * Results per evaluation, and the states, starts and ends that follow. An evaluation whose results are all "nodata" has no rows of a
 * metric; one with errors cannot be read. Who is alone is not split, so that what is said of the whole is said of it.
 */
export async function alertStateResults({ given, expect }: AlertingCase): Promise<Verdict> {
  const step = number(given.interval_s, 10);
  const rule = fields(given.rule);
  const evaluations = list(given.evaluations).map(fields);
  const names = [...new Set(evaluations.flatMap((one) => resultsOf(one).map(({ instance }) => instance)))].filter(
    (name) => name !== '',
  );
  const split = names.length > 1;
  const world = caseWorld(
    compileRules({
      Case: {
        log: { table: TABLE, value: 'Value', by: split ? ['instance'] : [] },
        when: '> 0',
        window: duration(step),
        every: duration(step),
        for: duration(number(rule.for_s)),
        keepFiringFor: duration(number(rule.keep_firing_for_s)),
        noData: POLICIES[text(rule.no_data_state).toLowerCase()] ?? 'keep',
        onError: POLICIES[text(rule.exec_err_state).toLowerCase()] ?? 'keep',
      },
    }),
    number(evaluations[0]?.t) - step,
  );
  const verdicts: Verdict[] = [];
  for (const evaluation of evaluations) {
    const at = number(evaluation.t);
    const results = resultsOf(evaluation);
    world.failure = failureOf(results);
    for (const { instance, state } of results) {
      if (state !== 'normal' && state !== 'alerting') continue;
      world.rows.push({ at: at - 0.001, arrives: at, cells: { instance, Value: state === 'alerting' ? 1 : 0 } });
    }
    await world.passTo(at, step);
    const wanted = fields(expect.by_time)[String(at)];
    if (wanted !== undefined) verdicts.push(listing(world, fields(wanted), at));
    for (const one of list(fields(expect.transitions)[String(at)])) verdicts.push(stateOf(world, fields(one), at, split));
  }
  const end = number(evaluations.at(-1)?.t);
  for (const one of list(expect.final)) verdicts.push(stateOf(world, fields(one), end, split));
  return excused(allOf(verdicts), rule, evaluations, world);
}

function resultsOf(evaluation: Fields): readonly Result[] {
  return list(evaluation.results).map((one) => ({
    instance: text(fields(one).instance),
    state: text(fields(one).state).toLowerCase(),
  }));
}

function failureOf(results: readonly Result[]): TocsinError | null {
  if (results.some(({ state }) => state === 'error')) return new TocsinError('TCN-A005', 'the query failed');
  if (results.length > 0 && results.every(({ state }) => state === 'nodata')) return new TocsinError('TCN-A007', 'nothing came');
  return null;
}

/** Which differences are decisions: they are looked for in what happened, not in the case's name. */
function excused(verdict: Verdict, rule: Fields, evaluations: readonly Fields[], world: CaseWorld): Verdict {
  if (verdict.result === 'passed') return verdict;
  const states = evaluations.flatMap((one) => resultsOf(one).map(({ state }) => state));
  const ownState =
    (states.includes('nodata') && ['nodata', ''].includes(text(rule.no_data_state).toLowerCase())) ||
    (states.includes('error') && ['error', ''].includes(text(rule.exec_err_state).toLowerCase()));
  if (ownState) return unsupported('no state of its own');
  return world.instances().some(({ reason }) => reason === 'relapse') ? unsupported('relapse') : verdict;
}

/** The words of the sources for the states and reasons of Tocsin. */
const REASON_WORDS: Readonly<Record<string, string>> = { 'no data': 'NoData', error: 'Error', missing: 'MissingSeries' };

function wordsOf(instance: Instance | undefined): { readonly state: string; readonly reason: string } {
  if (instance === undefined) return { state: 'Normal', reason: '' };
  const states = { pending: 'Pending', firing: 'Alerting', recovering: 'Recovering', resolved: 'Normal' } as const;
  return { state: states[instance.state], reason: REASON_WORDS[instance.reason] ?? '' };
}

function find(world: CaseWorld, name: string, split: boolean): Instance | undefined {
  return world.instances().find(({ labels }) => !split || labels.instance === name);
}

/** One expected state: what is known of the instance, its start, its end and when its receivers were told last. */
function stateOf(world: CaseWorld, wanted: Fields, at: number, split: boolean): Verdict {
  const name = text(wanted.instance);
  const instance = find(world, name, split);
  const { state, reason } = wordsOf(instance);
  const verdicts = [compared(`state of ${name} at ${at}`, state, wanted.state)];
  const wantedReason = text(wanted.reason);
  if (instance !== undefined && wantedReason !== '')
    verdicts.push(compared(`reason of ${name} at ${at}`, reason, wantedReason.replace(/, KeepLast$/, '')));
  if (instance === undefined && wantedReason === 'NoData') verdicts.push(saidNoData(world, at));
  if (instance !== undefined) {
    const times = timesOf(instance, world);
    for (const key of ['fired_at', 'resolved_at', 'last_sent_at'] as const) {
      if (wanted[key] !== undefined) verdicts.push(compared(`${key} of ${name} at ${at}`, times[key], wanted[key]));
    }
    if (instance.state !== 'resolved' && wanted.starts_at !== undefined) {
      verdicts.push(compared(`starts_at of ${name} at ${at}`, times.starts_at, wanted.starts_at));
    }
    if (instance.state === 'resolved' && wanted.ends_at !== undefined) {
      verdicts.push(compared(`ends_at of ${name} at ${at}`, times.resolved_at, wanted.ends_at));
    }
  }
  return allOf(verdicts);
}

function timesOf(instance: Instance, { transitions }: CaseWorld): Readonly<Record<string, number | null>> {
  const { activeAt, firedAt, resolvedAt, fingerprint } = instance;
  return {
    starts_at: secondsOf(firedAt ?? activeAt),
    fired_at: firedAt === null ? null : secondsOf(firedAt),
    resolved_at: resolvedAt === null ? null : secondsOf(resolvedAt),
    last_sent_at: transitions.findLast(({ alert }) => alert.fingerprint === fingerprint)?.told ?? null,
  };
}

/** Nothing is kept of an instance that is well; the evaluation log has the reason. */
function saidNoData({ entries }: CaseWorld, at: number): Verdict {
  const said = entries.some((entry) => secondsOf(entry.at) === at && entry.reason.includes('nothing came'));
  return said ? PASSED : failed(`the evaluation log does not say that there was no data at ${at}`);
}

/** A table of states at one time: who is active, and who was resolved by this very evaluation. */
function listing(world: CaseWorld, wanted: Fields, at: number): Verdict {
  const { notified_resolved: notified, ...states } = wanted;
  const shown = world
    .instances()
    .filter(({ state, resolvedAt }) => state !== 'resolved' || (resolvedAt !== null && secondsOf(resolvedAt) === at));
  const actual = Object.fromEntries(
    shown.map((instance) => {
      const { state, reason } = wordsOf(instance);
      return [instance.labels.instance ?? '', reason === '' ? state : `${state}(${reason})`];
    }),
  );
  const told = world.transitions
    .filter((one) => one.kind === 'resolved' && one.told === at)
    .map(({ alert }) => alert.labels.instance);
  return allOf([compared(`states at ${at}`, actual, states), compared(`told as resolved at ${at}`, told, notified ?? [])]);
}
