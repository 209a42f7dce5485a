import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { episodeOf } from '../../src/alerts/episode.ts';
import { escalated, escalationsOf, nextEscalation, waitingOf } from '../../src/alerts/escalation.ts';
import { shouldNotify, snapshotOf } from '../../src/alerts/should-notify.ts';
import { type Acknowledgement, isAcknowledged, isWorse, levelOfAlert } from '../../src/model/acknowledgement.ts';
import type { Alert } from '../../src/model/alert.ts';
import { applyTransition, type StoredAlert, withAcknowledgement } from '../../src/model/alert-episode.ts';
import type { SentEntry } from '../../src/model/notification.ts';
import type { Severity } from '../../src/model/rule.ts';
import { alertOf, resolved } from './make.ts';

const START = Date.parse('2026-11-21T08:00:00Z');
const MINUTE = 60_000;
const POLICY = { sendResolved: true, repeatInterval: 4 * 60 * MINUTE };
const chat = alertOf('chat', { startsAt: START });

const care = (fields: Partial<Acknowledgement> = {}): Acknowledgement => ({
  by: 'kim',
  comment: '',
  at: START,
  until: null,
  severity: 1,
  level: 1,
  ...fields,
});
const sentOf = (alerts: readonly Alert[], at: number, now: number): SentEntry => {
  const { firing, resolved: gone, acknowledged = new Set() } = snapshotOf(alerts, now);
  return { id: 'msg', at, firing: [...firing], resolved: [...gone], acknowledged: [...acknowledged] };
};
const decide = (alerts: readonly Alert[], sent: SentEntry | null, now: number) =>
  shouldNotify(snapshotOf(alerts, now), sent, POLICY, now);

describe('how far out a value is', () => {
  it.each([
    ['> 10%', 0.1, 0.11, 0],
    ['> 10%', 0.1, 0.2, 1],
    ['> 10%', 0.1, 0.39, 1],
    ['> 10%', 0.1, 0.4, 2],
    ['< 100', 100, 60, 0],
    ['< 100', 100, 50, 1],
    ['< 100', 100, 0, 32],
    ['outside the usual', 0.1, 0.9, 0],
    ['> 0', 0, 50, 0],
    ['> 10%', 0.1, null, 0],
  ])('%s (%s) at %s is level %s', (condition, threshold, value, level) => {
    expect(levelOfAlert({ condition, value, evidence: { points: [], threshold, unit: 'ratio' } })).toBe(level);
  });
});

describe('an acknowledgement', () => {
  const stored: StoredAlert = { alert: chat, groups: ['g'], appliedAt: START, applied: ['t0'] };
  const taken = (fields: Partial<Acknowledgement> = {}) => {
    const line = { at: START, what: 'acknowledged', reason: 'kim', value: null } as const;
    const next = withAcknowledgement(stored, START, care(fields), line);
    if (next === null) throw new Error('it fires');
    return next;
  };
  const then = (
    before: StoredAlert,
    alert: Alert,
    at = START + MINUTE,
    kind: 'corrected' | 'worsened' | 'resolved' | 'fired' = 'corrected',
  ) => applyTransition(before, { id: `t${at}${kind}`, kind, at, alert }, ['g'])?.alert;

  it('holds while the alert stays as bad, and stands in its history', () => {
    const next = then(taken(), { ...chat, value: 0.3 });
    expect(next && isAcknowledged(next, START + MINUTE)).toBe(true);
    expect(taken().alert.history.at(-1)).toMatchObject({ what: 'acknowledged', reason: 'kim' });
  });

  it('is over when the alert gets more severe or a level further out, and stays over when it gets better again', () => {
    const severe = then(taken(), { ...chat, severity: 0 });
    const far = then(taken(), { ...chat, value: 0.4 });
    for (const next of [severe, far]) {
      expect(next).toMatchObject({ worseAt: START + MINUTE });
      expect(next?.acknowledgement).toBeUndefined();
      expect(next?.history.at(-1)).toMatchObject({ what: 'got worse' });
    }
    const better = then(
      { ...stored, alert: far ?? chat, appliedAt: START + MINUTE },
      { ...chat, value: 0.2 },
      START + 2 * MINUTE,
    );
    expect(better && isAcknowledged(better, START + 2 * MINUTE)).toBe(false);
  });

  it('is what news of a level is for: without it they change nothing', () => {
    const further = { ...chat, value: 0.5 };
    expect(then(stored, further, START + MINUTE, 'worsened')).toBeUndefined();
    expect(then(taken(), further, START + MINUTE, 'worsened')).toMatchObject({ value: 0.5, worseAt: START + MINUTE });
  });

  it('lapses at its time, ends with the alert, and is not for another episode', () => {
    const timed = taken({ until: START + MINUTE }).alert;
    expect([isAcknowledged(timed, START + MINUTE - 1), isAcknowledged(timed, START + MINUTE)]).toEqual([true, false]);
    const over = then(taken(), resolved(chat, START + MINUTE), START + MINUTE, 'resolved');
    expect([over?.acknowledgement?.by, over && isAcknowledged(over, START + MINUTE)]).toEqual(['kim', false]);
    const again = then(taken(), { ...chat, startsAt: START + MINUTE }, START + MINUTE, 'fired');
    expect(again?.acknowledgement).toBeUndefined();
    const line = { at: START, what: 'acknowledged', reason: 'kim', value: null } as const;
    expect(withAcknowledgement(stored, START + 1, care(), line)).toBeNull();
  });

  it('is never kept through anything worse, whatever comes', () => {
    const step = fc.record({ value: fc.double({ min: 0, max: 10, noNaN: true }), severity: fc.integer({ min: 0, max: 4 }) });
    fc.assert(
      fc.property(step, fc.array(step, { maxLength: 8 }), (first, steps) => {
        let now: StoredAlert = { ...stored, alert: { ...chat, value: first.value, severity: first.severity as Severity } };
        const taken = care({ severity: now.alert.severity, level: levelOfAlert(now.alert) });
        now = withAcknowledgement(now, START, taken, { at: START, what: 'acknowledged', reason: '', value: null }) ?? now;
        let worse = false;
        for (const [index, { value, severity }] of steps.entries()) {
          const alert = { ...chat, value, severity: severity as Severity };
          worse ||= isWorse(alert, taken);
          const at = START + index + 1;
          now = applyTransition(now, { id: `${index}`, kind: 'corrected', at, alert }, ['g']) ?? now;
          expect(isAcknowledged(now.alert, at)).toBe(!worse);
        }
      }),
    );
  });
});

describe('what acknowledgements make of notifications', () => {
  const acked = { ...chat, acknowledgement: care() };

  it('tells those who know of the alert once that somebody takes care of it, and reminds nobody', () => {
    const before = sentOf([chat], START, START);
    expect(decide([acked], before, START + MINUTE)).toBe('acknowledged');
    const after = sentOf([acked], START + MINUTE, START + MINUTE);
    for (const hours of [1, 4, 100]) expect(decide([acked], after, START + hours * 60 * MINUTE)).toBeNull();
    expect(decide([resolved(acked, START + 2 * MINUTE)], after, START + 2 * MINUTE)).toBe('all resolved');
  });

  it('says when it got worse, or when the acknowledgement is over for another reason', () => {
    const after = sentOf([acked], START + MINUTE, START + MINUTE);
    expect(decide([{ ...chat, worseAt: START + 2 * MINUTE }], after, START + 3 * MINUTE)).toBe('got worse');
    expect(decide([chat], after, START + 3 * MINUTE)).toBe('acknowledgement over');
  });

  it('still reminds of what else fires in the group', () => {
    const other = alertOf('embeddings', { startsAt: START });
    const after = sentOf([acked, other], START, START);
    expect(decide([acked, other], after, START + POLICY.repeatInterval)).toBe('repeat due');
  });

  it('never reminds while everything is taken care of, and always is silent right after what was just said', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    const group = fc.uniqueArray(fc.record({ name, acked: fc.boolean(), gone: fc.boolean(), worse: fc.boolean() }), {
      selector: (one) => one.name,
    });
    const alertsOf = (all: readonly { name: string; acked: boolean; gone: boolean; worse: boolean }[]) =>
      all.map((one): Alert => {
        const alert = alertOf(one.name, { startsAt: START });
        const open = one.acked ? { ...alert, acknowledgement: care() } : one.worse ? { ...alert, worseAt: START } : alert;
        return one.gone ? resolved(open, START + MINUTE) : open;
      });
    fc.assert(
      fc.property(group, group, fc.nat(100 * 60), (told, now, minutes) => {
        const sent = sentOf(alertsOf(told), START, START);
        const time = START + minutes * MINUTE;
        const alerts = alertsOf(now);
        const reason = decide(alerts, sent, time);
        if (now.every(({ acked: taken, gone }) => taken || gone)) expect(reason).not.toBe('repeat due');
        if (reason === 'acknowledged') expect(alerts.some((alert) => isAcknowledged(alert, time))).toBe(true);
        if (reason !== null) expect(decide(alerts, sentOf(alerts, time, time), time)).toBeNull();
      }),
    );
  });
});

describe('escalation', () => {
  const steps = [
    { after: 15 * MINUTE, receivers: ['lead'] },
    { after: 30 * MINUTE, receivers: ['manager', 'lead', 'on-call'] },
  ];

  it('calls each receiver at its earliest step, and nobody whom the route tells anyway', () => {
    expect([...escalationsOf({ escalate: steps, receivers: ['on-call'] })]).toEqual([
      ['lead', 15 * MINUTE],
      ['manager', 30 * MINUTE],
    ]);
  });

  it('waits from the time at which people could know, without a break', () => {
    const first = waitingOf([chat], undefined, START);
    expect(waitingOf([chat], first, START + 10 * MINUTE)).toEqual(first);
    expect(waitingOf([], first, START + 10 * MINUTE)).toEqual({});
    expect(waitingOf([{ ...chat, acknowledgement: care() }], first, START + MINUTE)).toEqual({});
    expect(waitingOf([resolved(chat, START + MINUTE)], first, START + MINUTE)).toEqual({});
  });

  it('shows who comes in late only what has waited, and then what becomes of it', () => {
    const other = alertOf('embeddings', { startsAt: START + 10 * MINUTE });
    const waiting = { [episodeOf(chat)]: START, [episodeOf(other)]: START + 10 * MINUTE };
    const at = START + 15 * MINUTE;
    expect(escalated([chat, other], waiting, 15 * MINUTE, null, at - 1)).toEqual([]);
    expect(escalated([chat, other], waiting, 15 * MINUTE, null, at)).toEqual([chat]);
    const gone = resolved(chat, at + MINUTE);
    expect(escalated([gone, other], {}, 15 * MINUTE, { firing: [episodeOf(chat)], resolved: [] }, at + MINUTE)).toEqual([gone]);
  });

  it('never calls for what is taken care of or has not waited, and is next due exactly when it would call', () => {
    const waits = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(60));
    fc.assert(
      fc.property(waits, fc.uniqueArray(fc.integer({ min: 1, max: 60 })), fc.nat(120), (begun, after, minute) => {
        const now = START + minute * MINUTE;
        const alerts = Object.keys(begun).map((name) => alertOf(name, { startsAt: START }));
        const waiting = Object.fromEntries(
          alerts.map((alert) => [episodeOf(alert), START + (begun[alert.labels.ModelDeploymentName ?? ''] ?? 0) * MINUTE]),
        );
        const called = (time: number) =>
          after.flatMap((each) =>
            escalated(alerts, waiting, each * MINUTE, null, time).map((alert) => `${each} ${episodeOf(alert)}`),
          );
        const next = nextEscalation(
          waiting,
          after.map((each) => each * MINUTE),
          now,
        );
        if (next === null) expect(called(now + 1_000 * MINUTE)).toEqual(called(now));
        else {
          expect(called(next - 1)).toEqual(called(now));
          expect(called(next).length).toBeGreaterThan(called(now).length);
        }
      }),
    );
  });
});
