import { pushOfAzure } from '../alerts/azure-alert.ts';
import type { Actor } from '../model/access.ts';
import { asTocsinError } from '../model/errors.ts';
import { type HttpCall, type HttpReply, jsonReply, problemOf, problemReply, readBody } from './http.ts';
import { type PushDeps, pushAlerts } from './push-alerts.ts';
import type { Rate } from './rate.ts';

export interface AzureHookDeps extends PushDeps {
  readonly rate: Rate;
}

/** Azure Monitor sends at most 256 KB. */
const MOST_BODY = 512 * 1024;
const AZURE: Actor = { name: 'azure-monitor', via: 'api key', role: 'responder' };

/**
 * Takes an alert of Azure Monitor in the common alert schema: it is routed, grouped, silenced and resolved like any other. An action group
 * tries again on 429 and 503 only, so what cannot be understood is refused for good. It never throws.
 */
export async function takeAzureAlert({ body }: Pick<HttpCall, 'body'>, deps: AzureHookDeps): Promise<HttpReply> {
  const now = deps.clock.now();
  const wait = deps.rate.take('azure-monitor', now);
  if (wait > 0) {
    const seconds = Math.ceil(wait / 1_000);
    return problemReply('TCN-H004', `again in ${seconds} s`, { headers: { 'retry-after': String(seconds) } });
  }
  const text = await readBody(body, MOST_BODY);
  if (text === null) return problemReply('TCN-H003', `the body is larger than ${MOST_BODY / 1024} KiB`, { status: 413 });
  const parsed = parsedJson(text);
  if (parsed === undefined) return problemReply('TCN-H003', 'the body is not JSON');
  const pushed = pushOfAzure(parsed, now);
  if (typeof pushed === 'string') return problemReply('TCN-H003', pushed);
  try {
    return jsonReply(await pushAlerts([pushed], AZURE, deps), 202);
  } catch (thrown) {
    return problemOf(asTocsinError(thrown));
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
