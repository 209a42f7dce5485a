import { access, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type OnceSummary, runOnce } from '../local/once.ts';
import { startReceiver } from '../local/receivers/server.ts';
import { startWebhookReceiver } from '../local/receivers/webhook.ts';
import { RunLog } from '../local/run-log.ts';
import { SCENARIOS } from '../local/traffic/scenarios.ts';
import { startWorld, type World } from '../local/world.ts';
import { TocsinError } from '../model/errors.ts';
import { narrate } from './narrate.ts';

const HELP = `Run the whole service on this machine: functions, storage, Event Hubs and Azure Monitor stand-ins, generated traffic.

  tocsin start                               watch it live; the console's URL is printed
  tocsin start --once --output json          one incident from breach to digest on a fast clock, then a summary

  --scenario NAME        ${[...SCENARIOS.keys()].join(', ')}
  --once                 run the scenario on its own clock until it is told in a digest, then exit
  --port N               port of the console and API (7071)
  --webhook URL          where alerts go (a receiver of our own on this machine)
  --webhook-secret S     its signing secret, whsec_… in base64
  --otlp URL             base URL of an OTLP/HTTP receiver for the streamed diagnostics (one of our own that only counts)
  --config DIR           folder with rules/ and tocsin.yaml (this project's)
  --data DIR             where everything is kept between runs (.tocsin)
  --fresh                begin with empty data
  --output text|json     what stdout gets at the end of --once (text)
`;

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      scenario: { type: 'string', default: 'throttling-storm' },
      once: { type: 'boolean', default: false },
      port: { type: 'string', default: '7071' },
      webhook: { type: 'string' },
      'webhook-secret': { type: 'string', default: '' },
      otlp: { type: 'string' },
      config: { type: 'string' },
      data: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      output: { type: 'string', default: 'text' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TocsinError('TCN-C002', `--port ${values.port} is no port`);
  if (values.output !== 'text' && values.output !== 'json')
    throw new TocsinError('TCN-C002', `--output ${values.output} is neither text nor json`);

  const dataDir = values.data ?? (values.once ? '.tocsin/once' : '.tocsin/live');
  const finished = join(dataDir, 'finished');
  const fresh = values.fresh || (values.once && (await exists(finished)));
  const narrator = narrate(process.stderr);
  const runLog = new RunLog();
  const webhook = values.webhook === undefined ? await startWebhookReceiver(narrator.webhook) : null;
  const otlp = values.otlp === undefined ? await startReceiver(() => 200) : null;
  let world: World | undefined;
  try {
    world = await startWorld(
      {
        dataDir,
        fresh,
        scenario: values.scenario,
        time: values.once ? 'scenario' : 'wall',
        port,
        webhook: { url: webhook?.url ?? values.webhook ?? '', secret: webhook?.secret ?? values['webhook-secret'] },
        otlp: otlp?.url ?? values.otlp ?? '',
        ...(values.config === undefined ? {} : { configDir: resolve(values.config) }),
      },
      {
        progress: narrator.progress,
        built: narrator.built,
        log: (level, line) => narrator.log(runLog.read(level, line), level, line),
      },
    );
    narrator.ready(world);
    if (!values.once) {
      await interrupted();
      narrator.progress('stopping');
      return 130;
    }
    const summary = await runOnce(world, runLog, dataDir, narrator.minute);
    await writeFile(finished, '');
    process.stdout.write(values.output === 'json' ? `${JSON.stringify(summary)}\n` : inWords(summary));
    return summary.ok ? 0 : 1;
  } finally {
    await world?.close();
    await webhook?.close();
    await otlp?.close();
  }
}

function inWords(summary: OnceSummary): string {
  const lines = [
    `${summary.ok ? 'ok' : 'FAILED'}: ${summary.scenario} in ${(summary.elapsedMs / 1_000).toFixed(1)} s`,
    ...summary.problems.map((problem) => `  problem: ${problem}`),
    `  ${summary.windows} windows judged in ${summary.evaluations} evaluations`,
    ...summary.alerts.map(
      (alert) =>
        `  ${alert.rule} ${Object.values(alert.labels).join(' ')}: fired ${alert.firedAt}, resolved ${alert.resolvedAt ?? 'not yet'}, ${alert.deliveries} deliveries`,
    ),
    `  ${summary.notifications.sent} webhooks sent, ${summary.notifications.duplicates} twice`,
    `  ${summary.forwarded.records} records of ${summary.forwarded.events} events forwarded, ${summary.forwarded.quarantined} quarantined`,
    `  digest: ${summary.digest.html ?? 'none'}`,
  ];
  return `${lines.join('\n')}\n`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
