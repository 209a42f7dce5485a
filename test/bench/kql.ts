import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeArchive } from './kql/archive.ts';
import { CASES, WINDOW } from './kql/cases.ts';
import { type Attempt, type Side, startSide } from './kql/side.ts';

/*
 * Our engine beside DuckDB over the same archive of a million rows: the same questions, the best of several tries each, the answers
 * compared. Each side is a process of its own; they read the archive one after the other and then take turns, so that a moment in which
 * the machine has other work hurts both alike.
 */

const MINUTE = 60_000;
const START = Date.UTC(2026, 4, 1);
/** Enough for a million rows; a larger heap would only be filled with garbage. */
const HEAP_MB = 560;
/** Times that the archive is read in. */
const INGESTS = 3;

interface Ours {
  readonly rows: number;
  readonly ingestRecordsPerSecond: number;
  readonly scanRecordsPerSecond: number;
}

interface AlertWindow {
  readonly peakRssMiB: number;
  readonly windowRows: number;
  readonly windowMs: number;
  readonly windowReadMs: number;
}

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, tries: { type: 'string', default: '8' } },
});
const dir = await mkdtemp(join(tmpdir(), 'tocsin-bench-kql-'));
try {
  const [archive, window] = [join(dir, 'archive'), join(dir, 'window')];
  const bytes = await writeArchive(archive, { rows: Number(values.rows), start: START, spanMs: 24 * 60 * MINUTE });
  await writeArchive(window, { rows: 50_000, start: START, spanMs: 5 * MINUTE });
  process.stderr.write(`archive of ${Math.round(bytes / 2 ** 20)} MiB\n`);
  const theirs = await startSide<{ readonly ingestMs: number }>('duckdb.ts', [], [archive]);
  const { ours, ingestRecordsPerSecond, scanRecordsPerSecond } = await startOurs([archive, window, String(START + 5 * MINUTE)]);
  const cases = [];
  for (const { name, bar } of CASES) {
    const [a, b] = await inTurns([ours, theirs], name, Number(values.tries));
    process.stderr.write(`${name}: ${rounded(a.ms)} ms, DuckDB ${rounded(b.ms)} ms\n`);
    cases.push({
      name,
      tocsinMs: rounded(a.ms),
      duckdbMs: rounded(b.ms),
      ratio: rounded(a.ms / b.ms),
      bar,
      equal: sameRows(a.rows, b.rows),
    });
  }
  const { peakRssMiB, windowRows, windowMs, windowReadMs } = (await ours.ask(WINDOW)) as Attempt & AlertWindow;
  await Promise.all([ours.end(), theirs.end()]);
  const { rows } = ours.about;
  const alertWindow = { rows: windowRows, queryMs: rounded(windowMs), withReadMs: rounded(windowReadMs) };
  const duckdbRecordsPerSecond = Math.round((rows / theirs.about.ingestMs) * 1000);
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

/** Reads the archive in, each time in a new process; the last of them stays. */
async function startOurs(args: readonly string[]) {
  const begin = () => startSide<Ours>('tocsin.ts', [`--max-old-space-size=${HEAP_MB}`], args);
  const speeds: Ours[] = [];
  for (let attempt = 1; attempt < INGESTS; attempt += 1) {
    const side = await begin();
    speeds.push(side.about);
    await side.end();
  }
  const ours = await begin();
  speeds.push(ours.about);
  return {
    ours,
    ingestRecordsPerSecond: Math.max(...speeds.map((each) => each.ingestRecordsPerSecond)),
    scanRecordsPerSecond: Math.max(...speeds.map((each) => each.scanRecordsPerSecond)),
  };
}

/** The best of several tries of each side; which one begins alternates. */
async function inTurns(sides: readonly [Side, Side], name: string, tries: number): Promise<readonly [Attempt, Attempt]> {
  const best: [Attempt, Attempt] = [
    { ms: Number.POSITIVE_INFINITY, rows: [] },
    { ms: Number.POSITIVE_INFINITY, rows: [] },
  ];
  for (let attempt = 0; attempt < tries * 2; attempt += 1) {
    const index = attempt % 4 === 0 || attempt % 4 === 3 ? 0 : 1;
    const made = await sides[index].ask(name);
    if (made.ms < best[index].ms) best[index] = made;
  }
  return best;
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
