import type { OfflineTarget } from '../../../../src/local/offline/inventory.ts';
import { DAY, HOUR, MINUTE } from '../../../../src/model/duration.ts';
import { DEPLOYMENTS, type Deployment, ENDPOINT_DEPLOYMENT, PIPELINE, RESOURCES } from './names.ts';
import { BEGIN, type Plan } from './plan.ts';

/*
 * What an estate does minute by minute: seasons, growth, noise, disturbances that need nobody, and the incidents of a plan. Both metrics
 * and logs are made from it.
 */

function target(id: string, type: string, kind: string, contains: OfflineTarget['contains'] = []): OfflineTarget {
  const name = id.split('/').at(-1) ?? id;
  const [, , subscriptionId = '', , resourceGroup = ''] = id.split('/');
  const tags = { env: 'prod', team: 'assistants' };
  return {
    target: { id, name, type: type.toLowerCase(), kind, location: 'swedencentral', subscriptionId, resourceGroup, tags },
    contains,
  };
}

export const TARGETS: readonly OfflineTarget[] = [
  target(
    RESOURCES.account,
    'Microsoft.CognitiveServices/accounts',
    'AIServices',
    DEPLOYMENTS.map(({ name }) => ({ ModelDeploymentName: name, DeploymentName: name })),
  ),
  target(RESOURCES.workspace, 'Microsoft.MachineLearningServices/workspaces', 'Default'),
  target(RESOURCES.endpoint, 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints', 'Managed', [
    { deployment: ENDPOINT_DEPLOYMENT, DeploymentName: ENDPOINT_DEPLOYMENT },
  ]),
  target(RESOURCES.endpointDeployment, 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments', 'Managed'),
];

/** Busiest in the afternoon, quietest at night, less at weekends, and growing by a third within the two months. */
function season(at: number): number {
  const hour = (at % DAY) / HOUR;
  const weekday = new Date(at).getUTCDay();
  const weekend = weekday === 0 || weekday === 6 ? 0.45 : 1;
  return (1 + 0.6 * Math.cos(((hour - 14) / 24) * 2 * Math.PI)) * weekend * (1 + (at - BEGIN) / (180 * DAY));
}

/** What one deployment did in a minute. */
export interface ModelMinute {
  readonly ok: number;
  readonly throttled: number;
  readonly failed: number;
  readonly malformed: number;
  readonly refused: number;
  /** Of those answered, what the content filter held back. */
  readonly filtered: number;
  /** Tokens of all calls, and milliseconds until a streamed answer began. */
  readonly tokens: number;
  readonly firstToken: number;
}

const SERVER_ERRORS = 0.0001;
const MALFORMED = 0.004;
const REFUSED = 0.0005;
const FILTERED = 0.01;
/** About ten short disturbances a day that need nobody: a burst that is refused, or a slow minute or two. */
const BLIPS_A_MINUTE = 0.007;

/** No rule looks further back than a month. */
const FIRST = BEGIN - 35 * DAY;

export interface EndpointMinute {
  readonly calls: number;
  /** How many failed in the model's code. */
  readonly failed: number;
  /** Latency of its slowest. */
  readonly p99: number;
}

export interface Estate {
  readonly plan: Plan;
  /** The same minute is always the same. */
  model(deployment: Deployment, minute: number): ModelMinute;
  endpoint(minute: number): EndpointMinute;
  /** Share of a family's cores in use, in percent. */
  quota(family: string, minute: number): number;
  /** Whether the nightly pipeline runs that should begin at `at`. */
  pipelineRuns(at: number): boolean;
}

export function estateOf(plan: Plan): Estate {
  const kept = new Map<Deployment, (ModelMinute | undefined)[]>(DEPLOYMENTS.map((deployment) => [deployment, []]));
  return {
    plan,
    model(deployment, minute) {
      const own = kept.get(deployment);
      const place = (minute - FIRST) / MINUTE;
      const known = own?.[place];
      if (known !== undefined) return known;
      const made = makeMinute(plan, deployment, minute);
      if (own !== undefined && place >= 0) own[place] = made;
      return made;
    },
    endpoint(minute) {
      const random = plan.noise('endpoint', minute);
      const calls = random.poisson(30 * season(minute));
      const bad = plan.during('bad rollout', minute)?.incident;
      return {
        calls,
        failed: binomial(random.uniform, calls, bad === undefined ? 0.0005 : 0.25 + 0.5 * bad.force),
        p99: (160 + 60 * random.uniform()) * (bad === undefined ? 1 : 2 + 2 * bad.force),
      };
    },
    quota(family, minute) {
      const random = plan.noise('quota', family, minute);
      const usual = 52 + 10 * Math.sin(((minute % DAY) / DAY) * 2 * Math.PI) + 4 * random.uniform();
      const filling = plan.during('quota exhaustion', minute, family);
      if (filling === null) return usual;
      const full = 94 + 5 * filling.incident.force;
      return usual + (full - usual) * Math.min(1, filling.progress * 2);
    },
    pipelineRuns: (at) => plan.during('silent pipeline', at, PIPELINE)?.progress !== 0,
  };
}

function makeMinute(plan: Plan, { name, calls, tokens }: Deployment, minute: number): ModelMinute {
  const random = plan.noise(name, minute);
  const blip = random.uniform();
  const shape = random.uniform();
  const storm = plan.during('storm', minute, name)?.incident;
  const slow = plan.during('slow model', minute, name)?.incident;
  const creep = plan.during('creeping cost', minute, name);
  const isDead = plan.during('dead deployment', minute, name) !== null;
  const burst = blip < BLIPS_A_MINUTE ? 1 + 2 * shape : 1;
  const rush = storm === undefined ? 1 : 4 + 4 * storm.force;
  const all = isDead ? 0 : random.poisson(calls * season(minute) * burst * rush * random.gamma(8));
  const throttledShare = storm !== undefined ? 0.5 + 0.4 * storm.force : burst > 2 ? 0.08 : 0.002;
  const throttled = binomial(random.uniform, all, throttledShare);
  const failed = binomial(random.uniform, all - throttled, SERVER_ERRORS);
  const malformed = binomial(random.uniform, all - throttled - failed, MALFORMED);
  const refused = binomial(random.uniform, all - throttled - failed - malformed, REFUSED);
  const ok = all - throttled - failed - malformed - refused;
  const growth = creep === null ? 0 : (3 + 3 * creep.incident.force) * Math.min(1, creep.progress * 1.4);
  const perCall = tokens * (0.85 + 0.3 * random.uniform()) * (1 + growth);
  const slowness = slow !== undefined ? 6 + 4 * slow.force : blip > 1 - BLIPS_A_MINUTE / 2 ? 2 + 2 * shape : 1;
  return {
    ok,
    throttled,
    failed,
    malformed,
    refused,
    filtered: binomial(random.uniform, ok, FILTERED),
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
