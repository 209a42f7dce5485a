import { signatureHeaders } from '../../../src/net/webhook-signature.ts';
import { type AlertingCase, compared, type Fields, fields, list, notUnderstood, number, text, type Verdict } from './case.ts';

/** What the standard lets a receiver accept, in seconds. */
const TOLERANCE = 300;

/** Headers under any spelling: `webhook-id`, `webhook_id`, `Webhook-Id`, `svix-id`. */
function headerOf(given: Fields, name: 'id' | 'timestamp' | 'signature'): string {
  const all = { ...given, ...fields(given.headers) };
  const found = Object.entries(all).find(([key]) => new RegExp(`^(?:webhook|svix)[-_]${name}$`, 'i').test(key))?.[1];
  return found === undefined || found === null ? '' : String(found);
}

/** Whether the signature of a request is one that Tocsin would have made with the secret, and young enough. */
function verifies(given: Fields): boolean {
  const [id, timestamp, signature] = [headerOf(given, 'id'), headerOf(given, 'timestamp'), headerOf(given, 'signature')];
  if (id === '' || !/^\d+$/.test(timestamp) || signature === '') return false;
  const at = Number(timestamp);
  const now = number(given.now ?? given.now_s ?? given.at, Number.NaN);
  const tolerance = number(given.tolerance_s, TOLERANCE);
  if (!Number.isNaN(now) && Math.abs(now - at) > tolerance) return false;
  const secrets = [given.secret, ...list(given.secrets)].map((one) => text(one)).filter(Boolean);
  const made = secrets.map((one) => {
    const secret = one.startsWith('whsec_') ? one : `whsec_${one}`;
    return signatureHeaders({ id, at: at * 1000, secret }, bodyOf(given))['webhook-signature'];
  });
  return signature.split(/\s+/).some((one) => made.includes(one));
}

/** A header may be missing so that it is refused; all of them, or the secret, mean that they have other names here. */
function isRequest(given: Fields): boolean {
  const headers = (['id', 'timestamp', 'signature'] as const).map((name) => headerOf(given, name));
  return headers.some((header) => header !== '') && [given.secret, ...list(given.secrets)].some((one) => text(one) !== '');
}

function bodyOf({ body, payload }: Fields): string {
  const written = body ?? payload ?? '';
  return typeof written === 'string' ? written : JSON.stringify(written);
}

/** Headers, body and secret of a webhook, or several of them: which are genuine. */
export async function webhookVerify({ given, expect }: AlertingCase): Promise<Verdict> {
  const cases = Object.entries(given).find(([key, value]) => key !== 'secrets' && Array.isArray(value))?.[1];
  const genuine = cases === undefined ? [verifies(given)] : list(cases).map((one) => verifies({ ...given, ...fields(one) }));
  const [wanted] = Object.values(expect);
  const wants = Array.isArray(wanted) ? wanted.map(wantsOf) : wantsOf(wanted);
  if (wants === null || [wants].flat().includes(null)) return notUnderstood(expect);
  if (!isRequest({ ...given, ...fields(list(cases)[0]) })) return notUnderstood(given);
  return compared('genuine', Array.isArray(wants) ? genuine : genuine[0], wants);
}

/** `true`, `valid`, or what a library says of a request that it refuses. */
function wantsOf(wanted: unknown): boolean | null {
  if (typeof wanted === 'boolean') return wanted;
  if (wanted === null) return false;
  if (typeof wanted !== 'string') return null;
  return /^(?:ok|valid|verified|accept(?:ed)?|pass(?:es)?)$/i.test(wanted);
}
