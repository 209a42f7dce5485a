import type { MetricRecord } from '../../../../src/local/archive/append.ts';
import { MINUTE } from '../../../../src/model/duration.ts';
import type { MetricPoint, MetricQuery, MetricSeries } from '../../../../src/model/query.ts';
import type { Clock, MetricSource } from '../../../../src/ports.ts';
import { DEPLOYMENTS, type Deployment, endpointMinute, type ModelMinute, modelMinute, quotaAt, RESOURCES } from './estate.ts';
import { END } from './plan.ts';

type Sample = Pick<MetricRecord, 'dimensions' | 'total' | 'count'> & { readonly value?: number };
type Make = (minute: number) => readonly Sample[];

const counted = (dimensions: Readonly<Record<string, string>>, count: number): readonly Sample[] =>
  count > 0 ? [{ dimensions, total: count, count, value: 1 }] : [];
const gauge = (dimensions: Readonly<Record<string, string>>, value: number, count = 1): readonly Sample[] =>
  count > 0 ? [{ dimensions, total: value * count, count, value }] : [];

/** One sample a deployment, from what it did in the minute. */
const perDeployment =
  (make: (minute: ModelMinute, names: Readonly<Record<string, string>>, deployment: Deployment) => readonly Sample[]): Make =>
  (minute) =>
    DEPLOYMENTS.flatMap((deployment) => {
      const names = { ModelDeploymentName: deployment.name, ModelName: deployment.model, ModelVersion: deployment.version };
      return make(modelMinute(deployment, minute), names, deployment);
    });

const callsOf = ({ ok, throttled, failed, malformed }: ModelMinute): number => ok + throttled + failed + malformed;

/** The same for the account as a whole, which is all that the older metrics know. */
const perAccount =
  (value: (minute: ModelMinute) => number): Make =>
  (minute) =>
    counted(
      { ApiName: 'Azure OpenAI' },
      DEPLOYMENTS.reduce((sum, deployment) => sum + value(modelMinute(deployment, minute)), 0),
    );

const slowestOf: Make = perDeployment((did, names) =>
  gauge({ ...names, StatusCode: '200', StreamType: 'Streaming', ApiName: 'Azure OpenAI' }, did.firstToken, did.ok),
);

const ACCOUNT: Readonly<Record<string, Make>> = {
  ModelRequests: perDeployment((did, names) =>
    (
      [
        ['200', did.ok],
        ['429', did.throttled],
        ['500', did.failed],
        ['400', did.malformed],
      ] as const
    ).flatMap(([StatusCode, count]) =>
      counted(
        {
          ...names,
          StatusCode,
          StreamType: 'Streaming',
          IsSpillover: 'False',
          ServiceTierRequest: 'auto',
          ServiceTierResponse: 'default',
        },
        count,
      ),
    ),
  ),
  TimeToResponse: slowestOf,
  AzureOpenAITimeToResponse: slowestOf,
  TotalTokens: perDeployment((did, names) => gauge(names, did.tokens / Math.max(1, did.ok), did.ok)),
  TokenTransaction: perDeployment((did, names) => gauge(names, did.tokens / Math.max(1, did.ok), did.ok)),
  InputTokens: perDeployment((did, names) => gauge(names, (0.8 * did.tokens) / Math.max(1, did.ok), did.ok)),
  OutputTokens: perDeployment((did, names) => gauge(names, (0.2 * did.tokens) / Math.max(1, did.ok), did.ok)),
  ModelAvailabilityRate: perDeployment((did, names) =>
    gauge(names, 100 * (1 - did.failed / Math.max(1, callsOf(did))), callsOf(did)),
  ),
  TotalCalls: perAccount(callsOf),
  SuccessfulCalls: perAccount(({ ok }) => ok),
  TotalErrors: perAccount(({ failed, malformed, throttled }) => failed + malformed + throttled),
  ServerErrors: perAccount(({ failed }) => failed),
  ClientErrors: perAccount(({ malformed, throttled }) => malformed + throttled),
  BlockedCalls: perAccount(({ throttled }) => throttled),
  SuccessRate: perDeployment((did) =>
    gauge({ ApiName: 'Azure OpenAI' }, (100 * did.ok) / Math.max(1, callsOf(did)), callsOf(did)),
  ),
  Latency: perDeployment((did) => gauge({ ApiName: 'Azure OpenAI' }, 6 * did.firstToken, did.ok)),
};

const WORKSPACE: Readonly<Record<string, Make>> = {
  'Quota Utilization Percentage': (minute) => gauge({ VmFamilyName: 'standardDSv3Family' }, quotaAt(minute)),
};

const blue = { deployment: 'blue' };
const ENDPOINT: Readonly<Record<string, Make>> = {
  RequestsPerMinute: (minute) => gauge({ ...blue, statusCode: '200', statusCodeClass: '2xx' }, endpointMinute(minute).calls),
  RequestLatency_P99: (minute) => gauge(blue, endpointMinute(minute).p99, 5),
};

const ENDPOINT_DEPLOYMENT: Readonly<Record<string, Make>> = {
  CpuUtilizationPercentage: (minute) => gauge({ instanceId: 'blue-0' }, 20 + endpointMinute(minute).calls / 2),
  CpuMemoryUtilizationPercentage: () => gauge({ instanceId: 'blue-0' }, 52),
  DeploymentCapacity: () => gauge({ instanceId: 'blue', State: 'Healthy' }, 2),
};

const METRICS: Readonly<Record<string, Readonly<Record<string, Make>>>> = {
  [RESOURCES.account]: ACCOUNT,
  [RESOURCES.workspace]: WORKSPACE,
  [RESOURCES.endpoint]: ENDPOINT,
  [RESOURCES.endpointDeployment]: ENDPOINT_DEPLOYMENT,
};

/**
 * Metrics answered from minutes that are made when they are asked for, also those of the weeks before. It does what the service does for
 * the queries that rules make: bins of the grain, split by all values of the dimensions asked for.
 */
export function madeMetrics(clock: Clock): MetricSource {
  return {
    read: async ({ resourceIds, metrics, splitBy, aggregations, span, grain }) => {
      const from = Math.floor(span.start / grain) * grain;
      const end = Math.min(span.end, clock.now(), END);
      const series: MetricSeries[] = [];
      for (const resourceId of resourceIds) {
        for (const metric of metrics) {
          const make = METRICS[resourceId.toLowerCase()]?.[metric];
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
