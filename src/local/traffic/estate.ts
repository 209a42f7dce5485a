import type { Estate, EstateDiagnosticSetting, EstateResource, ModelDeployment } from '../estate.ts';
import { CHAT, CODE, EMBEDDINGS, type Workload } from './fit.ts';

const SUBSCRIPTION = '8f1c2d34-5b6a-4c7d-8e9f-0a1b2c3d4e5f';
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/contoso-ai`;

/** A model deployment and the traffic it gets. */
export interface TrafficDeployment extends ModelDeployment {
  readonly workload: Workload;
  /** Mean requests a minute at the daily mean, and what the deployment accepts in tokens a minute. */
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
}

export interface TrafficAccount extends EstateResource {
  readonly deployments: readonly TrafficDeployment[];
}

const routed = (categories: readonly string[]): readonly EstateDiagnosticSetting[] => [
  {
    name: 'tocsin',
    workspaceId: `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/contoso-logs`,
    eventHubAuthorizationRuleId: `${GROUP}/providers/Microsoft.EventHub/namespaces/contoso-diagnostics/authorizationRules/azure-monitor`,
    eventHubName: 'diagnostics',
    storageAccountId: null,
    categories,
    categoryGroups: [],
    metrics: false,
  },
];

function account(
  name: string,
  kind: string,
  location: string,
  deployments: readonly Omit<TrafficDeployment, 'id'>[],
): TrafficAccount {
  const id = `${GROUP}/providers/Microsoft.CognitiveServices/accounts/${name}`;
  return {
    id,
    name,
    type: 'Microsoft.CognitiveServices/accounts',
    kind,
    location,
    tags: { env: 'prod', team: 'assistants' },
    deployments: deployments.map((deployment) => ({ ...deployment, id: `${id}/deployments/${deployment.name}` })),
    onlineEndpoints: [],
    diagnosticSettings: routed(['RequestResponse', 'Audit', 'AzureOpenAIRequestUsage']),
  };
}

const EAST: TrafficAccount = account('contoso-openai-east', 'OpenAI', 'eastus2', [
  {
    name: 'chat',
    model: { name: 'gpt-4o', version: '2024-11-20' },
    sku: 'Standard',
    capacity: 60,
    workload: CHAT,
    requestsPerMinute: 12,
    tokensPerMinute: 60_000,
  },
  {
    name: 'code',
    model: { name: 'gpt-4o-mini', version: '2024-07-18' },
    sku: 'Standard',
    capacity: 200,
    workload: CODE,
    requestsPerMinute: 6,
    tokensPerMinute: 200_000,
  },
]);

const WEST: TrafficAccount = account('contoso-openai-west', 'OpenAI', 'westeurope', [
  {
    name: 'chat-eu',
    model: { name: 'gpt-4o', version: '2024-11-20' },
    sku: 'GlobalStandard',
    capacity: 120,
    workload: CHAT,
    requestsPerMinute: 7,
    tokensPerMinute: 120_000,
  },
  {
    name: 'embeddings',
    model: { name: 'text-embedding-3-large', version: '1' },
    sku: 'Standard',
    capacity: 350,
    workload: EMBEDDINGS,
    requestsPerMinute: 4,
    tokensPerMinute: 350_000,
  },
]);

export const LANGUAGE: TrafficAccount = account('contoso-language', 'TextAnalytics', 'eastus2', []);

const WORKSPACE_ID = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/contoso-ml`;
const ENDPOINT_ID = `${WORKSPACE_ID}/onlineEndpoints/fraud-scoring`;

export const MACHINE_LEARNING: EstateResource = {
  id: WORKSPACE_ID,
  name: 'contoso-ml',
  type: 'Microsoft.MachineLearningServices/workspaces',
  kind: 'Default',
  location: 'eastus2',
  tags: { env: 'prod', team: 'risk' },
  deployments: [],
  onlineEndpoints: [
    {
      id: ENDPOINT_ID,
      name: 'fraud-scoring',
      location: 'eastus2',
      tags: { env: 'prod', team: 'risk' },
      traffic: { blue: 100 },
      deployments: [{ id: `${ENDPOINT_ID}/deployments/blue`, name: 'blue', instanceType: 'Standard_DS3_v2', instanceCount: 2 }],
    },
  ],
  diagnosticSettings: routed(['AmlRunStatusChangedEvent', 'AmlComputeJobEvent', 'AmlComputeClusterEvent']),
};

/** The estate that scenarios play on: two Azure OpenAI accounts, one language account, one workspace with an endpoint. All invented. */
export const ESTATE: Estate = {
  subscriptions: [{ id: SUBSCRIPTION, displayName: 'Contoso production' }],
  resources: [EAST, WEST, LANGUAGE, MACHINE_LEARNING],
  models: [
    { name: 'gpt-4o', version: '2024-11-20', lifecycleStatus: 'GenerallyAvailable', retiresAt: '2027-11-20T00:00:00Z' },
    { name: 'gpt-4o-mini', version: '2024-07-18', lifecycleStatus: 'Deprecating', retiresAt: '2027-03-31T00:00:00Z' },
    { name: 'text-embedding-3-large', version: '1', lifecycleStatus: 'GenerallyAvailable', retiresAt: '2028-04-09T00:00:00Z' },
  ],
  usages: [
    {
      provider: 'Microsoft.CognitiveServices',
      location: 'eastus2',
      name: 'OpenAI.Standard.gpt-4o',
      currentValue: 60,
      limit: 150,
    },
    {
      provider: 'Microsoft.CognitiveServices',
      location: 'eastus2',
      name: 'OpenAI.Standard.gpt-4o-mini',
      currentValue: 200,
      limit: 450,
    },
    {
      provider: 'Microsoft.CognitiveServices',
      location: 'westeurope',
      name: 'OpenAI.GlobalStandard.gpt-4o',
      currentValue: 120,
      limit: 450,
    },
    {
      provider: 'Microsoft.CognitiveServices',
      location: 'westeurope',
      name: 'OpenAI.Standard.text-embedding-3-large',
      currentValue: 350,
      limit: 350,
    },
    {
      provider: 'Microsoft.MachineLearningServices',
      location: 'eastus2',
      name: 'standardDSv2Family',
      currentValue: 8,
      limit: 100,
    },
  ],
  workspace: {
    customerId: '3a7e4f60-91b2-4d58-a1c3-7be0d92f4c11',
    resourceId: `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/contoso-logs`,
  },
};

export const ACCOUNTS: readonly TrafficAccount[] = [EAST, WEST];
