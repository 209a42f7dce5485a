import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/model/duration.ts';
import type { Rule } from '../../src/model/rule.ts';
import { A, at, B, instances, LOG, ok, points, ruleOf, runOver, seriesOf, unknown, type World } from './support.ts';

const rule = ruleOf({ delay: 3 * MINUTE, keepFiringFor: 30 * MINUTE });
const HIGH = 20;
const LOW = 5;

/** Values by window (minute of its end), as they stand when the clock shows `now`; `late` replaces them nine minutes after the end. */
function run(
  first: Readonly<Record<number, number>>,
  late: Readonly<Record<number, number>>,
  to: number,
  changes: Partial<Rule> = {},
) {
  let now = 0;
  const world: World = (_, { end }) => {
    const minute = (end - at(0)) / MINUTE;
    const value = (now >= end + 9 * MINUTE ? late[minute] : undefined) ?? first[minute] ?? LOW;
    return ok(seriesOf({ ModelDeploymentName: 'chat' }, points([end - MINUTE, value])));
  };
  const times = Array.from({ length: to - 3 }, (_, index) => at(index + 4));
  return runOver({ ...rule, ...changes }, world, times, (time) => {
    now = time;
    return {};
  });
}

describe('a window that is read once more', () => {
  it('changes nothing where its verdict stays', () => {
    const { transitions, findings, state } = run({ 2: HIGH }, {}, 20);
    expect(transitions.map(({ kind }) => kind)).toEqual(['fired']);
    expect(findings).toEqual([]);
    expect(state?.recent.map(({ end }) => (end - at(0)) / MINUTE)).toEqual([12, 13, 14, 15, 16, 17]);
  });

  it('states on the same alert that a breach is taken back, and leaves the state to later windows', () => {
    const { transitions, state } = run({ 2: HIGH }, { 2: LOW }, 11);
    const [fired, corrected] = transitions;
    expect(corrected).toMatchObject({
      kind: 'corrected',
      at: at(8),
      alert: { fingerprint: fired?.alert.fingerprint, startsAt: at(2), status: 'firing', reason: 'corrected', value: LOW },
    });
    expect(corrected?.alert.history).toEqual([
      {
        at: at(8),
        what: 'corrected',
        reason: 'late data take back the breach of the window of 1m that ended 6m earlier',
        value: LOW,
      },
    ]);
    expect(instances(state)).toMatchObject([{ state: 'recovering', reason: 'recovered' }]);
  });

  it('states on the same alert that another window was a breach', () => {
    const { transitions } = run({ 2: HIGH }, { 3: HIGH }, 12);
    expect(transitions.at(-1)).toMatchObject({ kind: 'corrected', alert: { value: HIGH, status: 'firing' } });
    expect(transitions.at(-1)?.alert.history[0]?.reason).toMatch(/make the window of 1m that ended 6m earlier a breach$/);
  });

  it('speaks of an alert that has just resolved', () => {
    const { transitions } = run({ 2: HIGH }, { 2: LOW }, 12, { keepFiringFor: 0 });
    expect(transitions.map((one) => [one.kind, one.alert.status])).toEqual([
      ['fired', 'firing'],
      ['resolved', 'resolved'],
      ['corrected', 'resolved'],
    ]);
  });

  it('makes a finding of a breach that no alert speaks of', () => {
    const { transitions, findings } = run({}, { 3: HIGH }, 14);
    expect(transitions).toEqual([]);
    expect(findings).toMatchObject([
      {
        kind: 'late breach',
        rule: 'TooMany',
        firstAt: at(3),
        value: HIGH,
        count: 1,
        summary: 'Seen only when late data had arrived: chat on a: 20',
      },
    ]);
  });

  it('says so in the evaluation log, and is then forgotten', () => {
    const { judgements } = run({ 2: HIGH }, { 2: LOW }, 14);
    expect(judgements.map(({ entry }) => entry.reason).filter((reason) => reason.includes('corrected'))).toEqual([
      '1 verdicts corrected by late data',
    ]);
  });

  it('does not speak of a target that was not judged in it', () => {
    // The window to 12:01 can never be read of B, so its later windows wait although they could be.
    const world: World = (target, { end }) =>
      target === B && end === at(1)
        ? unknown('error')
        : ok(seriesOf({ ModelDeploymentName: 'chat' }, points([end - MINUTE, target === B ? HIGH : LOW])));
    const times = Array.from({ length: 8 }, (_, index) => at(index + 4));
    const { findings, state } = runOver(ruleOf({ delay: 3 * MINUTE, for: 20 * MINUTE }), world, times, { targets: [A, B] });
    expect(state).toMatchObject({ lastWindowEnd: at(8), lagging: { [B]: at(0) } });
    expect(state?.recent.map(({ end, without }) => [end, without])).toContainEqual([at(3), [B]]);
    expect(findings).toEqual([]);
  });

  it('shows that a key had spoken after all', () => {
    let now = 0;
    const absent = ruleOf({
      signal: { ...LOG, value: null },
      condition: { kind: 'absent', for: 5 * MINUTE, expect: [{ kind: 'names', names: ['nightly'] }] },
      window: 5 * MINUTE,
      delay: 3 * MINUTE,
    });
    const world: World = (_, window) => {
      const seen = now >= at(10) && window.start <= at(0) && at(0) < window.end;
      return ok(...(seen ? [seriesOf({ Experiment: 'nightly' }, points([at(0), 1]))] : []));
    };
    const { transitions, state } = runOver(absent, world, [4, 5, 6, 7, 8, 9, 10].map(at), (time) => {
      now = time;
      return { watermarks: { [A]: time } };
    });
    expect(transitions.map((one) => [one.kind, one.at])).toEqual([
      ['fired', at(1)],
      ['corrected', at(7)],
    ]);
    expect(Object.values(state?.expected ?? {})).toMatchObject([{ lastSeenAt: at(0) }]);
  });

  it('says nothing of a target that joined the shard after the window was judged', () => {
    let now = 0;
    const world: World = (id) => ok(seriesOf({ ModelDeploymentName: 'chat' }, minutesOf(id === B ? HIGH : LOW)));
    const minutesOf = (value: number) => points(...Array.from({ length: 30 }, (_, index) => [at(index), value] as const));
    const times = Array.from({ length: 26 }, (_, index) => at(index + 4));
    const { transitions, findings } = runOver(rule, world, times, (time) => {
      now = time;
      return { targets: now < at(10) ? [A] : [A, B] };
    });
    expect(transitions.map(({ kind, at: when }) => [kind, (when - at(0)) / MINUTE])).toEqual([['fired', 7]]);
    expect(findings).toEqual([]);
  });
});
