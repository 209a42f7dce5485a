import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openArchiveAt } from '../local/archive/open.ts';
import type { Estate } from '../local/estate.ts';
import { estateOfArchive } from '../local/monitor/estate-of-archive.ts';
import { INJECTIONS, type Injection } from '../local/monitor/inject.ts';
import { startMonitor } from '../local/monitor/monitor.ts';
import { TocsinError } from '../model/errors.ts';
import { ARCHIVE_HELP } from './archive-help.ts';

const USAGE = `Usage: tocsin monitor --archive DIR|URL [--port N] [--inject FILE] [--estate FILE]

Serves the archive as Azure Monitor and Azure Resource Manager do: log queries, metrics, activity log, diagnostic settings.
The first line of stdout is its URL. Without --estate the resources are those that wrote to the archive, and any workspace id is answered.
${ARCHIVE_HELP}`;

/** `tocsin monitor`: runs until it is interrupted. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      archive: { type: 'string' },
      port: { type: 'string', default: '0' },
      inject: { type: 'string' },
      estate: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const port = Number(values.port);
  if (values.archive === undefined || !Number.isInteger(port) || port < 0 || port > 65_535) {
    process.stderr.write(USAGE);
    return 2;
  }
  const archive = await openArchiveAt(values.archive);
  try {
    const monitor = await startMonitor({
      archive,
      port,
      clock: Date.now,
      estate: values.estate === undefined ? await estateOfArchive(archive) : await readEstate(values.estate),
      inject: values.inject === undefined ? [] : await readInjections(values.inject),
    });
    process.stdout.write(`${monitor.url}\n`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await monitor.close();
  } finally {
    await archive.close();
  }
  return 0;
}

async function readInjections(path: string): Promise<readonly Injection[]> {
  const checked = INJECTIONS.safeParse(await readJson(path));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new TocsinError('TCN-C003', `${path}: ${issue?.path.join('.')} ${issue?.message}`);
}

async function readEstate(path: string): Promise<Estate> {
  const estate = (await readJson(path)) as Partial<Estate>;
  if (!Array.isArray(estate.subscriptions) || !Array.isArray(estate.resources) || estate.workspace === undefined) {
    throw new TocsinError('TCN-C003', `${path}: needs subscriptions, resources and workspace`);
  }
  return estate as Estate;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new TocsinError('TCN-C003', `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
