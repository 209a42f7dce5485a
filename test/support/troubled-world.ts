import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'vitest';
import { narrate } from '../../src/cli/narrate.ts';
import type { StatusJson } from '../../src/console/status.ts';
import type { VirtualClock } from '../../src/local/clock/virtual.ts';
import { RunLog } from '../../src/local/run-log.ts';
import { askStatus } from '../../src/local/status.ts';
import { startWorld, type World, type WorldOptions } from '../../src/local/world.ts';
import type { GotWebhook } from './receivers.ts';

const MINUTE = 60_000;
/** Minute of the scenario at which its alert fires, whenever that becomes known. */
const STORM_FIRES = 6;
/** The scenario's minute in which its day is reported, with time for the announcement. */
export const REPORTED = 46;

export interface Troubled {
  readonly world: World;
  readonly dataDir: string;
  /** Everything that `tocsin start` would have written to stderr. */
  readonly stderr: () => string;
  /** Runs the scenario's clock to the end of a minute. */
  readonly runTo: (minute: number) => Promise<void>;
  readonly status: () => Promise<StatusJson>;
  /** A page of the console as text without markup, or any other address with its body as it is. */
  readonly page: (path: string) => Promise<{ readonly code: number; readonly text: string }>;
  readonly close: () => Promise<void>;
}

/** The real world in this process, on the scenario's clock, with its data in a folder of its own. */
export async function troubledWorld(options: Pick<WorldOptions, 'webhook' | 'otlp'> & Partial<WorldOptions>): Promise<Troubled> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-trouble-'));
  let told = '';
  const out = new PassThrough();
  out.on('data', (chunk) => {
    told += chunk;
  });
  const narrator = narrate(out);
  const runLog = new RunLog();
  const world = await startWorld(
    { dataDir, fresh: false, scenario: 'throttling-storm', time: 'scenario', port: 0, historyHours: 3, ...options },
    {
      progress: narrator.progress,
      built: narrator.built,
      log: (level, line) => narrator.log(runLog.read(level, line), level, line),
    },
  );
  const clock = world.clock as VirtualClock;
  return {
    world,
    dataDir,
    stderr: () => told,
    runTo: (minute) => clock.runTo(world.traffic.run.startedAt + minute * MINUTE),
    status: () => askStatus(world.consoleUrl, world.host.key),
    page: async (path) => {
      const answer = await fetch(world.consoleUrl + path);
      const text = await answer.text();
      const isPage = answer.headers.get('content-type')?.startsWith('text/html') === true;
      return { code: answer.status, text: isPage ? wordsOf(text) : text };
    },
    close: async () => {
      await world.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** What a reader sees of a page: no markup, no style, blanks folded. */
function wordsOf(html: string): string {
  return html
    .replace(/<(style|svg)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replace(/\s+/g, ' ');
}

/**
 * That nothing stopped: the storm's alert fired at its own minute and resolved, the receiver was told both and of the digest, every
 * streamed record reached the sink, each once. `told` are the receiver's requests, `records` the ids that the sink took, `failing` the
 * receivers that somebody was told of because they fail.
 */
export async function expectAllElseWell(
  { world, status }: Troubled,
  told: readonly GotWebhook[],
  records: readonly string[],
  failing: readonly string[] = [],
): Promise<void> {
  const { alerts, digests, forwarding } = await status();
  const { startedAt } = world.traffic.run;
  const firedAt = new Date(startedAt + STORM_FIRES * MINUTE).toISOString().replace('.000', '');
  const open = (alerts.open ?? []).map(({ rule, labels }) => `${rule} ${labels.receiver}`);
  expect(open.toSorted()).toEqual(failing.map((name) => `TocsinReceiverFailing ${name}`).toSorted());
  expect(alerts.resolved?.map(({ rule, labels, startsAt }) => [rule, labels.ModelDeploymentName, startsAt])).toEqual([
    ['AzureOpenAIThrottled', 'chat', firedAt],
  ]);
  const heard = told.flatMap(({ body }) => body.alerts.map(({ status, labels }) => [status, labels.alertname, labels.receiver]));
  expect(heard.filter(([, name]) => name === 'AzureOpenAIThrottled').map(([status]) => status)).toEqual(['firing', 'resolved']);
  const other = heard.filter(([, name]) => name !== 'AzureOpenAIThrottled').map((words) => words.join(' '));
  expect([...new Set(other)].toSorted()).toEqual(failing.map((name) => `firing TocsinReceiverFailing ${name}`).toSorted());
  expect(told.filter(({ body }) => body.digest !== undefined)).toHaveLength(1);
  expect(digests?.map(({ name }) => name)).toEqual(['daily']);
  expect(new Set(records).size).toBe(records.length);
  expect(records).toHaveLength(world.traffic.streamed.records);
  expect(forwarding?.records).toBe(world.traffic.streamed.records);
}

/** Writes files into a new folder, by their paths in it; resolves to the folder. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-config-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A new folder with the project's configuration and only some of its rule packs: what is tested has nothing to do with the others. */
export function folderOfPacks(...packs: readonly string[]): string {
  const files = ['tocsin.yaml', ...packs.map((pack) => `rules/${pack}.yaml`)];
  return folderOf(Object.fromEntries(files.map((path) => [path, projectFile(path)])));
}

/** A file of this project, by its path in it. */
export function projectFile(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}
