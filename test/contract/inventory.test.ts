import { afterAll, beforeAll } from 'vitest';
import { createInventory } from '../../src/azure/inventory.ts';
import { azureAccess } from '../../src/azure/loopback.ts';
import { type LoopbackServer, serve } from '../support/loopback-server.ts';
import { FakeClock, MemoryInventory } from '../support/memory/index.ts';
import { DEPLOYMENTS, inventoryContract, TARGETS } from './inventory.ts';

let arm: LoopbackServer;
beforeAll(async () => {
  arm = await serve(({ url }) => {
    const type = /^resourceType eq '(.*)'$/.exec(url.searchParams.get('$filter') ?? '')?.[1];
    const resources = TARGETS.filter((target) => target.type === type);
    const inside = DEPLOYMENTS.filter((deployment) => url.pathname === `${deployment.targetId}/deployments`);
    const deployments = inside.map(({ labels }) => ({
      name: labels.ModelDeploymentName,
      properties: { model: { name: 'm', version: '1' } },
    }));
    const listed = resources.map((target) => ({
      ...target,
      id: target.id.replace('/resourcegroups/rg-ai/', '/resourceGroups/RG-AI/'),
    }));
    return { status: 200, body: { value: type === undefined ? deployments : listed } };
  });
});
afterAll(() => arm?.stop());

inventoryContract('MemoryInventory', async () => new MemoryInventory(TARGETS, DEPLOYMENTS));
inventoryContract('Azure Resource Manager', async () => createInventory(azureAccess(null, arm.url), ['s1'], new FakeClock()));
