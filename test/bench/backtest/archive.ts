import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { appendMetric, flush } from '../../../src/local/archive/append.ts';
import { logPath } from '../../../src/local/archive/layout.ts';
import { randomOf } from '../../../src/local/traffic/random.ts';

/*
 * A made-up day of a busy estate: request records and, for successful calls, usage records of four accounts with three deployments
 * each, and the metrics that go with them. Every record has its own time, correlation id and duration, one in two thousand lies in a
 * file of two hours later.
 */

const HOUR = 3_600_000;
const MINUTE = 60_000;
const GROUP =
  '/subscriptions/5b0c7c1e-6a0e-4f7e-9f43-2a1d0c9b8e77/resourceGroups/busy/providers/Microsoft.CognitiveServices/accounts';
export const ACCOUNTS = ['busy-east', 'busy-west', 'busy-north', 'busy-south'].map((name) => `${GROUP}/${name}`);
const DEPLOYMENTS = [
  { name: 'chat', model: 'gpt-4o', share: 0.6 },
  { name: 'code', model: 'gpt-4o-mini', share: 0.3 },
  { name: 'nightly', model: 'o4-mini', share: 0.1 },
] as const;
const CALLERS = ['10.0.1.***', '10.0.2.***', '10.0.3.***', '10.0.4.***'];
const HEX = '0123456789abcdef';

/** Writes about `records` log records between `start` and a day later; resolves to the exact numbers and bytes. */
export async function writeBusyDay(dir: string, records: number, start: number) {
  let written = 0;
  let bytes = 0;
  let minutes = 0;
  // A call makes 1.94 records on average: a request, and usage where it succeeded.
  const callsPerMinute = records / 1.94 / 1440;
  for (let hour = 0; hour < 24; hour += 1) {
    const files = new Map<string, string[]>();
    for (let minute = 0; minute < 60; minute += 1) {
      const at = start + hour * HOUR + minute * MINUTE;
      const made = callsOfMinute(at, callsPerMinute);
      for (const { path, line } of made.lines) {
        const lines = files.get(path) ?? [];
        files.set(path, lines);
        lines.push(line);
        written += 1;
      }
      for (const point of made.metrics) appendMetric(dir, point);
      minutes += made.metrics.length;
    }
    await flush(dir);
    for (const [path, lines] of files) bytes += await append(join(dir, path), lines);
  }
  return { records: written, bytes, metricMinutes: minutes };
}

async function append(path: string, lines: readonly string[]): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const stream = createWriteStream(path, { flags: 'a' });
  let bytes = 0;
  for (let from = 0; from < lines.length; from += 2_000) {
    const block = `${lines.slice(from, from + 2_000).join('\n')}\n`;
    bytes += block.length;
    if (!stream.write(block)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  return bytes;
}

interface Tally {
  requests: number;
  tokens: number;
  duration: number;
  slowest: number;
}

function callsOfMinute(at: number, mean: number) {
  const random = randomOf('busy', at);
  const lines: { readonly path: string; readonly line: string }[] = [];
  const metrics: Parameters<typeof appendMetric>[1][] = [];
  const stamp = new Date(at).toISOString().slice(0, 17);
  for (const [index, resourceId] of ACCOUNTS.entries()) {
    const upper = resourceId.toUpperCase();
    const paths = ['RequestResponse', 'AzureOpenAIRequestUsage'].map((category) => ({
      now: logPath(category, resourceId, at),
      late: logPath(category, resourceId, at + 2 * HOUR),
    }));
    for (const { name, model, share } of DEPLOYMENTS) {
      const storm = name === 'chat' && index === 0 && Math.floor(at / MINUTE) % 360 < 12;
      const calls = Math.round((mean / ACCOUNTS.length) * share * (0.8 + 0.4 * random.uniform()));
      const tallies = new Map<string, Tally>();
      for (let call = 0; call < calls; call += 1) {
        const draw = random.uniform();
        const status =
          storm && draw < 0.4
            ? '429'
            : draw < 0.97
              ? '200'
              : draw < 0.985
                ? '429'
                : draw < 0.99
                  ? '401'
                  : draw < 0.995
                    ? '404'
                    : '500';
        const second = ((call / calls) * 59.9).toFixed(7).padStart(10, '0');
        const duration =
          status === '200' ? 200 + Math.floor(3_000 * random.uniform() ** 2) : 15 + Math.floor(20 * random.uniform());
        const tokens = status === '200' ? 300 + Math.floor(2_500 * random.uniform()) : 0;
        const common = `{"time":"${stamp}${second}Z","resourceId":"${upper}","Tenant":"eastus2","operationName":"${name === 'code' ? 'Completions_Create' : 'ChatCompletions_Create'}","location":"eastus2","resultSignature":"${status}","durationMs":${duration},"callerIpAddress":"${CALLERS[Math.floor(random.uniform() ** 2 * 4)]}","correlationId":"${guid(random.uniform)}"`;
        const late = random.uniform() < 0.0005;
        lines.push({
          path: late ? (paths[0]?.late ?? '') : (paths[0]?.now ?? ''),
          line: `${common},"category":"RequestResponse","event":"ShoeboxCallResult","properties":"{\\"apiName\\":\\"Azure OpenAI API version 2024-10-21\\",\\"requestLength\\":${420 + tokens},\\"responseLength\\":${300 + tokens * 4},\\"objectId\\":\\"\\",\\"streamType\\":\\"${call % 3 === 0 ? 'Non-Streaming' : 'Streaming'}\\",\\"modelDeploymentName\\":\\"${name}\\",\\"modelName\\":\\"${model}\\",\\"modelVersion\\":\\"2024-11-20\\"}"}`,
        });
        if (status === '200') {
          lines.push({
            path: late ? (paths[1]?.late ?? '') : (paths[1]?.now ?? ''),
            line: `${common},"category":"AzureOpenAIRequestUsage","event":"ShoeboxAzureOpenAIRequestUsage","properties":"{\\"promptTokens\\":[${tokens}],\\"cachedTokens\\":[0],\\"generatedTokens\\":[${tokens >> 3}],\\"modelDeploymentName\\":\\"${name}\\",\\"modelName\\":\\"${model}\\"}"}`,
          });
        }
        const tally = tallies.get(status) ?? { requests: 0, tokens: 0, duration: 0, slowest: 0 };
        tallies.set(status, tally);
        tally.requests += 1;
        tally.tokens += tokens;
        tally.duration += duration;
        tally.slowest = Math.max(tally.slowest, duration);
      }
      for (const [status, tally] of tallies) metrics.push(...metricsOf(at, resourceId, name, model, status, tally));
    }
  }
  return { lines, metrics };
}

function metricsOf(
  time: number,
  resourceId: string,
  name: string,
  model: string,
  status: string,
  { requests, tokens, duration, slowest }: Tally,
) {
  const base = { time, resourceId, namespace: 'Microsoft.CognitiveServices/accounts' };
  const dimensions = { Region: 'eastus2', ModelDeploymentName: name, ModelName: model, ModelVersion: '2024-11-20' };
  const counted = (metric: string, own: Readonly<Record<string, string>>, total: number, maximum: number) => ({
    ...base,
    metric,
    dimensions: { ...dimensions, ...own },
    total,
    count: requests,
    minimum: 1,
    maximum,
  });
  const made = [
    counted(
      'ModelRequests',
      { StatusCode: status, StreamType: 'Streaming', OperationName: 'ChatCompletions_Create' },
      requests,
      1,
    ),
    counted('TimeToResponse', { StatusCode: status, StreamType: 'Streaming' }, duration, slowest),
  ];
  if (status !== '200') return made;
  return [
    ...made,
    counted('InputTokens', {}, tokens, 2_800),
    counted('OutputTokens', {}, tokens >> 3, 350),
    counted('TotalTokens', {}, tokens + (tokens >> 3), 3_150),
  ];
}

function guid(uniform: () => number): string {
  let text = '';
  for (let part = 0; part < 4; part += 1) {
    const word = Math.floor(uniform() * 2 ** 32);
    for (let shift = 28; shift >= 0; shift -= 4) text += HEX[(word >>> shift) & 15];
  }
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}
