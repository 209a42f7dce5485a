import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeArchive } from './kql/archive.ts';
import { CASES } from './kql/cases.ts';

/*
 * Our engine beside DuckDB over the same archive of a million rows: the same questions, the best of several tries each, the answers
 * compared. Each runs in a process of its own, one after the other.
 */

const MINUTE = 60_000;
const START = Date.UTC(2026, 4, 1);
/** Enough for a million rows; a larger heap would only be filled with garbage. */
const HEAP_MB = 560;

interface Outcome {
  readonly cases: readonly { readonly name: string; readonly ms: number; readonly rows: readonly (readonly unknown[])[] }[];
}

interface Ours extends Outcome {
  readonly rows: number;
  readonly peakRssMiB: number;
  readonly ingestRecordsPerSecond: number;
  readonly scanRecordsPerSecond: number;
  readonly windowRows: number;
  readonly windowMs: number;
  readonly windowReadMs: number;
}

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, tries: { type: 'string', default: '5' } },
});
const dir = await mkdtemp(join(tmpdir(), 'tocsin-bench-kql-'));
try {
  const [archive, window] = [join(dir, 'archive'), join(dir, 'window')];
  const bytes = await writeArchive(archive, { rows: Number(values.rows), start: START, spanMs: 24 * 60 * MINUTE });
  await writeArchive(window, { rows: 50_000, start: START, spanMs: 5 * MINUTE });
  process.stderr.write(`archive of ${Math.round(bytes / 2 ** 20)} MiB\n`);
  const theirs = await child<Outcome & { readonly ingestMs: number }>('duckdb.ts', [], [archive, values.tries]);
  const ours = await child<Ours>(
    'tocsin.ts',
    [`--max-old-space-size=${HEAP_MB}`],
    [archive, window, String(START + 5 * MINUTE), values.tries],
  );
  const cases = CASES.map(({ name, bar }) => {
    const [a, b] = [ours, theirs].map((outcome) => outcome.cases.find((one) => one.name === name));
    const [tocsinMs = Number.NaN, duckdbMs = Number.NaN] = [a?.ms, b?.ms];
    return {
      name,
      tocsinMs: rounded(tocsinMs),
      duckdbMs: rounded(duckdbMs),
      ratio: rounded(tocsinMs / duckdbMs),
      bar,
      equal: sameRows(a?.rows ?? [], b?.rows ?? []),
    };
  });
  const { peakRssMiB, ingestRecordsPerSecond, scanRecordsPerSecond, windowRows, windowMs, windowReadMs, rows } = ours;
  const alertWindow = { rows: windowRows, queryMs: rounded(windowMs), withReadMs: rounded(windowReadMs) };
  const duckdbRecordsPerSecond = Math.round((rows / theirs.ingestMs) * 1000);
  process.stdout.write(
    JSON.stringify({
      cases,
      rows,
      peakRssMiB,
      ingestRecordsPerSecond,
      scanRecordsPerSecond,
      duckdbRecordsPerSecond,
      alertWindow,
    }),
  );
} finally {
  await rm(dir, { recursive: true, force: true });
}

async function child<Result>(script: string, flags: readonly string[], args: readonly string[]): Promise<Result> {
  const path = fileURLToPath(new URL(`kql/${script}`, import.meta.url));
  const made = spawn(process.execPath, [...flags, path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed, [code]] = await Promise.all([text(made.stdout), once(made, 'exit')]);
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
  return JSON.parse(printed) as Result;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The same rows in any order; times and numbers in the one form that both have. */
function sameRows(a: readonly (readonly unknown[])[], b: readonly (readonly unknown[])[]): boolean {
  const [left, right] = [a, b].map((rows) => rows.map((row) => JSON.stringify(row.map(normal))).sort());
  return a.length > 0 && JSON.stringify(left) === JSON.stringify(right);
}

function normal(value: unknown): unknown {
  const word = String(value);
  if (/^-?\d+$/.test(word)) return Number(word);
  const time = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/.test(word) ? word.replace(' ', 'T').replace('Z', '') : null;
  return time === null ? word : time.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}
