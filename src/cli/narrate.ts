import type { WriteStream } from 'node:tty';
import type { ReceivedWebhook } from '../local/receivers/webhook.ts';
import type { AppLine } from '../local/run-log.ts';
import type { World } from '../local/world.ts';

/** Tells a person on stderr what happens while the service runs locally. */
export interface Narrator {
  progress(step: string): void;
  ready(world: World): void;
  minute(minute: number, of: number): void;
  webhook(webhook: ReceivedWebhook): void;
  log(line: AppLine | null, level: string, text: string): void;
}

export function narrate(out: WriteStream | NodeJS.WritableStream): Narrator {
  let since = performance.now();
  const say = (text: string): void => {
    out.write(`${text}\n`);
  };
  return {
    progress(step) {
      say(`  ${step} …`);
    },
    ready(world) {
      const seconds = ((performance.now() - since) / 1_000).toFixed(1);
      since = performance.now();
      for (const { file, line, column, code, message } of world.build.diagnostics)
        say(`  ${file}:${line}:${column} ${code} ${message}`);
      say(`ready in ${seconds} s: ${world.build.rules} rules, ${world.host.functions.length} functions`);
      say(`  console   ${world.consoleUrl}/`);
      say(`  scenario  ${world.scenario.name}: ${world.scenario.about}`);
    },
    minute(minute, of) {
      if (minute % 10 === 0) say(`  minute ${minute} of at most ${of}`);
    },
    webhook({ body }) {
      say(`  webhook   ${headline(body)}`);
    },
    log(line, level, text) {
      if (line === null) {
        if (level === 'error' || level === 'warn') say(`  ${level}: ${text}`);
        return;
      }
      if (line.level === 'warn' || line.level === 'error') {
        const { code, detail, reason, rule } = line.fields;
        say(`  ${line.message}: ${[rule, code, detail ?? reason].filter((part) => part !== undefined).join(' ')}`);
      }
    },
  };
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
