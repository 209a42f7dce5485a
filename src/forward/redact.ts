import type { Redaction } from '../model/config.ts';
import { type Json, parseLossless } from './json.ts';

/*
 * What must not leave with diagnostics, unless a sink is allowed to have it: prompts and completions, credentials, e-mail addresses.
 * Every pattern is linear in its text: it begins at a fixed word, and what it has read without a match is bounded.
 */

/** What a sink is spared whose configuration does not say. */
export const REDACT_ALL: Redaction = { content: true, secrets: true, emails: true };
export const REDACTED = '[redacted]';

/** What a member of this name holds, whatever its spelling. */
export function heldBy(name: string): 'content' | 'secret' | null {
  const known = held.get(name);
  if (known !== undefined) return known;
  const plain = name.toLowerCase().replace(/[-_. ]/g, '');
  const holds = CONTENT.has(plain) ? 'content' : SECRETS.has(plain) ? 'secret' : null;
  if (held.size < HELD_LIMIT) held.set(name, holds);
  return holds;
}

const HELD_LIMIT = 4_000;
const held = new Map<string, 'content' | 'secret' | null>();

/** API Management's bodies and LLM messages, and the content attributes of OpenTelemetry's gen-ai conventions (v1.41.1). */
const CONTENT: ReadonlySet<string> = new Set([
  'requestbody',
  'responsebody',
  'backendrequestbody',
  'backendresponsebody',
  'requestmessages',
  'responsemessages',
  'requestcontent',
  'responsecontent',
  'prompt',
  'prompts',
  'completion',
  'completions',
  'messages',
  'genaiprompt',
  'genaicompletion',
  'genaiinputmessages',
  'genaioutputmessages',
  'genaisysteminstructions',
  'genaieventcontent',
]);

const SECRETS: ReadonlySet<string> = new Set([
  'authorization',
  'proxyauthorization',
  'apikey',
  'xapikey',
  'ocpapimsubscriptionkey',
  'subscriptionkey',
  'xfunctionskey',
  'accountkey',
  'sharedaccesskey',
  'primarykey',
  'secondarykey',
  'privatekey',
  'password',
  'passwd',
  'pwd',
  'secret',
  'clientsecret',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'sastoken',
  'connectionstring',
  'cookie',
  'setcookie',
]);

/** The value of a member as it may be sent; `undefined`: not at all. */
export function redactMember(name: string, value: Json, redaction: Redaction): Json | undefined {
  const holds = heldBy(name);
  if (holds === 'content' && redaction.content) return undefined;
  if (holds === 'secret' && redaction.secrets && value !== null && value !== '') return REDACTED;
  return redactValue(value, redaction);
}

/** The same value where nothing is taken out of it. */
export function redactValue(value: Json, redaction: Redaction): Json {
  if (typeof value === 'string') return redactText(value, redaction);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => redactValue(item, redaction));
  const members: [string, Json][] = [];
  for (const [name, member] of Object.entries(value)) {
    const left = redactMember(name, member, redaction);
    if (left !== undefined) members.push([name, left]);
  }
  return Object.fromEntries(members);
}

/** The text without credentials and addresses. JSON inside of it is looked at by its members: a prompt may be two texts deep. */
export function redactText(text: string, redaction: Redaction): string {
  let left = text;
  if (redaction.content) left = withoutContent(left, redaction);
  if (redaction.secrets && MAY_BE_SECRET.test(left)) left = withoutSecrets(left);
  if (redaction.emails && left.includes('@')) left = withoutEmails(left);
  return left;
}

/** Text that is JSON is parsed for its names; any other is cut where a name of content stands. */
function withoutContent(text: string, redaction: Redaction): string {
  const name = CONTENT_NAME.exec(text);
  if (name === null) return text;
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.stringify(redactValue(parseLossless(text), redaction));
    } catch {
      // A record that was cut or broken: what follows the name may be content to its end.
    }
  }
  return text.slice(0, name.index + name[0].length) + REDACTED;
}

/** A name of `CONTENT` as a key, in JSON or in JSON that is quoted in JSON. */
const CONTENT_NAME =
  /(?:(?:request|response)_?(?:body|messages|content)|prompts?|completions?|messages|instructions|event\.content)\\*["']\s*:/i;

/** One quick look; most texts hold none of these. `suspects.ts` asks about the same of bytes. */
const MAY_BE_SECRET =
  /eyJ|earer |EARER |asic |ASIC |(?:key|Key|KEY|ken|KEN|word|WORD|wd|WD|cret|CRET)[\\"' :=]|[gGeE]=|sk-|[KS]IA|gh[pousr]_|JQQJ99|PRIVATE KEY/;

/** In the spellings that occur, so that a look for their bytes finds whatever they match. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g, REDACTED],
  [/eyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g, REDACTED],
  [/([Bb]earer|BEARER|[Bb]asic|BASIC) +[\w.~+/=-]{8,}/g, `$1 ${REDACTED}`],
  [
    /((?:[Kk]ey|KEY|[Tt]oken|TOKEN|word|WORD|wd|WD|[Ss]ecret|SECRET)\\*["']? ?[:=] ?\\*["']?)(?!\[redacted)[^\s"'&,;\\<>{}[\]]{4,}/g,
    `$1${REDACTED}`,
  ],
  [/((?:sig|SIG|code|CODE)=)(?!\[redacted)[\w%+/=.~-]{16,}/g, `$1${REDACTED}`],
  [/sk-[\w-]{20,}/g, REDACTED],
  [/A[KS]IA[0-9A-Z]{16}/g, REDACTED],
  [/gh[pousr]_\w{30,}/g, REDACTED],
  [/[A-Za-z0-9]{0,64}JQQJ99[A-Za-z0-9]{10,64}/g, REDACTED],
];

function withoutSecrets(text: string): string {
  let left = text;
  for (const [pattern, by] of PATTERNS) left = left.replace(pattern, by);
  return left;
}

/** From every `@` outwards, so that no start is tried that has none. */
function withoutEmails(text: string): string {
  let left = '';
  let copied = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let from = at;
    while (from > copied && at - from < 64 && LOCAL.test(text.charAt(from - 1))) from--;
    let to = at + 1;
    while (to < text.length && to - at < 254 && DOMAIN.test(text.charAt(to))) to++;
    while (to > at && !/[A-Za-z0-9]/.test(text.charAt(to - 1))) to--;
    if (from === at || !text.slice(at, to).includes('.')) continue;
    left += text.slice(copied, from) + REDACTED;
    copied = to;
  }
  return copied === 0 ? text : left + text.slice(copied);
}

const LOCAL = /[A-Za-z0-9._%+#-]|[^ -~\s]/;
const DOMAIN = /[A-Za-z0-9.-]|[^ -~\s]/;
