import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasShared, SHARED } from '../support/shared.ts';
import type { AlertingCase, Reason } from './alerting/case.ts';
import { judgeCase, readCases } from './alerting.ts';

/** Every case that does not pass, and the decision for which it does not (docs/decisions/0010-alerting-conformance.md). */
const EXCEPTIONS: Readonly<Record<string, Reason>> = {
  'az-log-stateless': 'stateful',
  'graf-first-result-nodata-as-nodata': 'no state of its own',
  'graf-nodata-resets-pending': 'no state of its own',
  'graf-recovering-relapse-skips-for': 'relapse',
  'prom-duplicate-label-set-is-an-error': 'rule labels',
  'prom-restore-normal': 'outage',
};

describe.skipIf(!hasShared)('the alerting cases of other products', async () => {
  const cases = hasShared ? await readCases(join(SHARED, 'alerting/cases')) : [];
  const verdicts = new Map<string, Awaited<ReturnType<typeof judgeCase>>>();
  for (const one of cases) verdicts.set(one.id, await judgeCase(one));
  const run = cases.filter(({ id }) => {
    const verdict = verdicts.get(id);
    return verdict?.result !== 'unsupported' || verdict.reason !== 'not yet';
  });

  it.each(run)('$id', ({ id }) => {
    const reason = EXCEPTIONS[id];
    expect(verdicts.get(id)).toEqual(reason === undefined ? { result: 'passed' } : { result: 'unsupported', reason });
  });
});

describe('the runner', () => {
  const passed = { result: 'passed' };

  const frequency = (events: number, wanted: number): AlertingCase => ({
    id: 'made up',
    kind: 'event-rule',
    given: {
      rule: { type: 'frequency', num_events: 10, timeframe_s: 60 },
      steps: [{ op: 'events', events: Array.from({ length: events }, (_, index) => ({ ts: index })) }],
    },
    expect: { matches_total_after_step: [wanted] },
  });

  it('passes what is right, fails what is wrong', async () => {
    expect(await judgeCase(frequency(10, 1))).toEqual({ result: 'passed' });
    expect(await judgeCase(frequency(9, 0))).toEqual({ result: 'passed' });
    expect((await judgeCase(frequency(9, 1))).result).toBe('failed');
    expect((await judgeCase(frequency(10, 0))).result).toBe('failed');
  });

  it('excuses only repeated matches, and only where the alert goes on', async () => {
    expect(await judgeCase(frequency(30, 3))).toEqual({ result: 'unsupported', reason: 'stateful' });
    expect((await judgeCase(frequency(9, 2))).result).toBe('failed');
  });

  it('does not run what it does not know', async () => {
    const unread = { result: 'unsupported', reason: 'not yet' };
    const kinds = [
      'threshold-predicate',
      'ratio-predicate',
      'burn-rate-decision',
      'dynamic-threshold-gate',
      'alert-send',
      'silence-match',
      'silence-update',
      'processing-rule',
      'delivery-retry',
      'webhook-verify',
      'payload-map',
    ];
    for (const kind of kinds) {
      expect(await judgeCase({ id: 'x', kind, given: { what: 1 }, expect: {} }), kind).toMatchObject(unread);
      expect(await judgeCase({ id: 'x', kind, given: { what: 1 }, expect: { that: 'is it' } }), kind).toMatchObject(unread);
    }
    expect(await judgeCase({ id: 'x', kind: 'unheard of', given: {}, expect: {} })).toEqual(unread);
  });

  it('asks a dynamic threshold for three days and thirty samples, and for three weeks before it knows weekdays', async () => {
    const gate = (given: object, expected: object) =>
      judgeCase({ id: 'x', kind: 'dynamic-threshold-gate', given: { ...given }, expect: { ...expected } });
    const cases = [
      { days: 2.9, samples: 400 },
      { days: 3, samples: 29 },
      { days: 3, samples: 30 },
    ];
    expect(await gate({ cases }, { can_alert: [false, false, true] })).toEqual(passed);
    expect((await gate({ cases }, { can_alert: [false, true, true] })).result).toBe('failed');
    expect(await gate({ history_days: 9, samples: 500, conditions: 2 }, { gate: 'closed' })).toEqual(passed);
    expect(await gate({ history_days: 22, frequency_s: 3600 }, { weekly_season: true })).toEqual(passed);
    expect(await gate({ history_days: 14, frequency_s: 3600 }, { weekly_season: false })).toEqual(passed);
  });

  it('plays resends as the repeat interval of a route, and excuses only those of what is over', async () => {
    const samples = [1, 1, 1, 1, 0, 0].map((value, index) => [60 * index, value]);
    const given = {
      rule: { condition: { op: '>', threshold: 0 }, for_s: 60, labels: {} },
      series: [{ labels: { instance: '0' }, samples }],
      eval_times_s: samples.map(([at]) => at),
      resend_delay_s: 60,
    };
    const sends = (...times: readonly unknown[]) => judgeCase({ id: 'x', kind: 'alert-send', given, expect: { sends: times } });
    const over = { t: 240, state: 'resolved', instance: 'instance=0' };
    expect(await sends(60, 180, over)).toEqual(passed);
    expect(await sends(60, 180, over, { ...over, t: 300 })).toEqual({ result: 'unsupported', reason: 'not sent again' });
    expect((await sends(60, 120, 180, over)).result).toBe('failed');
    expect((await sends(60, over)).result).toBe('failed');
  });

  it('runs silences, signatures and payloads under the names that it knows, and says which it does not', async () => {
    const judged = async (kind: string, given: object, expected: object) =>
      (await judgeCase({ id: 'x', kind, given: { ...given }, expect: { ...expected } })).result;
    const silence = { matchers: [{ name: 'a', value: 'b', op: '=' }], starts_at: 0, ends_at: 100 };
    const longer = { ...silence, ends_at: 200 };
    expect(await judged('silence-update', { before: silence, after: longer, now: 50 }, { ok: true })).toBe('passed');
    expect(await judged('silence-update', { before: silence, after: longer, now: 50 }, { ok: false })).toBe('failed');
    expect(await judged('silence-update', { before: silence, after: { until: 3 } }, { ok: true })).toBe('unsupported');
    const request = {
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      webhook_id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      webhook_timestamp: 1614265330,
      body: '{"test": 2432232314}',
      webhook_signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    expect(await judged('webhook-verify', request, { valid: true })).toBe('passed');
    expect(await judged('webhook-verify', { ...request, body: '{}' }, { valid: true })).toBe('failed');
    expect(await judged('webhook-verify', { ...request, webhook_id: undefined }, { valid: false })).toBe('passed');
    expect(await judged('webhook-verify', { key: 'x', headers: { 'x-id': '1' } }, { valid: true })).toBe('unsupported');
    expect(await judged('delivery-retry', { statuses: [503, 404] }, { retried: [true, false] })).toBe('passed');
    expect(await judged('processing-rule', {}, { sent_after: true })).toBe('passed');
    expect(await judged('processing-rule', {}, { sent_after: [] })).toBe('unsupported');
  });

  const played = (steps: readonly object[], notifications: readonly object[]): AlertingCase => ({
    id: 'made up',
    kind: 'notify-sim',
    given: {
      config: {
        group_by: [],
        group_wait_s: 1,
        group_interval_s: 6,
        repeat_interval_s: 600,
        receivers: [{ name: 'one', send_resolved: true }],
      },
      timeline: [{ t: 1, op: 'push', alerts: [{ labels: { alertname: 'a' }, starts_at: 1 }] }, ...steps],
    },
    expect: { notifications, tolerance_s: 0.15 },
  });
  const a = { labels: { alertname: 'a' }, starts_at: 1 };
  const b = { labels: { alertname: 'b' }, starts_at: 4 };

  it('plays reloads: the interval counts from there', async () => {
    const steps = [
      { t: 3, op: 'reload' },
      { t: 4, op: 'push', alerts: [b] },
    ];
    const first = { receiver: 'one', between: [2, 2.5], alerts: [a] };
    expect(await judgeCase(played(steps, [first, { receiver: 'one', between: [9, 9.5], alerts: [a, b] }]))).toEqual(passed);
    expect((await judgeCase(played(steps, [first, { receiver: 'one', between: [8, 8.5], alerts: [a, b] }]))).result).toBe(
      'failed',
    );
  });

  it('plays the end of a silence before its time', async () => {
    const steps = [
      { t: 1.1, op: 'silence', id: 's', ends_at: 900, matchers: [{ name: 'alertname', value: 'a', is_regex: false }] },
      { t: 7, op: 'delete-silence', id: 's' },
    ];
    expect(await judgeCase(played(steps, [{ receiver: 'one', between: [8, 8.5], alerts: [a] }]))).toEqual(passed);
  });

  it('verifies signatures as a receiver does', async () => {
    const given = {
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      headers: {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,bm90 v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      body: '{"test": 2432232314}',
      now: 1614265330,
    };
    const verify = async (changed: object) =>
      (await judgeCase({ id: 'x', kind: 'webhook-verify', given: { ...given, ...changed }, expect: { valid: true } })).result;
    expect(await verify({})).toBe('passed');
    expect(await verify({ body: '{}' })).toBe('failed');
    expect(await verify({ now: 1614265330 + 301 })).toBe('failed');
  });
});
