import type { MetricRecord } from '../archive/append.ts';
import { callsOf, strayCalls } from './calls.ts';
import { ACCOUNTS, LANGUAGE, type TrafficAccount } from './estate.ts';
import { endpointMetrics, endpointTraffic, type LogLine, runEvents, runMetrics } from './machine-learning.ts';
import { addModelMetrics, MinuteMetrics } from './model-metrics.ts';
import { requestResponse, requestUsage, serviceCall } from './model-records.ts';
import { guidOf, randomOf } from './random.ts';
import type { Scenario } from './scenarios.ts';

/** Everything that the estate does in one minute. */
export interface Minute {
  readonly metrics: readonly MetricRecord[];
  readonly logs: readonly LogLine[];
}

/** Names a run of a scenario: the same values give the same minutes, byte for byte. */
export interface Run {
  readonly seed: number;
  readonly scenario: Scenario;
  /** Epoch ms, a whole minute. */
  readonly startedAt: number;
}

const MINUTE = 60_000;
const ACCOUNT_TYPE = 'Microsoft.CognitiveServices/accounts';

/** The minute that begins at `start` (epoch ms, a whole minute). Pure. */
export function minuteOf(run: Run, start: number): Minute {
  const accounts = [...ACCOUNTS.map((account) => accountMinute(run, account, start)), languageMinute(run.seed, start)];
  const runs = runEvents(run.seed, run.scenario, start, run.startedAt);
  return {
    metrics: [
      ...accounts.flatMap((account) => account.metrics),
      ...runMetrics(runs, start).points(),
      ...endpointMetrics(run.seed, start).flatMap((metrics) => metrics.points()),
    ],
    logs: [...accounts.flatMap((account) => account.logs), ...endpointTraffic(run.seed, start), ...runs],
  };
}

/** Minutes after which the log records of the minute that begins at `start` reach the workspace. */
export function logDelayOf(run: Run, start: number): number {
  return run.scenario.effects(Math.round((start - run.startedAt) / MINUTE)).logDelay;
}

function accountMinute({ seed, scenario, startedAt }: Run, account: TrafficAccount, start: number): Minute {
  const effects = scenario.effects(Math.round((start - startedAt) / MINUTE));
  const metrics = new MinuteMetrics(start, account.id, ACCOUNT_TYPE);
  const logs: LogLine[] = [];
  for (const deployment of account.deployments) {
    const calls = callsOf(seed, account, deployment, start, effects);
    addModelMetrics(metrics, account, deployment, calls);
    for (const call of calls) {
      logs.push({ category: 'RequestResponse', resourceId: account.id, text: requestResponse(account, deployment, call) });
      if (call.status !== 200) continue;
      logs.push({ category: 'AzureOpenAIRequestUsage', resourceId: account.id, text: requestUsage(account, deployment, call) });
    }
  }
  for (const call of strayCalls(seed, account, start)) {
    logs.push({ category: 'RequestResponse', resourceId: account.id, text: requestResponse(account, null, call) });
  }
  return { metrics: metrics.points(), logs };
}

function languageMinute(seed: number, start: number): Minute {
  const random = randomOf(seed, LANGUAGE.name, start);
  const metrics = new MinuteMetrics(start, LANGUAGE.id, ACCOUNT_TYPE);
  const dimensions = { ApiName: 'TextAnalytics', OperationName: 'AnalyzeText', Region: LANGUAGE.location, RatelimitKey: '' };
  const logs: LogLine[] = [];
  for (let call = random.poisson(6); call > 0; call--) {
    const failed = random.uniform() < 0.0005;
    const latency = Math.round(80 + 60 * random.uniform());
    metrics.add('TotalCalls', dimensions, 1);
    metrics.add('SuccessRate', dimensions, failed ? 0 : 100);
    metrics.add('Latency', dimensions, latency);
    metrics.add(failed ? 'ServerErrors' : 'SuccessfulCalls', dimensions, 1);
    const text = serviceCall(
      LANGUAGE,
      'AnalyzeText',
      failed ? 500 : 200,
      start + Math.floor(random.uniform() * MINUTE),
      latency,
      guidOf(random),
    );
    logs.push({ category: 'RequestResponse', resourceId: LANGUAGE.id, text });
  }
  return { metrics: metrics.points(), logs };
}
