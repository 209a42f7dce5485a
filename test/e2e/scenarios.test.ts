import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectIncidentTold, runScenario } from '../support/scenario.ts';
import { folderOfPacks } from '../support/troubled-world.ts';

async function runOver(scenario: string, ...packs: readonly string[]) {
  const configDir = folderOfPacks(...packs);
  const ran = await runScenario(scenario, configDir);
  rmSync(configDir, { recursive: true });
  return ran;
}

describe('one command over the packs that an incident is about', () => {
  it.each([
    ['traffic-stops', 'azure-openai'],
    ['pipeline-missed', 'machine-learning'],
    ['slow-model', 'azure-openai'],
  ])('%s fires, is delivered, resolves and is reported', async (name, pack) =>
    expectIncidentTold(name, await runOver(name, pack)),
  );

  it('late-data calls nothing absent, and the evaluation log says why', async () => {
    const { summary, told, stderr } = await runOver('late-data', 'ingestion', 'azure-openai');
    expect(summary.problems, stderr.slice(-3_000)).toEqual([]);
    expect(told.flatMap(({ body }) => body.alerts)).toEqual([]);
    expect(summary.late.join('\n')).toMatch(/RequestLogsStopped: .*data late: newest AzureDiagnostics row is \d+m/);
  });
});
