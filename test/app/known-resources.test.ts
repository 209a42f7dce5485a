import { describe, expect, it } from 'vitest';
import { KnownResources } from '../../src/app/forward/known-resources.ts';
import { TocsinError } from '../../src/model/errors.ts';
import type { Target } from '../../src/model/target.ts';
import { FakeClock, MemoryInventory, MemoryLog } from '../support/memory/index.ts';

const ACCOUNT = '/subscriptions/s1/resourcegroups/rg/providers/microsoft.cognitiveservices/accounts/chat';
const ENDPOINT =
  '/subscriptions/s1/resourcegroups/rg/providers/microsoft.machinelearningservices/workspaces/ml/onlineendpoints/score';
const WORKSPACE = ENDPOINT.slice(0, ENDPOINT.indexOf('/onlineendpoints'));

function target(id: string, changes: Partial<Target> = {}): Target {
  const [, subscriptionId = '', , resourceGroup = ''] = id.slice(1).split('/');
  const type = id.includes('/onlineendpoints/')
    ? 'microsoft.machinelearningservices/workspaces/onlineendpoints'
    : id.split('/').slice(6, 8).join('/');
  return {
    id,
    name: id.slice(id.lastIndexOf('/') + 1),
    type,
    kind: 'OpenAI',
    location: 'swedencentral',
    subscriptionId,
    resourceGroup,
    tags: { Team: 'search' },
    ...changes,
  };
}

function world(...targets: readonly Target[]) {
  const inventory = new MemoryInventory(targets);
  const asked: string[] = [];
  const watching = {
    ...inventory,
    targets: (...args: Parameters<MemoryInventory['targets']>) => {
      asked.push(...args[0].map(({ type, subscriptions = [] }) => `${subscriptions.join()} ${type}`));
      return inventory.targets(...args);
    },
    expected: inventory.expected.bind(inventory),
  };
  const clock = new FakeClock();
  const log = new MemoryLog();
  return { inventory, asked, clock, log, known: new KnownResources(watching, ['S1'], clock, log) };
}

describe('what is known of resources', () => {
  it('is nothing until it was read in the background; then whatever the case of the id', async () => {
    const { known, asked } = world(target(ACCOUNT));
    expect(known.of(ACCOUNT)).toBeNull();
    expect(asked).toEqual([]);
    await known.refresh();
    const facts = { location: 'swedencentral', kind: 'OpenAI', tags: new Map([['team', 'search']]) };
    expect(known.of(ACCOUNT.toUpperCase())).toEqual(facts);
    expect(known.of(`${ACCOUNT}/`)).toEqual(facts);
    expect(asked).toEqual(['s1 microsoft.cognitiveservices/accounts']);
  });

  it('is read once for all resources of a type, and again after a quarter of an hour', async () => {
    const { known, asked, clock, inventory } = world(target(ACCOUNT));
    const other = ACCOUNT.replace('chat', 'other');
    for (const id of [ACCOUNT, other, ACCOUNT]) {
      known.of(id);
      await known.refresh();
    }
    expect(asked).toHaveLength(1);
    inventory.targetList = [target(ACCOUNT, { tags: { team: 'ads' } })];
    clock.advance(15 * 60_000);
    expect(known.of(ACCOUNT)?.tags.get('team')).toBe('search');
    await known.refresh();
    expect(known.of(ACCOUNT)?.tags.get('team')).toBe('ads');
    expect(asked).toHaveLength(2);
  });

  it('stays while the inventory cannot be read, which is asked again five minutes later', async () => {
    const { known, asked, clock, inventory, log } = world(target(ACCOUNT));
    known.of(ACCOUNT);
    await known.refresh();
    clock.advance(15 * 60_000);
    inventory.failNext('targets', new TocsinError('TCN-A003', 'no'));
    known.of(ACCOUNT);
    await known.refresh();
    expect(known.of(ACCOUNT)?.kind).toBe('OpenAI');
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { code: 'TCN-A003' } }]);
    await known.refresh();
    expect(asked).toHaveLength(2);
    clock.advance(5 * 60_000);
    known.of(ACCOUNT);
    await known.refresh();
    expect(asked).toHaveLength(3);
  });

  it('of one that is not listed is the region and the tags of what it stands in', async () => {
    const { known } = world(target(WORKSPACE, { kind: 'Default', tags: { team: 'ml' } }));
    known.of(ENDPOINT);
    await known.refresh();
    expect(known.of(ENDPOINT)).toEqual({ location: 'swedencentral', kind: '', tags: new Map([['team', 'ml']]) });
  });

  it('of one that is listed is its own', async () => {
    const { known } = world(target(WORKSPACE), target(ENDPOINT, { kind: 'Managed', tags: {} }));
    known.of(ENDPOINT);
    await known.refresh();
    expect(known.of(ENDPOINT)).toMatchObject({ kind: 'Managed', tags: new Map() });
  });

  it.each([
    ['of a subscription that is not watched', ACCOUNT.replace('s1', 's2')],
    ['without an id', ''],
    ['with a text that is none', 'not an id'],
    ['of a subscription as a whole', '/subscriptions/s1'],
    ['with half an id', ACCOUNT.slice(0, ACCOUNT.lastIndexOf('/'))],
  ])('%s is nothing, and nobody is asked', async (_, id) => {
    const { known, asked } = world();
    expect(known.of(id)).toBeNull();
    await known.refresh();
    expect(asked).toEqual([]);
  });

  it('is asked for of a bounded number of types, whatever senders write', async () => {
    const { known, asked } = world();
    for (let index = 0; index < 1_000; index++) known.of(ACCOUNT.replace('accounts', `made-up-${index}`));
    await known.refresh();
    expect(asked).toHaveLength(200);
  });
});
