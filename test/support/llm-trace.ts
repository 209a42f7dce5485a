import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendLogLine, appendMetric, flush } from '../../src/local/archive/append.ts';
import type { Call } from '../../src/local/traffic/calls.ts';
import type { TrafficAccount, TrafficDeployment } from '../../src/local/traffic/estate.ts';
import { CHAT, CODE } from '../../src/local/traffic/fit.ts';
import { addModelMetrics, MinuteMetrics } from '../../src/local/traffic/model-metrics.ts';
import { requestResponse, requestUsage } from '../../src/local/traffic/model-records.ts';
import { guidOf, randomOf } from '../../src/local/traffic/random.ts';

/*
 * The Azure LLM inference trace of 2023 as an archive: P. Patel, E. Choukse, C. Zhang, A. Shah, Í. Goiri, S. Maleki, R. Bianchini,
 * "Splitwise: Efficient generative LLM inference using phase splitting", ISCA 2024; data of the Azure Public Dataset, CC-BY 4.0.
 * Real: times of arrival, prompt tokens, output tokens. Modelled: the account and its two deployments, status, latency, callers,
 * when a record is received.
 */

const MINUTE = 60_000;
const NAMESPACE = 'Microsoft.CognitiveServices/accounts';
const FILES = { chat: 'AzureLLMInferenceTrace_conv.csv', code: 'AzureLLMInferenceTrace_code.csv' } as const;
/** Of calls that are not refused, this share fails. */
const FAILING = 0.002;

export interface TraceOptions {
  /** What each deployment accepts in a clock minute; a call that no longer fits gets 429 and uses nothing. */
  readonly tokensPerMinute: number;
}

/** The hour that the trace covers, whole minutes. */
export const TRACE_HOUR = { start: Date.UTC(2023, 10, 16, 18, 15), end: Date.UTC(2023, 10, 16, 19, 15) };

interface TraceCall {
  readonly at: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** Writes the trace's logs and metrics under `dir`; resolves to how many calls and records there are. */
export async function writeTrace(traces: string, dir: string, { tokensPerMinute }: TraceOptions) {
  const account = accountWith(tokensPerMinute);
  let calls = 0;
  let records = 0;
  let refused = 0;
  for (const deployment of account.deployments) {
    const random = randomOf('trace', deployment.name);
    for (const [minute, own] of byMinute(readTrace(join(traces, FILES[deployment.name as keyof typeof FILES])))) {
      let left = tokensPerMinute;
      const made = own.map((call): Call => {
        const tokens = call.promptTokens + call.outputTokens;
        const base = { at: call.at, correlationId: guidOf(random), streaming: random.uniform() < 0.7, caller: '10.0.1.***' };
        const fate = random.uniform();
        const slow = 25 + 10 * random.uniform();
        if (tokens > left) return { ...base, status: 429, promptTokens: 0, outputTokens: 0, firstByte: 20, duration: 20 };
        if (fate < FAILING) return { ...base, status: 500, promptTokens: 0, outputTokens: 0, firstByte: 90, duration: 90 };
        left -= tokens;
        const firstByte = Math.round(200 + 0.15 * call.promptTokens);
        const duration = Math.round(firstByte + slow * call.outputTokens);
        return { ...base, status: 200, promptTokens: call.promptTokens, outputTokens: call.outputTokens, firstByte, duration };
      });
      const metrics = new MinuteMetrics(minute, account.id, NAMESPACE);
      addModelMetrics(metrics, account, deployment, made);
      for (const call of made) {
        calls += 1;
        if (call.status === 429) refused += 1;
        if (call.status === 200) {
          const dimensions = { ApiName: 'Azure OpenAI', ModelDeploymentName: deployment.name, Region: account.location };
          metrics.add('TokenTransaction', dimensions, call.promptTokens + call.outputTokens);
        }
        const receivedAt = call.at + call.duration + MINUTE;
        const place = { dir, resourceId: account.id, receivedAt };
        appendLogLine({ ...place, category: 'RequestResponse' }, requestResponse(account, deployment, call));
        records += 1;
        if (call.status !== 200) continue;
        appendLogLine({ ...place, category: 'AzureOpenAIRequestUsage' }, requestUsage(account, deployment, call));
        records += 1;
      }
      for (const point of metrics.points()) appendMetric(dir, point);
    }
  }
  await flush(dir);
  return { calls, records, refused };
}

function accountWith(tokensPerMinute: number): TrafficAccount {
  const id = `/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/trace/providers/${NAMESPACE}/traced`;
  const deployment = (name: string, workload: typeof CHAT): TrafficDeployment => ({
    id: `${id}/deployments/${name}`,
    name,
    model: { name: 'gpt-4', version: '0613' },
    sku: 'Standard',
    capacity: tokensPerMinute / 1000,
    workload,
    requestsPerMinute: 0,
    tokensPerMinute,
  });
  return {
    id,
    name: 'traced',
    type: NAMESPACE,
    kind: 'OpenAI',
    location: 'eastus',
    tags: {},
    deployments: [deployment('chat', CHAT), deployment('code', CODE)],
    onlineEndpoints: [],
    diagnosticSettings: [],
  };
}

function readTrace(path: string): readonly TraceCall[] {
  return readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => {
      const [time = '', prompt, output] = line.split(',');
      return {
        at: Date.parse(`${time.replace(' ', 'T').slice(0, 23)}Z`),
        promptTokens: Number(prompt),
        outputTokens: Number(output),
      };
    });
}

function byMinute(calls: readonly TraceCall[]): ReadonlyMap<number, readonly TraceCall[]> {
  const minutes = new Map<number, TraceCall[]>();
  for (const call of calls) {
    const minute = Math.floor(call.at / MINUTE) * MINUTE;
    const list = minutes.get(minute);
    if (list === undefined) minutes.set(minute, [call]);
    else list.push(call);
  }
  return minutes;
}
