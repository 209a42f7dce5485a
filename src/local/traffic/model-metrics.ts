import type { MetricRecord } from '../archive/append.ts';
import type { Call } from './calls.ts';
import type { TrafficAccount, TrafficDeployment } from './estate.ts';
import { operationOf } from './model-records.ts';

/** Points of a metric, gathered by dimension values. A minute without calls yields no point at all, as in Azure. */
export class MinuteMetrics {
  readonly #bins = new Map<string, MetricRecord>();
  readonly #minute: number;
  readonly #resourceId: string;
  readonly #namespace: string;

  constructor(minute: number, resourceId: string, namespace: string) {
    this.#minute = minute;
    this.#resourceId = resourceId;
    this.#namespace = namespace;
  }

  add(metric: string, dimensions: Readonly<Record<string, string>>, value: number): void {
    const key = `${metric} ${JSON.stringify(dimensions)}`;
    const bin = this.#bins.get(key);
    this.#bins.set(
      key,
      bin === undefined
        ? {
            time: this.#minute,
            resourceId: this.#resourceId,
            namespace: this.#namespace,
            metric,
            dimensions,
            total: value,
            count: 1,
            minimum: value,
            maximum: value,
          }
        : {
            ...bin,
            total: bin.total + value,
            count: bin.count + 1,
            minimum: Math.min(bin.minimum, value),
            maximum: Math.max(bin.maximum, value),
          },
    );
  }

  points(): readonly MetricRecord[] {
    return [...this.#bins.values()];
  }
}

/** The Models category's metrics for one deployment's calls of a minute. */
export function addModelMetrics(
  metrics: MinuteMetrics,
  account: TrafficAccount,
  deployment: TrafficDeployment,
  calls: readonly Call[],
): void {
  const model = {
    Region: account.location,
    ModelDeploymentName: deployment.name,
    ModelName: deployment.model.name,
    ModelVersion: deployment.model.version,
  };
  const api = { ApiName: 'Azure OpenAI', ...model };
  for (const call of calls) {
    const request = {
      ...api,
      OperationName: operationOf(deployment),
      StreamType: call.streaming ? 'Streaming' : 'Non-Streaming',
      StatusCode: String(call.status),
    };
    metrics.add(
      'ModelRequests',
      { ...request, IsSpillover: 'False', ServiceTierRequest: 'auto', ServiceTierResponse: 'default' },
      1,
    );
    metrics.add('ModelAvailabilityRate', model, call.status >= 500 ? 0 : 100);
    metrics.add('TimeToResponse', request, call.firstByte);
    if (call.status !== 200) continue;
    metrics.add('InputTokens', api, call.promptTokens);
    metrics.add('TotalTokens', api, call.promptTokens + call.outputTokens);
    if (call.outputTokens === 0) continue;
    metrics.add('OutputTokens', api, call.outputTokens);
    metrics.add('NormalizedTimeBetweenTokens', request, (call.duration - call.firstByte) / call.outputTokens);
  }
}
