import { describe, expect, it } from 'vitest';
import { conditionWords } from '../../src/evaluate/condition-words.ts';
import { evidenceOf } from '../../src/evaluate/evidence.ts';
import { HOUR, MINUTE } from '../../src/model/duration.ts';
import { fingerprint } from '../../src/model/fingerprint.ts';
import { A, at, METRIC, minutes, ok, points, ruleOf, runOver, seriesOf } from './support.ts';

const ratio = ruleOf({
  id: 'Throttled',
  signal: { ...METRIC, over: { ...METRIC.metric } },
  condition: { kind: 'threshold', when: { operator: '>', threshold: 0.1 }, clear: null },
  labels: { team: 'ai-platform', ModelDeploymentName: 'overwritten' },
  severity: 1,
  summary: '{{labels.team}}/{{target.name}}: {{value | percent}} of {{window}} above {{threshold}}',
  respond: {
    owner: 'ai-platform',
    within: 15 * MINUTE,
    action: 'Shift traffic off {{target.name}}.',
    runbook: 'https://wiki.example/{{labels.team}}?q={{value}}',
    steps: ['Look at {{labels.nothing}}.'],
  },
});

describe('the alert of a series', () => {
  const series = seriesOf({ ModelDeploymentName: 'chat' }, points([at(0), 3]), points([at(0), 20]));
  const { transitions } = runOver(ratio, () => ok(series), [at(1)]);
  const alert = transitions[0]?.alert;

  it('carries what a person needs', () => {
    expect(alert).toMatchObject({
      rule: 'Throttled',
      target: A,
      severity: 1,
      status: 'firing',
      reason: 'breach',
      value: 0.15,
      condition: '> 10%',
      summary: 'ai-platform/a: 15% of 1m above 10%',
      source: 'rules/test.yaml:7',
      history: [{ at: at(1), what: 'fired', reason: 'breach', value: 0.15 }],
    });
    expect(alert?.response).toEqual({
      owner: 'ai-platform',
      within: 15 * MINUTE,
      action: 'Shift traffic off a.',
      runbook: 'https://wiki.example/ai-platform?q=15%25',
      steps: ['Look at ?labels.nothing?.'],
    });
  });

  it('shows the labels of the rule over those of the series, which alone make its identity', () => {
    expect(alert?.labels).toEqual({ ModelDeploymentName: 'overwritten', team: 'ai-platform' });
    expect(alert?.fingerprint).toBe(fingerprint('Throttled', A, { ModelDeploymentName: 'chat' }));
  });

  it('names its transition by episode, kind and time, so that it has the same id however often it is judged', () => {
    const again = runOver(ratio, () => ok(series), [at(1)]);
    expect(again.transitions[0]?.id).toBe(transitions[0]?.id);
    expect(transitions[0]?.id).toBe(`${alert?.fingerprint}-${at(1)}-fired-${at(1)}`);
  });
});

describe('a condition in words', () => {
  it.each([
    [ruleOf(), '> 10'],
    [ratio, '> 10%'],
    [ruleOf({ for: 3 * MINUTE }), '> 10 for 3m'],
    [ruleOf({ failing: { n: 3, m: 5 } }), '> 10 in 3 of 5'],
    [ruleOf({ condition: { kind: 'absent', for: 26 * HOUR, expect: [] } }), 'no event for 1d2h'],
  ])('%#', (rule, words) => {
    expect(conditionWords(rule)).toBe(words);
  });
});

describe('evidence', () => {
  it('is a ratio point by point, with nothing where nothing was counted', () => {
    const series = seriesOf({}, points([at(0), 1], [at(2), 3]), points([at(0), 4], [at(1), 4], [at(2), 4], [at(3), 0]));
    expect(evidenceOf(ratio, series, { start: at(0), end: at(4) })).toEqual({
      points: [
        { at: at(0), value: 0.25 },
        { at: at(1), value: 0 },
        { at: at(2), value: 0.75 },
      ],
      threshold: 0.1,
      unit: 'ratio',
    });
  });

  it('is bounded: the newest 120 points up to one window after the end', () => {
    const long = minutes(Array.from({ length: 300 }, (_, index) => index));
    const { points: shown } = evidenceOf(ruleOf(), long, { start: at(199), end: at(200) });
    expect([shown.length, shown[0]?.value, shown.at(-1)?.value]).toEqual([120, 81, 200]);
  });

  it('is empty where there is no series', () => {
    expect(evidenceOf(ruleOf(), null, { start: at(0), end: at(1) }).points).toEqual([]);
  });
});
