import { describe, expect, it } from 'vitest';
import { expectIncidentTold, runScenario } from '../support/scenario.ts';

describe('one command with every rule, from traffic to digest', () => {
  it('throttling-storm fires its one alert, is delivered, resolves and is reported', async () =>
    expectIncidentTold('throttling-storm', await runScenario('throttling-storm')));

  it('quiet-day fires nothing, and its digest says so', async () => {
    const { summary, told, digest, stderr } = await runScenario('quiet-day');
    expect(summary.problems, stderr.slice(-3_000)).toEqual([]);
    expect(told.flatMap(({ body }) => body.alerts)).toEqual([]);
    expect(digest).toMatch(/quiet/i);
  });
});
