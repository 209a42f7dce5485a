import { describe, expect, it } from 'vitest';
import { breachSide, clearWords, conditionWords, reasonWords } from '../../src/console/rule-words.ts';
import { HOUR } from '../../src/model/duration.ts';
import { missingDeploymentRule, pipelineRule, throttledRule } from '../support/fixtures/rules.ts';

describe('the condition of a rule in words', () => {
  it.each([
    [
      throttledRule(),
      'total of ModelRequests where StatusCode is 429, divided by total of ModelRequests, over 5 min, is > 10% for 3 min',
    ],
    [missingDeploymentRule(), 'Calls of a query on AzureDiagnostics, over 1 h, is > 0'],
    [pipelineRule(), 'an expected ExperimentName has been absent for 1 d 2 h; expected: nightly-train'],
    [
      throttledRule({ for: 0, failing: { n: 3, m: 5 } }),
      'total of ModelRequests where StatusCode is 429, divided by total of ModelRequests, over 5 min, is > 10% in 3 of the last 5 bins',
    ],
    [
      pipelineRule({
        condition: { kind: 'absent', for: 26 * HOUR, expect: [{ kind: 'inventory' }, { kind: 'seen', within: 48 * HOUR }] },
      }),
      'an expected ExperimentName has been absent for 1 d 2 h; expected: whatever exists in Azure, or whatever was seen in the last 2 d',
    ],
  ])('%#', (rule, words) => expect(conditionWords(rule)).toBe(words));
});

it('hysteresis is told only where there is one', () => {
  expect([clearWords(throttledRule()), clearWords(missingDeploymentRule()), clearWords(pipelineRule())]).toEqual([
    '< 5%',
    null,
    null,
  ]);
});

it('the side of a breach follows from the condition', () => {
  expect(['> 10%', '>= 5', ' < 0.2', '<= 1', '== 0', 'absent for 26h'].map((condition) => breachSide({ condition }))).toEqual([
    'above',
    'above',
    'below',
    'below',
    null,
    null,
  ]);
});

it('reasons that are codes are told in words, others as they are', () => {
  expect(reasonWords('below floor')).toBe('too few samples to judge, so it counts as well again');
  expect(reasonWords('oncall: first')).toBe('oncall: first');
  expect(reasonWords('constructor')).toBe('constructor');
});
