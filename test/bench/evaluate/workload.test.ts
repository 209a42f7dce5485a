import { expect, it } from 'vitest';
import { MINUTE } from '../../../src/model/duration.ts';
import { NOON } from '../../evaluate/support.ts';
import { builtInRules } from '../signal/incidents/built-in.ts';
import { evaluatePass, hear, isDue, nothing, type Pass } from './passes.ts';
import { shardsFor } from './workload.ts';

const SERIES = 100;

it('the estate of the bench is judged by every built-in rule, and about one series in a hundred is in breach', () => {
  const total = nothing();
  for (const rule of builtInRules()) {
    const own = nothing();
    for (const shard of shardsFor(rule, SERIES)) {
      const pass: Pass = { rule, shard, baseline: null, stored: null, judgedTo: 0 };
      for (let now = NOON; now < NOON + 3 * MINUTE; now += MINUTE) {
        if (isDue(pass, now)) evaluatePass(pass, now, hear(pass, now), own);
      }
    }
    expect([rule.id, own.ruleSeries >= SERIES]).toEqual([rule.id, true]);
    total.ruleSeries += own.ruleSeries;
    total.breaches += own.breaches;
  }
  expect(total.breaches / total.ruleSeries).toBeGreaterThan(0.003);
  expect(total.breaches / total.ruleSeries).toBeLessThan(0.03);
});
