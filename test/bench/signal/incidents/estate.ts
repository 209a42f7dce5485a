import type { OfflineTarget } from '../../../../src/local/offline/inventory.ts';
import { DAY, HOUR } from '../../../../src/model/duration.ts';
import { during, noiseOf } from './plan.ts';

const GROUP = '/subscriptions/8f1c2d34-5b6a-4c7d-8e9f-0a1b2c3d4e5f/resourcegroups/contoso/providers';
const WORKSPACE = `${GROUP}/microsoft.machinelearningservices/workspaces/contoso-ml`;

export const RESOURCES = {
  account: `${GROUP}/microsoft.cognitiveservices/accounts/contoso-openai`,
  workspace: WORKSPACE,
  endpoint: `${WORKSPACE}/onlineendpoints/scoring`,
  endpointDeployment: `${WORKSPACE}/onlineendpoints/scoring/deployments/blue`,
} as const;

function target(id: string, type: string, kind: string, contains: OfflineTarget['contains'] = []): OfflineTarget {
  const name = id.split('/').at(-1) ?? id;
  const [, , subscriptionId = '', , resourceGroup = ''] = id.split('/');
  const tags = { env: 'prod', team: 'assistants' };
  return {
    target: { id, name, type: type.toLowerCase(), kind, location: 'swedencentral', subscriptionId, resourceGroup, tags },
    contains,
  };
}

export interface Deployment {
  readonly name: string;
  readonly model: string;
  readonly version: string;
  /** Calls a minute at the daily mean, tokens a call. */
  readonly calls: number;
  readonly tokens: number;
}

export const DEPLOYMENTS: readonly Deployment[] = [
  { name: 'chat', model: 'gpt-4o', version: '2024-11-20', calls: 40, tokens: 1_300 },
  { name: 'code', model: 'gpt-4o-mini', version: '2024-07-18', calls: 25, tokens: 2_100 },
  { name: 'embeddings', model: 'text-embedding-3-large', version: '1', calls: 15, tokens: 300 },
];

export const TARGETS: readonly OfflineTarget[] = [
  target(
    RESOURCES.account,
    'Microsoft.CognitiveServices/accounts',
    'OpenAI',
    DEPLOYMENTS.map(({ name }) => ({ ModelDeploymentName: name, DeploymentName: name })),
  ),
  target(RESOURCES.workspace, 'Microsoft.MachineLearningServices/workspaces', 'Default'),
  target(RESOURCES.endpoint, 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints', 'Managed', [
    { deployment: 'blue', DeploymentName: 'blue' },
  ]),
  target(RESOURCES.endpointDeployment, 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments', 'Managed'),
];

/** Busiest in the afternoon, quietest at night, less at weekends, and growing by a third within the two months. */
function season(at: number): number {
  const hour = (at % DAY) / HOUR;
  const weekday = new Date(at).getUTCDay();
  const weekend = weekday === 0 || weekday === 6 ? 0.45 : 1;
  return (1 + 0.6 * Math.cos(((hour - 14) / 24) * 2 * Math.PI)) * weekend * (1 + (at - Date.UTC(2026, 2, 2)) / (180 * DAY));
}

/** What one deployment did in a minute. */
export interface ModelMinute {
  readonly ok: number;
  readonly throttled: number;
  readonly failed: number;
  readonly malformed: number;
  /** Tokens of all calls, and milliseconds until a streamed answer began. */
  readonly tokens: number;
  readonly firstToken: number;
}

const SERVER_ERRORS = 0.0001;
const MALFORMED = 0.004;
/** About ten short disturbances a day that need nobody: a burst that is refused, or a slow minute or two. */
const BLIPS_A_MINUTE = 0.007;

const kept = new Map<string, ModelMinute>();
const MOST_KEPT = 60_000;

/** The same minute is always the same. */
export function modelMinute(deployment: Deployment, minute: number): ModelMinute {
  const key = `${deployment.name}${minute}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const made = makeMinute(deployment, minute);
  kept.set(key, made);
  return made;
}

function makeMinute({ name, calls, tokens }: Deployment, minute: number): ModelMinute {
  const random = noiseOf(name, minute);
  const blip = random.uniform();
  const shape = random.uniform();
  const isStorm = name === 'chat' && during('storm', minute) !== null;
  const isDead = name === 'code' && during('dead deployment', minute) !== null;
  const isSlow = name === 'chat' && during('slow model', minute) !== null;
  const creep = name === 'chat' ? during('creeping cost', minute) : null;
  const burst = blip < BLIPS_A_MINUTE ? 1 + 2 * shape : 1;
  const all = isDead ? 0 : random.poisson(calls * season(minute) * burst * (isStorm ? 6 : 1) * random.gamma(8));
  const refusedShare = isStorm ? 0.7 : burst > 2 ? 0.08 : 0.002;
  const throttled = binomial(random.uniform, all, refusedShare);
  const failed = binomial(random.uniform, all - throttled, SERVER_ERRORS);
  const malformed = binomial(random.uniform, all - throttled - failed, MALFORMED);
  const ok = all - throttled - failed - malformed;
  const perCall = tokens * (0.85 + 0.3 * random.uniform()) * (creep === null ? 1 : 1 + 5 * Math.min(1, creep * 1.4));
  const slowness = isSlow ? 7 : blip > 1 - BLIPS_A_MINUTE / 2 ? 2 + 2 * shape : 1;
  return {
    ok,
    throttled,
    failed,
    malformed,
    tokens: Math.round(ok * perCall),
    firstToken: Math.round((330 + 140 * random.uniform()) * slowness),
  };
}

/** Successes in `count` trials; few of them are drawn one by one, many by their mean and deviation. */
export function binomial(uniform: () => number, count: number, share: number): number {
  if (count <= 0 || share <= 0) return 0;
  const mean = count * share;
  if (count > 40 && mean > 5) {
    const normal = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    return Math.max(0, Math.min(count, Math.round(mean + Math.sqrt(mean * (1 - share)) * normal)));
  }
  let successes = 0;
  for (let trial = 0; trial < count; trial++) if (uniform() < share) successes += 1;
  return successes;
}

/** What the online endpoint did in a minute: calls, how many failed in the model's code, and the latency of its slowest. */
export function endpointMinute(minute: number): { readonly calls: number; readonly failed: number; readonly p99: number } {
  const random = noiseOf('endpoint', minute);
  const calls = random.poisson(30 * season(minute));
  const isBad = during('bad rollout', minute) !== null;
  return {
    calls,
    failed: binomial(random.uniform, calls, isBad ? 0.4 : 0.0005),
    p99: (160 + 60 * random.uniform()) * (isBad ? 3 : 1),
  };
}

/** Share of the cores in use, in percent. */
export function quotaAt(minute: number): number {
  const random = noiseOf('quota', minute);
  const usual = 52 + 10 * Math.sin(((minute % DAY) / DAY) * 2 * Math.PI) + 4 * random.uniform();
  const progress = during('quota exhaustion', minute);
  return progress === null ? usual : usual + (98 - usual) * Math.min(1, progress * 2);
}

/** Whether the nightly pipeline of the day runs. */
export function pipelineRuns(at: number): boolean {
  return during('silent pipeline', at) !== 0;
}
