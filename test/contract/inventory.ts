import { describe, expect, it } from 'vitest';
import type { Expected, Target } from '../../src/model/target.ts';
import type { Inventory } from '../../src/ports.ts';

const ACCOUNTS = 'Microsoft.CognitiveServices/accounts';

function account(name: string, kind: string, tags: Readonly<Record<string, string>> = {}): Target {
  return {
    id: `/subscriptions/s1/resourcegroups/rg-ai/providers/microsoft.cognitiveservices/accounts/${name}`,
    name,
    type: ACCOUNTS.toLowerCase(),
    kind,
    location: 'swedencentral',
    subscriptionId: 's1',
    resourceGroup: 'RG-AI',
    tags,
  };
}

/** The estate of the contract: what `make` must give an inventory of. */
export const TARGETS: readonly Target[] = [
  account('chat', 'OpenAI', { env: 'prod' }),
  account('vision', 'AIServices', { env: 'test' }),
];
export const DEPLOYMENTS: readonly Expected[] = ['gpt-4o', 'mini'].map((name) => ({
  targetId: TARGETS[0]?.id ?? '',
  labels: { ModelDeploymentName: name },
}));

/** What every Inventory does. `make` gives one that knows TARGETS and DEPLOYMENTS. */
export function inventoryContract(name: string, make: () => Promise<Inventory>): void {
  describe(`${name} knows the estate`, () => {
    const [chat, vision] = TARGETS as readonly [Target, Target];

    it('finds what any selector matches, each once', async () => {
      const inventory = await make();
      expect(await inventory.targets([])).toEqual([]);
      expect(await inventory.targets([{ type: ACCOUNTS }, { type: ACCOUNTS, kinds: ['OpenAI'] }])).toEqual([chat, vision]);
      expect(await inventory.targets([{ type: ACCOUNTS, tags: { env: 'test' } }])).toEqual([vision]);
      expect(await inventory.targets([{ type: ACCOUNTS, kinds: ['openai'], tags: { env: 'test' } }])).toEqual([]);
      expect(await inventory.targets([{ type: ACCOUNTS, ids: [chat.id.toUpperCase()] }])).toEqual([chat]);
      expect(await inventory.targets([{ type: 'Microsoft.Storage/storageAccounts' }])).toEqual([]);
    });

    it('expects what is deployed, by the label names asked for', async () => {
      const inventory = await make();
      expect(await inventory.expected(chat, ['ModelDeploymentName'])).toEqual(DEPLOYMENTS);
      expect(await inventory.expected(vision, ['ModelDeploymentName'])).toEqual([]);
      expect(await inventory.expected(chat, ['ModelDeploymentName', 'StatusCode'])).toEqual([]);
      expect(await inventory.expected(chat, ['Region'])).toEqual([]);
    });

    it('expects the target itself where no label tells its parts apart', async () => {
      expect(await (await make()).expected(vision, [])).toEqual([{ targetId: vision.id, labels: {} }]);
    });

    it('stops when it is told to', async () => {
      const signal = AbortSignal.abort();
      const inventory = await make();
      await expect(inventory.targets([{ type: ACCOUNTS }], { signal })).rejects.toMatchObject({ name: 'AbortError' });
    });
  });
}
