import { describe, expect, it } from 'vitest';
import { unjudgedRules } from '../../src/digest/unjudged.ts';
import { MINUTE } from '../../src/model/duration.ts';
import { DAY_WINDOW, evaluated } from '../support/fixtures/day.ts';
import { missingDeploymentRule, throttledRule } from '../support/fixtures/rules.ts';

const now = DAY_WINDOW.end;
const rule = throttledRule();

describe('a rule that could not be judged', () => {
  it('is one that was never evaluated', () => {
    expect(unjudgedRules([rule], [], now)).toMatchObject([{ rule: rule.id, outcome: 'never evaluated' }]);
  });

  it('is not one whose shards all have a verdict', () => {
    expect(unjudgedRules([rule], [evaluated(rule.id), evaluated(rule.id, { shard: 'b' })], now)).toEqual([]);
  });

  it('is told by its worst shard', () => {
    const entries = [
      evaluated(rule.id),
      evaluated(rule.id, { shard: 'b', outcome: 'unknown', reason: 'throttled', code: 'TCN-A001' }),
      evaluated(rule.id, { shard: 'c', outcome: 'failed', reason: 'broken', code: 'TCN-X001' }),
    ];
    expect(unjudgedRules([rule], entries, now)).toMatchObject([
      { outcome: 'failed', reason: 'broken', code: 'TCN-X001', shards: 2 },
    ]);
  });

  it('is one that waits longer than its data may be late, and not one that merely waits', () => {
    const logs = missingDeploymentRule();
    const waits = (minutes: number) =>
      unjudgedRules(
        [logs],
        [evaluated(logs.id, { outcome: 'waiting', reason: 'data late', windowEnd: now - minutes * MINUTE })],
        now,
      );
    expect(waits(44)).toEqual([]);
    expect(waits(46)).toMatchObject([{ outcome: 'waiting', reason: 'data late' }]);
  });
});
