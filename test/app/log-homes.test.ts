import { describe, expect, it } from 'vitest';
import { TocsinError } from '../../src/model/errors.ts';
import type { LogDestinations } from '../../src/ports.ts';
import { type Row, ruleWorld, workspace } from './rule-world.ts';

/* What a rule lists is expected where the logs of its targets go: once, however many workspaces are asked. */

const ML = workspace('ml');
const RULES = `
rules:
  - alert: DidNotRun
    on: { type: Microsoft.MachineLearningServices/workspaces }
    log: { table: AmlRunStatusChangedEvent, by: [ExperimentName] }
    absent: { for: 30m, expect: [nightly] }
    every: 5m
    respond: { owner: us, within: 1h, action: Start it. }`;

const others = (name: string): readonly Row[] =>
  Array.from({ length: 200 }, (_, index) => ({
    minute: index - 60,
    of: ML,
    workspace: name,
    cells: { ExperimentName: 'other' },
  }));

const routing = (customerId: string): LogDestinations => ({ of: async () => [{ customerId, categories: ['allLogs'] }] });

async function toldAfter(minutes: number, rows: readonly Row[], destinations?: LogDestinations) {
  const { pass, transitions, evaluations, world, found } = ruleWorld(RULES, [ML]);
  world.workspaces = ['first', 'second'];
  world.rows = rows;
  world.destinations = destinations;
  await pass(minutes);
  const entries = await evaluations.of('DidNotRun');
  const judged = new Set(entries.filter(({ series }) => series > 0).map(({ shard }) => shard));
  return { kinds: transitions().map(({ kind }) => kind), shards: [...judged], findings: await found() };
}

describe('of two workspaces, a listed key is expected', () => {
  it('in the one to which the settings route its categories', async () => {
    const both = [...others('first'), ...others('second')];
    expect(await toldAfter(30, both, routing('second'))).toEqual({ kinds: ['fired'], shards: ['logs-second'], findings: [] });
  });

  it('in the one that has rows of the target, where the settings do not tell', async () => {
    expect(await toldAfter(30, others('second'))).toMatchObject({ kinds: ['fired'], shards: ['logs-second'] });
    const refusing: LogDestinations = { of: () => Promise.reject(new TocsinError('TCN-A003', 'no role')) };
    expect(await toldAfter(30, others('second'), refusing)).toMatchObject({ kinds: ['fired'], shards: ['logs-second'] });
  });

  it('in the first of them, and once, where both have rows and nothing tells', async () => {
    const both = [...others('first'), ...others('second')];
    expect(await toldAfter(30, both)).toMatchObject({ kinds: ['fired'], shards: ['logs-first'] });
  });

  it('nowhere twice, where none has rows: that is unknown, not absent', async () => {
    expect(await toldAfter(60, [])).toMatchObject({ kinds: [], shards: [] });
  });
});
