import type { TrafficAccount, TrafficDeployment } from './estate.ts';
import type { Workload } from './fit.ts';
import { guidOf, type Random, randomOf } from './random.ts';
import type { Effects } from './scenarios.ts';

/** One call of a model deployment. Arrival and token lengths follow the fitted trace; status, latency and caller are modelled. */
export interface Call {
  readonly at: number;
  readonly correlationId: string;
  readonly status: 200 | 400 | 404 | 429 | 500;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly streaming: boolean;
  /** Milliseconds to the first byte and to the last. */
  readonly firstByte: number;
  readonly duration: number;
  readonly caller: string;
}

const MINUTE = 60_000;
const SERVER_ERROR_SHARE = 0.0002;
const BAD_REQUEST_SHARE = 0.003;

/** Busiest at 14:00 UTC, quietest at 02:00, mean 1. */
function dailyProfile(minuteStart: number): number {
  const hour = (minuteStart / 3_600_000) % 24;
  return 1 + 0.35 * Math.cos(((hour - 14) / 24) * 2 * Math.PI);
}

/** The calls of one deployment in the minute that begins at `start`, in order of arrival. The same seed and minute give the same calls. */
export function callsOf(
  seed: number,
  account: TrafficAccount,
  deployment: TrafficDeployment,
  start: number,
  effects: Effects,
): readonly Call[] {
  const random = randomOf(seed, account.name, deployment.name, start);
  const { workload } = deployment;
  const factor = effects.rate[deployment.name] ?? 1;
  const mean = deployment.requestsPerMinute * dailyProfile(start) * random.gamma(workload.burstShape) * factor;
  const arrivals = Array.from({ length: random.poisson(mean) }, () => start + Math.floor(random.uniform() * MINUTE)).sort(
    (a, b) => a - b,
  );
  const slowness = effects.latency[deployment.name] ?? 1;
  let tokensLeft = deployment.tokensPerMinute;
  return arrivals.map((at): Call => {
    const promptTokens = tokens(random, workload.prompt);
    const outputTokens = tokens(random, workload.output);
    const streaming = workload.output.max > 0 && random.uniform() < 0.7;
    const base = { at, correlationId: guidOf(random), streaming, caller: caller(random) };
    const fate = random.uniform();
    if (promptTokens + outputTokens > tokensLeft) {
      const refusal = Math.round(10 + 20 * random.uniform());
      return { ...base, status: 429, promptTokens: 0, outputTokens: 0, firstByte: refusal, duration: refusal };
    }
    if (fate < SERVER_ERROR_SHARE + BAD_REQUEST_SHARE) {
      const failure = Math.round(20 + 200 * random.uniform());
      return {
        ...base,
        status: fate < SERVER_ERROR_SHARE ? 500 : 400,
        promptTokens: 0,
        outputTokens: 0,
        firstByte: failure,
        duration: failure,
      };
    }
    tokensLeft -= promptTokens + outputTokens;
    const toFirst = (200 + 0.15 * promptTokens) * slowness;
    const total = toFirst + (25 + 10 * random.uniform()) * outputTokens * slowness;
    return {
      ...base,
      status: 200,
      promptTokens,
      outputTokens,
      firstByte: Math.round(streaming ? toFirst : total),
      duration: Math.round(total),
    };
  });
}

/** A scanner that asks, about twice an hour, for a deployment that does not exist. */
export function strayCalls(seed: number, account: TrafficAccount, start: number): readonly Call[] {
  const random = randomOf(seed, account.name, 'stray', start);
  if (random.uniform() >= 1 / 30) return [];
  const at = start + Math.floor(random.uniform() * MINUTE);
  const failure = { promptTokens: 0, outputTokens: 0, streaming: false, firstByte: 12, duration: 12 };
  return [{ at, correlationId: guidOf(random), status: 404, caller: '198.51.100.***', ...failure }];
}

function tokens(random: Random, { mu, sigma, max }: Workload['prompt']): number {
  return max === 0 ? 0 : Math.max(1, Math.min(max, Math.round(Math.exp(mu + sigma * random.normal()))));
}

const CALLERS = ['10.0.1.***', '10.0.2.***', '10.0.3.***'];

function caller(random: Random): string {
  const share = random.uniform();
  return CALLERS[share < 0.6 ? 0 : share < 0.9 ? 1 : 2] ?? '10.0.1.***';
}
