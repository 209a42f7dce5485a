import type { WriteStream } from 'node:tty';
import type { BuildResult } from '../local/build/build.ts';
import type { ReceivedWebhook } from '../local/receivers/webhook.ts';
import type { AppLine } from '../local/run-log.ts';
import { ERRORS, type ErrorCode } from '../model/errors.ts';

/** Tells a person on stderr what happens while the service runs locally. */
export interface Narrator {
  progress(step: string): void;
  built(build: BuildResult): void;
  ready(service: ReadyService): void;
  minute(minute: number, of: number): void;
  webhook(webhook: ReceivedWebhook): void;
  log(line: AppLine | null, level: string, text: string): void;
}

export interface ReadyService {
  readonly rules: number;
  readonly functions: number;
  readonly consoleUrl: string;
  /** In words: the scenario, the archive, or Azure. */
  readonly watches: string;
  /** Connection string of the Event Hub from which diagnostics are forwarded; absent where nobody has the time to send to it. */
  readonly eventHub?: string;
}

/** Texts remembered, so that a long run does not remember all it ever said. */
const MOST_TOLD = 1_000;

export function narrate(out: WriteStream | NodeJS.WritableStream): Narrator {
  let since = performance.now();
  const told = new Map<string, number>();
  const explained = new Set<string>();
  /** What was said of a rule's shard that is not judged. */
  const troubled = new Map<string, string>();
  const say = (text: string): void => {
    out.write(`${text}\n`);
  };
  return {
    progress(step) {
      say(`  ${step} …`);
    },
    built({ diagnostics }) {
      for (const { file, line, column, code, message, hint } of diagnostics) {
        say(`  ${file}:${line}:${column} ${code} ${message}\n    ${hint ?? ERRORS[code].fix}`);
      }
    },
    ready({ rules, functions, consoleUrl, watches, eventHub }) {
      const seconds = ((performance.now() - since) / 1_000).toFixed(1);
      since = performance.now();
      say(`ready in ${seconds} s: ${rules} rules, ${functions} functions`);
      say(`  console   ${consoleUrl}/`);
      say(`  watching  ${watches}`);
      if (eventHub !== undefined) say(`  yours     npx tocsin replay --archive FILE --to "${eventHub}"`);
    },
    minute(minute, of) {
      if (minute % 10 === 0) say(`  minute ${minute} of at most ${of}`);
    },
    webhook({ body }) {
      say(`  webhook   ${headline(body)}`);
    },
    log(line, level, text) {
      if (line === null) {
        if (level === 'error' || level === 'warn') tell(`${level}: ${text}`);
        return;
      }
      const { rule, shard } = line.fields;
      const series = `${rule} ${shard}`;
      if (line.level === 'warn' || line.level === 'error') {
        const words = inWords(line);
        tell(words);
        if (rule !== undefined) troubled.set(series, words);
      } else if (line.message === 'judged' && troubled.has(series)) {
        told.delete(troubled.get(series) ?? '');
        troubled.delete(series);
        say(`  judged again: ${rule}`);
      }
    },
  };

  /** What is said again and again is printed at its first, tenth, hundredth time; what to do about a code, once. */
  function tell(text: string): void {
    if (told.size > MOST_TOLD) told.clear();
    const times = (told.get(text) ?? 0) + 1;
    told.set(text, times);
    if (!/^10*$/.test(String(times))) return;
    say(`  ${text}${times === 1 ? '' : ` (${times} times)`}`);
    for (const [code = ''] of text.matchAll(/TCN-[A-Z]\d{3}/g)) {
      if (explained.has(code) || !Object.hasOwn(ERRORS, code)) continue;
      explained.add(code);
      const { title, fix } = ERRORS[code as ErrorCode];
      say(`    ${code} ${title}: ${fix}`);
    }
  }
}

/** `no verdict: RULE CODE why`, `notification not delivered: RECEIVER CODE why`, … */
function inWords({ message, fields }: AppLine): string {
  const { rule, receiver, queue, sweep, digest, target, code, detail, reason, outcome } = fields;
  const what = message === 'judged' && outcome !== 'judged' ? 'no verdict' : message;
  const parts = [rule ?? receiver ?? queue ?? sweep ?? digest ?? target, code, detail ?? reason];
  return `${what}: ${parts.filter((part) => part !== undefined && part !== null).join(' ')}`;
}

function headline(body: ReceivedWebhook['body']): string {
  const alerts = (body.alerts ?? []) as readonly {
    status: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
  }[];
  if (alerts.length === 0) return String((body.digest as { headline?: string } | undefined)?.headline ?? body.status);
  return alerts.map((alert) => `${alert.status.toUpperCase()} ${alert.annotations.summary ?? alert.labels.alertname}`).join('; ');
}
