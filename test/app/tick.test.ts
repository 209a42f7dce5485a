import { describe, expect, it } from 'vitest';
import { type TickDeps, tick } from '../../src/app/tick.ts';
import { MINUTE } from '../../src/model/duration.ts';
import { TocsinError } from '../../src/model/errors.ts';
import type { EvaluationJob } from '../../src/model/messages.ts';
import type { Target } from '../../src/model/target.ts';
import { throttledRule } from '../support/fixtures/rules.ts';
import { FakeClock, MemoryInventory, MemoryLog, MemoryQueue, MemoryTickStore } from '../support/memory/index.ts';

const ACCOUNT: Target = {
  id: '/subscriptions/s/resourcegroups/g/providers/microsoft.cognitiveservices/accounts/east',
  name: 'east',
  type: 'microsoft.cognitiveservices/accounts',
  kind: 'OpenAI',
  location: 'eastus2',
  subscriptionId: 's',
  resourceGroup: 'g',
  tags: { env: 'prod' },
};

function world(sweeps: TickDeps['sweeps'] = []) {
  const clock = new FakeClock();
  const deps = {
    rules: [throttledRule({ every: 5 * MINUTE })],
    workspaces: [],
    inventory: new MemoryInventory([ACCOUNT]),
    ticks: new MemoryTickStore(),
    evaluations: new MemoryQueue<EvaluationJob>(clock),
    sweeps,
    clock,
    log: new MemoryLog(),
  } satisfies TickDeps;
  return deps;
}

describe('a tick', () => {
  it('queues each window of a rule twice: when it is read, and when it is read again for a correction', async () => {
    const deps = world();
    await tick(deps);
    expect(deps.evaluations.due(deps.clock.now())).toHaveLength(1);
    const perMinute = [];
    for (let minute = 0; minute < 10; minute++) {
      deps.clock.advance(MINUTE);
      perMinute.push((await tick(deps)).jobs);
    }
    expect(perMinute.reduce((sum, jobs) => sum + jobs, 0)).toBe(2 * 2);
  });

  it('with another configuration than the last one says so, once', async () => {
    const deps = world();
    let times = 0;
    const reconfigured = async () => {
      times += 1;
    };
    for (const configuration of ['a', 'a', 'b', 'b']) {
      await tick({ ...deps, configuration, reconfigured });
      deps.clock.advance(MINUTE);
    }
    expect(times).toBe(1);
  });

  it('plans again what a failed tick had begun to queue', async () => {
    const deps = world();
    deps.evaluations.failNext('send', new TocsinError('TCN-S001', 'queue'));
    await expect(tick(deps)).rejects.toThrow('TCN-S001');
    expect((await tick(deps)).jobs).toBe(1);
  });

  it('that failed leaves its error beside the last one that did not, until the next one succeeds', async () => {
    const deps = world();
    const first = deps.clock.now();
    await tick(deps);
    deps.clock.advance(MINUTE);
    deps.inventory.failNext('targets', new TocsinError('TCN-A003', 'ARM'));
    await expect(tick(deps)).rejects.toThrow('TCN-A003');
    const failure = { at: deps.clock.now(), code: 'TCN-A003' };
    expect((await deps.ticks.read()).value).toMatchObject({ lastTickAt: first, failure });
    await tick(deps);
    expect((await deps.ticks.read()).value).not.toHaveProperty('failure');
  });

  it('that can note nothing fails for its first reason', async () => {
    const deps = world();
    deps.evaluations.failNext('send', new TocsinError('TCN-S003', 'queue'));
    deps.ticks.failNext('replace', new TocsinError('TCN-S003', 'table'));
    await expect(tick(deps)).rejects.toThrow('queue');
    expect(deps.log.messages('warn')).toEqual(['failed tick not noted']);
  });

  it('sweeps even when planning fails, and goes on when a sweep fails', async () => {
    const swept: string[] = [];
    const deps = world([
      { name: 'broken', run: () => Promise.reject(new Error('storage is away')) },
      { name: 'working', run: async () => swept.push('working') },
    ]);
    deps.inventory.failNext('targets', new TocsinError('TCN-A002', 'ARM'));
    await expect(tick(deps)).rejects.toThrow('TCN-A002');
    expect(swept).toEqual(['working']);
    expect(deps.log.messages('warn')).toEqual(['sweep failed']);
  });
});
