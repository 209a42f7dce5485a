import { describe, expect, it } from 'vitest';
import { resourceParts } from '../../src/forward/resource.ts';

describe('the parts of a resource id', () => {
  it.each([
    [
      '/SUBSCRIPTIONS/0B1F/RESOURCEGROUPS/RG-AI/PROVIDERS/MICROSOFT.COGNITIVESERVICES/ACCOUNTS/AOAI-1',
      {
        subscriptionId: '0b1f',
        resourceGroup: 'RG-AI',
        provider: 'Microsoft.CognitiveServices',
        type: 'microsoft.cognitiveservices/accounts',
        name: 'AOAI-1',
      },
    ],
    [
      '/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/w/onlineEndpoints/e',
      {
        provider: 'Microsoft.MachineLearningServices',
        type: 'microsoft.machinelearningservices/workspaces/onlineendpoints',
        name: 'w/e',
      },
    ],
    ['/subscriptions/s', { subscriptionId: 's', resourceGroup: '', provider: '', type: '', name: '' }],
    [
      '/subscriptions/s/resourceGroups/rg/providers/Contoso.Custom/things/t',
      { provider: 'Contoso.Custom', type: 'contoso.custom/things' },
    ],
    ['nonsense', { subscriptionId: '', resourceGroup: '', provider: '', type: '', name: '' }],
    ['', { subscriptionId: '', provider: '' }],
  ])('of %s', (id, parts) => {
    expect(resourceParts(id)).toMatchObject(parts);
  });
});
