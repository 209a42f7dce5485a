import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/model/duration.ts';
import type { Rule } from '../../src/model/rule.ts';
import type { Reading } from '../../src/model/series.ts';
import {
  A,
  at,
  B,
  evaluateAt,
  instances,
  LOG,
  METRIC,
  minutes,
  ok,
  points,
  ruleOf,
  runOver,
  seriesOf,
  unknown,
  type World,
} from './support.ts';

const HIGH = 20;
const LOW = 5;

type Minute = number | 'nothing' | Reading;

/** Minute by minute: a value, no data at all, or a reading that failed. */
const worldOf =
  (...course: readonly Minute[]): World =>
  (_, { end }) => {
    const now = course[Math.round((end - at(1)) / MINUTE)] ?? 'nothing';
    if (now === 'nothing') return ok();
    return typeof now === 'number' ? ok(seriesOf({ ModelDeploymentName: 'chat' }, points([end - MINUTE, now]))) : now;
  };

const times = (count: number) => Array.from({ length: count }, (_, index) => at(index + 1));

function course(rule: Rule, ...given: readonly Minute[]) {
  const run = runOver(rule, worldOf(...given), times(given.length));
  const states = run.judgements.map(({ next }) => {
    const found = instances(next).map(({ state, reason }) => `${state} (${reason})`);
    return found.length === 0 ? '-' : found.join(' + ');
  });
  return { ...run, states };
}

describe('a target without data', () => {
  it('keeps its state by default, and says why beside it', () => {
    const { states, state } = course(ruleOf({ for: MINUTE }), HIGH, HIGH, 'nothing', 'nothing');
    expect(states).toEqual(['pending (breach)', 'firing (breach)', 'firing (no data)', 'firing (no data)']);
    expect(instances(state)[0]?.blindSince).toBe(at(3));
  });

  it('keeps a pending series pending, which fires only on a breach', () => {
    expect(course(ruleOf({ for: 2 * MINUTE }), HIGH, 'nothing', 'nothing', HIGH).states).toEqual([
      'pending (breach)',
      'pending (no data)',
      'pending (no data)',
      'firing (breach)',
    ]);
  });

  it('continues an alert that data interrupt for a while: same start, nothing told', () => {
    const { transitions, state } = course(ruleOf(), HIGH, 'nothing', HIGH);
    expect(transitions).toHaveLength(1);
    expect(instances(state)[0]).toMatchObject({ firedAt: at(1), blindSince: null, reason: 'breach' });
  });

  it('resolves under `noData: ok`, with that reason', () => {
    const { states, transitions } = course(ruleOf({ noData: 'ok' }), HIGH, 'nothing');
    expect(states).toEqual(['firing (breach)', 'resolved (no data)']);
    expect(transitions.at(-1)).toMatchObject({ kind: 'resolved', alert: { reason: 'no data' } });
  });

  it('alerts under `noData: alert` as the target itself, after `for`, and recovers when data are back', () => {
    const { states, transitions } = course(ruleOf({ noData: 'alert', for: MINUTE }), LOW, 'nothing', 'nothing', LOW);
    expect(states).toEqual(['-', 'pending (no data)', 'firing (no data)', 'resolved (recovered)']);
    expect(transitions.map((one) => [one.kind, one.alert.labels, one.alert.reason])).toEqual([
      ['fired', {}, 'no data'],
      ['resolved', {}, 'recovered'],
    ]);
  });

  it('under `noData: alert` leaves the series it knew as they were', () => {
    expect(course(ruleOf({ noData: 'alert' }), HIGH, 'nothing').states).toEqual([
      'firing (breach)',
      'firing (no data) + firing (no data)',
    ]);
  });

  it('under `noData: alert` is the same series where the rule does not split', () => {
    const rule = ruleOf({ noData: 'alert', signal: { ...METRIC, by: [] } });
    const world: World = (_, { end }) => (end === at(1) ? ok(seriesOf({}, points([at(0), HIGH]))) : ok());
    expect(instances(runOver(rule, world, times(3)).state)).toMatchObject([
      { state: 'firing', reason: 'no data', firedAt: at(1) },
    ]);
  });

  it('becomes a finding at once under `noData: report`', () => {
    const { findings, transitions } = course(ruleOf({ noData: 'report' }), LOW, 'nothing', 'nothing');
    expect(transitions).toEqual([]);
    expect(findings.map(({ kind, count, firstAt, lastAt }) => [kind, count, firstAt, lastAt])).toEqual([
      ['blind', 1, at(2), at(2)],
      ['blind', 2, at(2), at(3)],
    ]);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(1);
  });
});

describe('blindness that is kept', () => {
  it('becomes a finding after an hour; the state stays', () => {
    const { findings, state } = course(ruleOf(), HIGH, ...Array.from({ length: 62 }, () => 'nothing' as const));
    expect(findings.map(({ lastAt }) => (lastAt - at(0)) / MINUTE)).toEqual([62, 63]);
    expect(findings[0]).toMatchObject({ kind: 'blind', rule: 'TooMany', target: A, firstAt: at(2), code: 'TCN-E003' });
    expect(instances(state)[0]).toMatchObject({ state: 'firing', reason: 'no data' });
  });

  it('becomes one only after four windows where those are longer', () => {
    const rule = ruleOf({ window: HOUR });
    const { findings } = course(rule, ...Array.from({ length: 242 }, () => 'nothing' as const));
    expect(findings.map(({ lastAt }) => (lastAt - at(0)) / MINUTE)).toEqual([241, 242]);
  });

  it('makes another finding the next time', () => {
    const night = Array.from({ length: 61 }, () => 'nothing' as const);
    const { findings } = course(ruleOf(), ...night, LOW, ...night);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(2);
  });

  it('is none where a log table holds no row of the target at all: it may write to another workspace', () => {
    const rule = ruleOf({ signal: LOG, delay: MINUTE });
    const { state, findings } = runOver(rule, () => ok(), times(90), { watermarks: { [A]: null } });
    expect([state?.blind, findings]).toEqual([{}, []]);
  });
});

describe('a quiet resource beside one that writes', () => {
  const rule = ruleOf({ signal: LOG, delay: MINUTE });
  const quiet = (marks: (now: number) => Readonly<Record<string, number>>, world: World) =>
    runOver(rule, world, times(90), (now) => ({ targets: [A, B], watermarks: marks(now) }));

  it('is no blindness: its own silence is the likely reason', () => {
    const { state, findings } = quiet(
      (now) => ({ [A]: at(0), [B]: now }),
      () => ok(),
    );
    expect([state?.blind, findings]).toEqual([{}, []]);
  });

  it('is one where an alert of it is open, which is taken to be firing still', () => {
    const world: World = (target, { end }) =>
      target === A && end === at(1) ? ok(seriesOf({ ModelDeploymentName: 'chat' }, points([at(0), HIGH]))) : ok();
    const { state, findings } = quiet((now) => ({ [A]: at(1), [B]: now }), world);
    expect(instances(state)).toMatchObject([{ target: A, state: 'firing', reason: 'data late' }]);
    expect(new Set(findings.map(({ target }) => target))).toEqual(new Set([A]));
  });

  it('is one where nobody writes any more', () => {
    const { findings } = quiet(
      () => ({ [A]: at(0), [B]: at(0) }),
      () => ok(),
    );
    expect(new Set(findings.map(({ target }) => target))).toEqual(new Set([A, B]));
  });
});

describe('a reading that failed', () => {
  const rule = ruleOf({ delay: 2 * MINUTE });
  const failing = unknown('throttled', 'TCN-A001');

  /** Evaluated each minute; the reading fails in some of them, whatever the window. */
  function outage(broken: (minute: number) => boolean, count: number, changes: Partial<Rule> = {}) {
    const values = Array.from({ length: count + 1 }, (_, index) => (index >= 2 ? HIGH : LOW));
    let now = 0;
    const minutesOver = Array.from({ length: count }, (_, index) => index + 3);
    return runOver(
      { ...rule, ...changes },
      () => (broken(now) ? failing : ok(minutes(values))),
      minutesOver.map((minute) => at(minute)),
      (time) => {
        now = (time - at(0)) / MINUTE;
        return {};
      },
    );
  }

  it('judges nothing: the windows wait and are judged when reading works again', () => {
    const { judgements, transitions } = outage((minute) => minute >= 5 && minute <= 6, 5);
    expect(judgements.map(({ entry }) => [entry.outcome, entry.windows, entry.code])).toEqual([
      ['judged', 1, null],
      ['judged', 1, null],
      ['unknown', 0, 'TCN-A001'],
      ['unknown', 0, 'TCN-A001'],
      ['judged', 3, null],
    ]);
    expect(judgements[4]?.entry.reason).toMatch(/^caught up 3 windows, the oldest ended 4m ago$/);
    expect(transitions).toMatchObject([{ kind: 'fired', at: at(3) }]);
  });

  it('is given up after three times the delay, the state kept', () => {
    const { judgements, state } = outage((minute) => minute >= 6, 12);
    expect(instances(state)).toMatchObject([{ state: 'firing', reason: 'error' }]);
    const ends = judgements.map(({ next }) => (next.lastWindowEnd - at(0)) / MINUTE);
    expect(ends).toEqual([1, 2, 3, 3, 3, 3, 3, 3, 3, 10, 11, 12]);
  });

  it('is never called judged, in the minutes between windows either, when only windows of before are read once more', () => {
    const { judgements } = outage((minute) => minute >= 8, 40, { every: 5 * MINUTE, window: 5 * MINUTE });
    const blind = judgements.slice(5).filter(({ entry }) => entry.outcome !== 'waiting');
    expect(blind.length).toBeGreaterThan(20);
    for (const { entry } of blind) expect(entry).toMatchObject({ outcome: 'unknown', code: 'TCN-A001' });
  });

  it('follows another policy at once', () => {
    expect(outage((minute) => minute >= 5, 3, { onError: 'ok' }).state?.lastWindowEnd).toBe(at(3));
    const { transitions } = outage((minute) => minute >= 5, 3, { onError: 'alert' });
    expect(transitions).toMatchObject([{ kind: 'fired', at: at(3), alert: { reason: 'error', labels: {} } }]);
  });

  it('of one target does not hold up another, which lags alone', () => {
    const world: World = (target) => (target === A ? failing : ok(minutes([HIGH, HIGH])));
    const judgement = evaluateAt(rule, null, world, at(3), { targets: [A, B] });
    expect(judgement.next).toMatchObject({ lastWindowEnd: at(1), lagging: { [A]: at(0) } });
    expect(judgement.transitions.map((one) => one.alert.target)).toEqual([B]);
    expect(judgement.entry).toMatchObject({ outcome: 'judged', reason: 'throttled: could not be read' });
  });

  it('says "no data" under the policy for that', () => {
    const { states } = course(ruleOf({ noData: 'ok', delay: 0 }), HIGH, unknown('no data', 'TCN-A007'));
    expect(states).toEqual(['firing (breach)', 'resolved (no data)']);
  });
});

describe('a series that vanished beside others', () => {
  const both = (_: string, { end }: { end: number }) =>
    end <= at(1)
      ? ok(minutes([HIGH]), minutes([HIGH], { ModelDeploymentName: 'embed' }))
      : ok(seriesOf({ ModelDeploymentName: 'chat' }, points([end - MINUTE, HIGH])));

  it('is kept for one evaluation and resolves as missing at the second', () => {
    const { judgements, transitions } = runOver(ruleOf(), both, times(3));
    expect(judgements.map(({ transitions: told }) => told.length)).toEqual([2, 0, 1]);
    expect(transitions.at(-1)).toMatchObject({
      kind: 'resolved',
      at: at(3),
      alert: { labels: { ModelDeploymentName: 'embed' }, reason: 'missing' },
    });
  });

  it('is counted anew when it came back in between', () => {
    const flicker: World = (_, window) =>
      window.end === at(3) ? ok(minutes([0, 0, HIGH]), minutes([0, 0, HIGH], { ModelDeploymentName: 'embed' })) : both(_, window);
    expect(runOver(ruleOf(), flicker, times(4)).transitions.filter(({ kind }) => kind === 'resolved')).toEqual([]);
  });

  it('retires when its target has been gone from the inventory for an hour', () => {
    const world: World = () => ok(minutes([HIGH, HIGH, HIGH]));
    const run = (minutes: number) =>
      runOver(ruleOf(), world, times(minutes), (now) => ({ targets: now === at(1) ? [A, B] : [B] }));
    const ofA = (minutes: number) =>
      run(minutes).transitions.filter(({ alert, kind }) => alert.target === A && kind === 'resolved');
    expect(ofA(60)).toEqual([]);
    expect(ofA(61)).toMatchObject([{ at: at(61), alert: { reason: 'retired' } }]);
  });

  it('fires on when its target was missing from a listing or two', () => {
    const world: World = (_, { end }) => ok(seriesOf({ ModelDeploymentName: 'chat' }, points([end - MINUTE, HIGH])));
    const gap = (now: number) => ({ targets: now > at(5) && now < at(40) ? [B] : [A, B] });
    const { transitions } = runOver(ruleOf(), world, times(60), gap);
    expect(transitions.map(({ kind }) => kind)).toEqual(['fired', 'fired']);
  });
});

describe('a log table that is complete', () => {
  const rule = ruleOf({ signal: LOG, delay: MINUTE });
  const failed = (end: number) => ok(seriesOf({ Experiment: 'nightly' }, points([end - 1, 99])));
  const world: World = (_, { end }) => (end === at(1) ? failed(end) : ok());

  it('takes no row for an answer: what fired is missing after two windows', () => {
    const run = runOver(rule, world, [2, 3, 4].map(at), (now) => ({ watermarks: { [A]: now } }));
    expect(run.transitions.map((one) => [one.kind, one.at, one.alert.reason])).toEqual([
      ['fired', at(1), 'breach'],
      ['resolved', at(3), 'missing'],
    ]);
  });

  it('is not complete where its data are late: the state is kept', () => {
    const run = runOver(rule, world, [2, 4, 5].map(at), { watermarks: { [A]: at(1) } });
    expect(instances(run.state)).toMatchObject([{ state: 'firing', reason: 'data late' }]);
    expect(run.judgements.at(-1)?.entry).toMatchObject({
      outcome: 'unknown',
      reason: 'data late: newest AmlRunStatusChangedEvent row is 4m old',
    });
  });

  it('takes no series for vanished while its data are late, though others have some', () => {
    const partly: World = (_, { end }) =>
      end === at(1) ? failed(end) : ok(seriesOf({ Experiment: 'other' }, points([end - 1, 0])));
    const run = runOver(rule, partly, [2, 4, 5, 6].map(at), { watermarks: { [A]: at(1) } });
    expect(instances(run.state)).toMatchObject([{ state: 'firing', reason: 'data late', labels: { Experiment: 'nightly' } }]);
  });
});

describe('two series with one label set', () => {
  const twice: World = (target) => (target === A ? ok(minutes([HIGH]), minutes([LOW])) : ok(minutes([HIGH])));

  it('fail the evaluation of their target without touching its state, and of no other', () => {
    const before = evaluateAt(ruleOf(), null, () => ok(minutes([HIGH])), at(1), { targets: [A, B] });
    const after = evaluateAt(ruleOf(), { ...before.next, unsent: [] }, twice, at(2), { targets: [A, B] });
    expect(after.entry).toMatchObject({ outcome: 'failed', code: 'TCN-E001' });
    const of = (target: string) => (one: { readonly target: string }) => one.target === target;
    expect(instances(after.next).filter(of(A))).toEqual(instances(before.next).filter(of(A)));
  });
});
