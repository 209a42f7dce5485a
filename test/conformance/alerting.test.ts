import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasShared, SHARED } from '../support/shared.ts';
import type { AlertingCase, Reason } from './alerting/case.ts';
import { judgeCase, readCases } from './alerting.ts';

/** Every case that does not pass, and the decision for which it does not (docs/decisions/0010-alerting-conformance.md). */
const EXCEPTIONS: Readonly<Record<string, Reason>> = {
  'az-log-stateless': 'stateful',
  'ea-exponential-realert': 'growing repeat',
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

  it('fails what it cannot understand, and does not run what it does not know', async () => {
    expect((await judgeCase({ id: 'x', kind: 'threshold-predicate', given: { what: 1 }, expect: {} })).result).toBe('failed');
    expect(await judgeCase({ id: 'x', kind: 'unheard of', given: {}, expect: {} })).toEqual({
      result: 'unsupported',
      reason: 'not yet',
    });
  });
});
