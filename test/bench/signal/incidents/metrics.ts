import type { MetricRecord } from '../../../../src/local/archive/append.ts';
import { HOUR, MINUTE } from '../../../../src/model/duration.ts';
import type { MetricPoint, MetricQuery, MetricSeries } from '../../../../src/model/query.ts';
import type { Clock, MetricSource } from '../../../../src/ports.ts';
import { binomial, type Estate, type ModelMinute } from './estate.ts';
import { DEPLOYMENTS, type Deployment, ENDPOINT_DEPLOYMENT, QUOTA_FAMILIES, RESOURCES } from './names.ts';
import { END } from './plan.ts';

type Sample = Pick<MetricRecord, 'dimensions' | 'total' | 'count'> & { readonly value?: number };
type Make = (minute: number) => readonly Sample[];
type Makers = Readonly<Record<string, Make>>;

const counted = (dimensions: Readonly<Record<string, string>>, count: number): readonly Sample[] =>
  count > 0 ? [{ dimensions, total: count, count, value: 1 }] : [];
const gauge = (dimensions: Readonly<Record<string, string>>, value: number, count = 1): readonly Sample[] =>
  count > 0 ? [{ dimensions, total: value * count, count, value }] : [];

const callsOf = ({ ok, throttled, failed, malformed, refused }: ModelMinute): number =>
  ok + throttled + failed + malformed + refused;

const OPENAI = { ApiName: 'Azure OpenAI' } as const;
const HARMS = ['Hate', 'Violence', 'Sexual', 'SelfHarm'] as const;

function accountMetrics({ plan, model }: Estate): Makers {
  /** One sample a deployment, from what it did in the minute. */
  const perDeployment =
    (
      make: (
        did: ModelMinute,
        names: Readonly<Record<string, string>>,
        deployment: Deployment,
        minute: number,
      ) => readonly Sample[],
    ): Make =>
    (minute) =>
      DEPLOYMENTS.flatMap((deployment) => {
        const names = { ModelDeploymentName: deployment.name, ModelName: deployment.model, ModelVersion: deployment.version };
        return make(model(deployment, minute), names, deployment, minute);
      });
  /** The same for the account as a whole, which is all that the older metrics know. */
  const perAccount =
    (value: (did: ModelMinute) => number): Make =>
    (minute) =>
      counted(
        OPENAI,
        DEPLOYMENTS.reduce((sum, deployment) => sum + value(model(deployment, minute)), 0),
      );
  const statuses = ({ ok, throttled, failed, malformed, refused }: ModelMinute) =>
    [
      ['200', ok],
      ['429', throttled],
      ['500', failed],
      ['400', malformed],
      ['401', refused],
    ] as const;
  const streamed = { StreamType: 'Streaming', IsSpillover: 'False', ServiceTierRequest: 'auto', ServiceTierResponse: 'default' };
  const requests = perDeployment((did, names) =>
    statuses(did).flatMap(([StatusCode, count]) => counted({ ...names, ...streamed, StatusCode }, count)),
  );
  const firstToken = perDeployment((did, names) =>
    gauge({ ...names, ...OPENAI, StatusCode: '200', StreamType: 'Streaming' }, did.firstToken, did.ok),
  );
  const perAnswer = (share: number) =>
    perDeployment((did, names) => gauge(names, (share * did.tokens) / Math.max(1, did.ok), did.ok));
  const available = perDeployment((did, names) => gauge(names, 100 * (1 - did.failed / Math.max(1, callsOf(did))), callsOf(did)));
  const utilization = perDeployment((did, names, { provisioned }) =>
    provisioned === undefined ? [] : gauge(names, Math.min(100, provisioned * (did.ok + did.failed))),
  );
  /** A user tries to get round the rules now and then; a prompt with a bad word in it is common. */
  const harmful = perDeployment((did, names, { name }, minute) => {
    const random = plan.noise('harm', name, minute);
    return HARMS.flatMap((Category) =>
      counted({ ...names, Category, Severity: 'Medium', TextType: 'Prompt' }, binomial(random.uniform, did.filtered, 0.2)),
    ).concat(
      counted({ ...names, Category: 'Jailbreak', Severity: 'High', TextType: 'Prompt' }, random.uniform() < 0.002 ? 1 : 0),
    );
  });
  return {
    ModelRequests: requests,
    AzureOpenAIRequests: requests,
    TimeToResponse: firstToken,
    AzureOpenAITimeToResponse: firstToken,
    TotalTokens: perAnswer(1),
    TokenTransaction: perAnswer(1),
    InputTokens: perAnswer(0.8),
    OutputTokens: perAnswer(0.2),
    ModelAvailabilityRate: available,
    AzureOpenAIAvailabilityRate: available,
    ProvisionedUtilization: utilization,
    AzureOpenAIProvisionedManagedUtilizationV2: utilization,
    AzureOpenAIContextTokensCacheMatchRate: perDeployment((did, names, { name }, minute) =>
      gauge(names, 20 + 30 * plan.noise('cache', name, minute).uniform(), did.ok),
    ),
    RAITotalRequests: perDeployment((did, names) => counted(names, did.ok)),
    RAIRejectedRequests: perDeployment((did, names) =>
      counted({ ...names, Category: 'Violence', TextType: 'Prompt' }, did.filtered),
    ),
    RAIHarmfulRequests: harmful,
    TotalCalls: perAccount(callsOf),
    SuccessfulCalls: perAccount(({ ok }) => ok),
    TotalErrors: perAccount(({ failed, malformed, throttled, refused }) => failed + malformed + throttled + refused),
    ServerErrors: perAccount(({ failed }) => failed),
    ClientErrors: perAccount(({ malformed, throttled, refused }) => malformed + throttled + refused),
    BlockedCalls: perAccount(({ throttled }) => throttled),
    SuccessRate: perDeployment((did) => gauge(OPENAI, 100 * (1 - did.failed / Math.max(1, callsOf(did))), callsOf(did))),
    Latency: perDeployment((did) => gauge(OPENAI, 6 * did.firstToken, did.ok)),
  };
}

/** Shares of the hours in which an experiment fails, a node is taken back and one breaks: daily bread of a workspace. */
const FAILED_AN_HOUR = 0.1;
const PREEMPTED_AN_HOUR = 0.2;
const BROKEN_AN_HOUR = 0.02;

function workspaceMetrics({ plan, quota }: Estate): Makers {
  const hourly = (what: string, share: number, dimensions: Readonly<Record<string, string>>): Make => {
    return (minute) => {
      const random = plan.noise(what, Math.floor(minute / HOUR));
      const happens = random.uniform() < share && Math.floor(60 * random.uniform()) === (minute % HOUR) / MINUTE;
      return gauge(dimensions, happens ? 1 : 0);
    };
  };
  return {
    'Quota Utilization Percentage': (minute) =>
      QUOTA_FAMILIES.flatMap((VmFamilyName) => gauge({ VmFamilyName }, quota(VmFamilyName, minute))),
    'Failed Runs': hourly('failed runs', FAILED_AN_HOUR, { ExperimentName: 'exploration' }),
    'Preempted Nodes': hourly('preempted', PREEMPTED_AN_HOUR, { ClusterName: 'cpu' }),
    'Unusable Nodes': hourly('broken', BROKEN_AN_HOUR, { ClusterName: 'cpu' }),
    'Not Responding Runs': () => gauge({ ExperimentName: 'exploration' }, 0),
    'Model Deploy Failed': () => gauge({}, 0),
    'Active Nodes': () => gauge({ ClusterName: 'cpu' }, 3),
    StorageAPISuccessCount: () => counted({ ComputeName: 'cpu' }, 200),
    StorageAPIFailureCount: (minute) => counted({ ComputeName: 'cpu' }, plan.noise('storage', minute).uniform() < 0.1 ? 1 : 0),
    DiskAvailMegabytes: (minute) =>
      gauge({ ComputeName: 'cpu', InstanceId: 'cpu-0' }, 60_000 + 20_000 * Math.cos(minute / (9 * HOUR))),
  };
}

function endpointMetrics({ endpoint }: Estate): Makers {
  const blue = { deployment: ENDPOINT_DEPLOYMENT };
  return {
    RequestsPerMinute: (minute) => {
      const { calls, failed } = endpoint(minute);
      return [
        ...gauge({ ...blue, statusCode: '200', statusCodeClass: '2xx', modelStatusCode: '200' }, calls - failed),
        ...(failed > 0 ? gauge({ ...blue, statusCode: '424', statusCodeClass: '4xx', modelStatusCode: '500' }, failed) : []),
      ];
    },
    RequestLatency_P99: (minute) => gauge(blue, endpoint(minute).p99, 5),
    RequestLatency: (minute) => gauge(blue, endpoint(minute).p99 / 3, 5),
    DataCollectionErrorsPerMinute: () => gauge({ ...blue, reason: 'timeout' }, 0),
  };
}

function endpointDeploymentMetrics({ plan, endpoint }: Estate): Makers {
  const instance = { instanceId: `${ENDPOINT_DEPLOYMENT}-0` };
  return {
    CpuUtilizationPercentage: (minute) =>
      gauge(instance, Math.min(100, 20 + endpoint(minute).calls / 2 + 10 * plan.noise('cpu', minute).uniform())),
    CpuMemoryUtilizationPercentage: (minute) => gauge(instance, 52 + 6 * plan.noise('memory', minute).uniform()),
    DiskUtilization: (minute) => gauge({ ...instance, disk: '/' }, 40 + ((minute / HOUR) % 168) / 8),
    DeploymentCapacity: () => gauge({ instanceId: ENDPOINT_DEPLOYMENT, State: 'Healthy' }, 2),
  };
}

/**
 * Metrics answered from minutes that are made when they are asked for, also those of the weeks before. It does what the service does for
 * the queries that rules make: bins of the grain, split by all values of the dimensions asked for.
 */
export function madeMetrics(estate: Estate, clock: Clock): MetricSource {
  const metricsOf: Readonly<Record<string, Makers>> = {
    [RESOURCES.account]: accountMetrics(estate),
    [RESOURCES.workspace]: workspaceMetrics(estate),
    [RESOURCES.endpoint]: endpointMetrics(estate),
    [RESOURCES.endpointDeployment]: endpointDeploymentMetrics(estate),
  };
  return {
    read: async ({ resourceIds, metrics, splitBy, aggregations, span, grain }) => {
      const from = Math.floor(span.start / grain) * grain;
      const end = Math.min(span.end, clock.now(), END);
      const series: MetricSeries[] = [];
      for (const resourceId of resourceIds) {
        for (const metric of metrics) {
          const make = metricsOf[resourceId.toLowerCase()]?.[metric];
          if (make === undefined) continue;
          const split = new Map<string, { readonly labels: Record<string, string>; readonly bins: Map<number, Bin> }>();
          for (let minute = from; minute < end; minute += MINUTE) {
            const at = Math.floor(minute / grain) * grain;
            for (const sample of make(minute)) addSample(split, splitBy, at, sample);
          }
          for (const { labels, bins } of split.values()) {
            series.push({ resourceId, metric, labels, points: [...bins].map(([at, bin]) => pointOf(at, bin, aggregations)) });
          }
        }
      }
      return { series, failed: [] };
    },
  };
}

interface Bin {
  total: number;
  count: number;
  minimum: number;
  maximum: number;
}

function addSample(
  split: Map<string, { readonly labels: Record<string, string>; readonly bins: Map<number, Bin> }>,
  splitBy: readonly string[],
  at: number,
  { dimensions, total, count, value = total / count }: Sample,
): void {
  let key = '';
  for (const name of splitBy) key += `${dimensions[name] ?? ''}\n`;
  let one = split.get(key);
  if (one === undefined) {
    one = { labels: Object.fromEntries(splitBy.map((name) => [name, dimensions[name] ?? ''])), bins: new Map() };
    split.set(key, one);
  }
  const bin = one.bins.get(at);
  if (bin === undefined) one.bins.set(at, { total, count, minimum: value, maximum: value });
  else {
    bin.total += total;
    bin.count += count;
    bin.minimum = Math.min(bin.minimum, value);
    bin.maximum = Math.max(bin.maximum, value);
  }
}

function pointOf(at: number, bin: Bin, aggregations: MetricQuery['aggregations']): MetricPoint {
  return Object.fromEntries([
    ['at', at],
    ...aggregations.map((name) => [name, name === 'average' ? bin.total / bin.count : bin[name]]),
  ]) as unknown as MetricPoint;
}
