/** What the generated estate is made of, by name. */

const GROUP = '/subscriptions/8f1c2d34-5b6a-4c7d-8e9f-0a1b2c3d4e5f/resourcegroups/contoso/providers';
const WORKSPACE = `${GROUP}/microsoft.machinelearningservices/workspaces/contoso-ml`;

export const RESOURCES = {
  account: `${GROUP}/microsoft.cognitiveservices/accounts/contoso-openai`,
  workspace: WORKSPACE,
  endpoint: `${WORKSPACE}/onlineendpoints/scoring`,
  endpointDeployment: `${WORKSPACE}/onlineendpoints/scoring/deployments/blue`,
} as const;

export interface Deployment {
  readonly name: string;
  readonly model: string;
  readonly version: string;
  /** Calls a minute at the daily mean, tokens a call. */
  readonly calls: number;
  readonly tokens: number;
  /** Share of its provisioned units that a call a minute takes, in percent; absent: it is billed by token. */
  readonly provisioned?: number;
}

export const DEPLOYMENTS: readonly Deployment[] = [
  { name: 'chat', model: 'gpt-4o', version: '2024-11-20', calls: 40, tokens: 1_300 },
  { name: 'code', model: 'gpt-4o-mini', version: '2024-07-18', calls: 25, tokens: 2_100, provisioned: 0.9 },
  { name: 'embeddings', model: 'text-embedding-3-large', version: '1', calls: 15, tokens: 300 },
];

export const ENDPOINT_DEPLOYMENT = 'blue';
export const PIPELINE = 'nightly-train';
export const QUOTA_FAMILIES = ['standardDSv3Family', 'standardNCADSA100v4Family'] as const;
