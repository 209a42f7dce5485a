import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { attempt } from '../app/deliver/attempt.ts';
import { resolveConfig } from '../app/resolve-config.ts';
import { environment } from '../app/settings.ts';
import type { Receiver } from '../model/config.ts';
import { ERRORS, TocsinError } from '../model/errors.ts';
import { createHttpSender } from '../net/http.ts';
import { createMailSender } from '../net/mail.ts';
import { bodyFor } from '../notify/receivers.ts';
import { customTexts } from '../notify/template.ts';
import { testNotification } from '../notify/test-notification.ts';
import type { HttpAnswer, HttpSender } from '../ports.ts';
import { defaultConfig, loadConfig } from '../rules/config.ts';

const HELP = `tocsin send on-call
tocsin send on-call --url http://127.0.0.1:8080/hook --secret whsec_…

Sends one signed test notification to a receiver of tocsin.yaml and says what it answered. Services of Azure without a key are asked as who is
signed in here (az login). TOCSIN_PROXY counts here, too.

  --url URL       send there instead; may be an address of this machine or network
  --secret KEYS   sign with these keys instead, e.g. whsec_…
  --config FILE   instead of tocsin.yaml
  --output FORM   text (default) or json

Exit codes: 0 the receiver took it, 1 it refused or is not configured rightly, 2 wrong usage, 4 it could not be reached.
`;

const DEFAULT_CONFIG = 'tocsin.yaml';
const CONSOLE = 'http://localhost:7071';

interface Request {
  readonly receiver: string;
  readonly url: string | null;
  readonly secret: string | null;
  readonly config: string | null;
  readonly output: 'text' | 'json';
}

interface Sent {
  readonly ok: boolean;
  readonly receiver: string;
  readonly id: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly detail: string | null;
}

/** Exit codes: see HELP. Words that it does not know, and a configuration that is not valid, are thrown. */
export async function run(args: readonly string[]): Promise<number> {
  const request = understood(args);
  if (request === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (typeof request === 'string') {
    process.stderr.write(`${request}\n\n${HELP}`);
    return 2;
  }
  const receiver = await receiverFor(request);
  if (typeof receiver === 'string') {
    process.stderr.write(`${receiver}\n`);
    return 2;
  }
  const { sent, answer, exit } = await send(receiver);
  process.stdout.write(request.output === 'json' ? `${JSON.stringify(sent)}\n` : text(sent));
  if (!sent.ok && answer !== null && answer.body !== '') process.stderr.write(`it said: ${answer.body.slice(0, 500)}\n`);
  return exit;
}

async function send(receiver: Receiver): Promise<{ sent: Sent; answer: HttpAnswer | null; exit: number }> {
  const id = `msg_test_${randomUUID()}`;
  const at = Date.now();
  const told = testNotification(receiver.name, environment().TOCSIN_CONSOLE_URL ?? CONSOLE, at);
  const custom = receiver.templates === undefined ? {} : { custom: await customTexts(receiver.templates, told) };
  const body = bodyFor(receiver, { ...told, ...custom }, id, at);
  const proxy = environment().TOCSIN_PROXY || null;
  const http = createHttpSender({ proxy });
  const base = { receiver: receiver.name, id };
  const answers: HttpAnswer[] = [];
  const heard: HttpSender = {
    send: async (request, options) => {
      const answer = await http.send(request, options);
      answers.push(answer);
      return answer;
    },
  };
  try {
    const verdict = await attempt(receiver, id, body, {
      http: heard,
      mail: createMailSender({ proxy }),
      tokens: { token: ownToken },
      clock: { now: () => at, wall: () => at },
    });
    const answer = answers[0] ?? null;
    const status = answer?.status ?? null;
    if (verdict.kind === 'delivered') return { sent: { ok: true, ...base, status, code: null, detail: null }, answer, exit: 0 };
    const { code, detail } = verdict;
    const exit = answer === null && verdict.kind === 'try again' ? 4 : 1;
    return { sent: { ok: false, ...base, status, code, detail }, answer, exit };
  } finally {
    http.close();
  }
}

/** A token of who is signed in on this machine, for services of Azure that have no key. */
async function ownToken(scope: string): Promise<string> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  try {
    return (await new DefaultAzureCredential().getToken(scope)).token;
  } catch (cause) {
    throw new TocsinError('TCN-A003', `no token for ${scope}: sign in with \`az login\``, { cause });
  }
}

function text({ ok, receiver, id, status, code, detail }: Sent): string {
  if (ok) return `${receiver} took the test notification: ${status === null ? '' : `HTTP ${status}, `}webhook-id ${id}\n`;
  const { title, fix } = code !== null && code in ERRORS ? ERRORS[code as keyof typeof ERRORS] : ERRORS['TCN-X001'];
  return `${receiver} did not take the test notification\n${code} ${title}: ${detail}\n  ${fix}\n`;
}

/** The receiver as configured, with what the command line says instead; a text says why there is none. */
async function receiverFor({ receiver: name, url, secret, config: file }: Request): Promise<Receiver | string> {
  const configured = await readReceivers(file);
  const known = configured.find((receiver) => receiver.name === name);
  if (known === undefined && url === null) {
    const names = configured.map((receiver) => receiver.name).join(', ');
    return `there is no receiver ${name}${names === '' ? '' : `; there are ${names}`}; or say --url`;
  }
  const base: Receiver = known ?? { kind: 'webhook', name, url: '', secret: '', sendResolved: true, allowPrivate: false };
  const receiver = { ...base, ...(secret === null ? {} : { secret }), ...(url === null ? {} : { url, allowPrivate: true }) };
  return filledIn(receiver);
}

async function readReceivers(file: string | null): Promise<readonly Receiver[]> {
  const path = file ?? DEFAULT_CONFIG;
  let source: string;
  try {
    source = await readFile(path, 'utf8');
  } catch (cause) {
    if (file === null) return [];
    throw new TocsinError('TCN-R017', path, { cause });
  }
  const { config, diagnostics } = loadConfig(path, source);
  if (config !== null) return config.receivers;
  const [first] = diagnostics.filter((each) => each.severity === 'error');
  throw new TocsinError('TCN-C003', first === undefined ? path : `${first.file}:${first.line}:${first.column} ${first.message}`);
}

/** Throws TCN-C001 with the names of settings that the receiver needs and nobody set. */
function filledIn(receiver: Receiver): Receiver {
  const { config, missing } = resolveConfig({ ...defaultConfig(), receivers: [receiver] }, environment(), false);
  const [filled] = config.receivers;
  if (filled === undefined || missing.length > 0) throw new TocsinError('TCN-C001', missing.join(', '));
  return filled;
}

function understood(args: readonly string[]): Request | 'help' | string {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      secret: { type: 'string' },
      config: { type: 'string' },
      output: { type: 'string', default: 'text' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const [receiver, ...more] = positionals;
  const { url = null, secret = null, config = null, output } = values;
  if (receiver === undefined || more.length > 0) return 'name one receiver';
  if (output !== 'text' && output !== 'json') return `--output takes text or json, not ${output}`;
  return { receiver, url, secret, config, output };
}
