import { access, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type OnceSummary, runOnce } from '../local/once.ts';
import { startOnlooker } from '../local/onlooker.ts';
import { startReceiver } from '../local/receivers/server.ts';
import { startWebhookReceiver } from '../local/receivers/webhook.ts';
import { RunLog } from '../local/run-log.ts';
import type { ServiceEvents, ServiceOptions } from '../local/service.ts';
import { SCENARIOS } from '../local/traffic/scenarios.ts';
import { startWorld } from '../local/world.ts';
import { TocsinError } from '../model/errors.ts';
import { type Narrator, narrate } from './narrate.ts';

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
  --archive DIR|URL      watch archived diagnostics as they grow, in a folder or in Blob Storage, instead of generated traffic
  --azure                watch Azure itself: TOCSIN_SUBSCRIPTIONS, TOCSIN_WORKSPACES and this machine's sign-in; nothing is written there
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
      archive: { type: 'string' },
      azure: { type: 'boolean', default: false },
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

  if (values.once && (values.azure || values.archive !== undefined)) {
    throw new TocsinError('TCN-C002', '--once plays a scenario; it goes with neither --azure nor --archive');
  }
  const dataDir =
    values.data ?? `.tocsin/${values.once ? 'once' : values.azure ? 'azure' : values.archive === undefined ? 'live' : 'archive'}`;
  const finished = join(dataDir, 'finished');
  const fresh = values.fresh || (values.once && (await exists(finished)));
  const narrator = narrate(process.stderr);
  const runLog = new RunLog();
  const webhook = values.webhook === undefined ? await startWebhookReceiver(narrator.webhook) : null;
  const otlp = values.otlp === undefined ? await startReceiver(() => 200) : null;
  const options: ServiceOptions = {
    dataDir,
    fresh,
    port,
    webhook: { url: webhook?.url ?? values.webhook ?? '', secret: webhook?.secret ?? values['webhook-secret'] },
    otlp: otlp?.url ?? values.otlp ?? '',
    ...(values.config === undefined ? {} : { configDir: resolve(values.config) }),
  };
  const events: ServiceEvents = {
    progress: narrator.progress,
    built: narrator.built,
    log: (level, line) => narrator.log(runLog.read(level, line), level, line),
  };
  let running: { close(): Promise<void> } | undefined;
  try {
    if (values.azure || values.archive !== undefined) {
      const onlooker = await startOnlooker(options, values.archive ?? null, events);
      running = onlooker;
      narrator.ready({ ...onlooker, watches: onlooker.about });
      return await untilInterrupted(narrator);
    }
    const { scenario } = values;
    const world = await startWorld({ ...options, scenario, time: values.once ? 'scenario' : 'wall' }, events);
    running = world;
    narrator.ready({
      rules: world.build.rules,
      functions: world.host.functions.length,
      consoleUrl: world.consoleUrl,
      watches: `${world.scenario.name}: ${world.scenario.about}`,
      ...(values.once ? {} : { eventHub: world.connections.eventHub }),
    });
    if (world.scenario.name !== scenario)
      narrator.progress(`the data in ${dataDir} are of ${world.scenario.name}; --fresh begins ${scenario}`);
    if (!values.once) return await untilInterrupted(narrator);
    const summary = await runOnce(world, runLog, dataDir, narrator.minute);
    await writeFile(finished, '');
    process.stdout.write(values.output === 'json' ? `${JSON.stringify(summary)}\n` : inWords(summary));
    return summary.ok ? 0 : 1;
  } finally {
    await running?.close();
    await webhook?.close();
    await otlp?.close();
  }
}

async function untilInterrupted(narrator: Narrator): Promise<number> {
  await interrupted();
  narrator.progress('stopping');
  return 130;
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
