import { describe, expect, it } from 'vitest';
import { foldRuns } from '../../src/console/evaluation-runs.ts';
import { ruleStatus } from '../../src/console/rule-status.ts';
import { MINUTE } from '../../src/model/duration.ts';
import { DAY_WINDOW, evaluated } from '../support/fixtures/day.ts';
import { missingDeploymentRule, throttledRule } from '../support/fixtures/rules.ts';

const now = DAY_WINDOW.end;
const rule = throttledRule();

describe('the status of a rule', () => {
  it('is that of its worst shard', () => {
    const entries = [evaluated(rule.id), evaluated(rule.id, { shard: 'b', outcome: 'unknown', reason: 'throttled' })];
    expect(ruleStatus(rule, entries, now)).toMatchObject({ words: 'no verdict', tone: 'warn', shards: 2, entry: { shard: 'b' } });
  });

  it('is unknown before the first evaluation, which is not a good sign and not a bad one', () => {
    expect(ruleStatus(rule, [], now)).toMatchObject({ entry: null, words: 'not evaluated yet', tone: 'muted' });
  });

  it('says that there is nothing to watch where other rules were evaluated and this one never', () => {
    expect(ruleStatus(rule, [evaluated('other')], now)).toMatchObject({ entry: null, words: 'nothing to watch yet' });
  });

  it('takes waiting for late only past the bound of the rule', () => {
    const logs = missingDeploymentRule();
    const words = (minutes: number) =>
      ruleStatus(logs, [evaluated(logs.id, { outcome: 'waiting', windowEnd: now - minutes * MINUTE })], now).words;
    expect([words(12), words(60)]).toEqual(['waiting for data', 'data late']);
  });
});

describe('runs of the evaluation log', () => {
  it('fold what came to the same, per shard', () => {
    const log = [
      evaluated('r', { at: 6, shard: 'a' }),
      evaluated('r', { at: 6, shard: 'b', outcome: 'failed', reason: 'x' }),
      evaluated('r', { at: 5, shard: 'a' }),
      evaluated('r', { at: 4, shard: 'b', outcome: 'failed', reason: 'x' }),
      evaluated('r', { at: 3, shard: 'a', reason: 'other' }),
      evaluated('r', { at: 2, shard: 'a' }),
    ];
    expect(foldRuns(log).map(({ newest, oldest, times }) => [newest.shard, newest.at, oldest.at, times])).toEqual([
      ['a', 6, 5, 2],
      ['b', 6, 4, 2],
      ['a', 3, 3, 1],
      ['a', 2, 2, 1],
    ]);
  });
});
