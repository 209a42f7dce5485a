import { openArchive } from '../../../src/local/archive/archive.ts';
import { type Compiled, compileQuery, isCompiled } from '../../../src/local/kql/engine.ts';
import { wireCell } from '../../../src/local/kql/output.ts';
import { AZURE_SCHEMA } from '../../../src/local/kql/schemas.ts';
import { rowsOf, type Table } from '../../../src/local/kql/table.ts';
import { ticksOfMs } from '../../../src/local/kql/time.ts';
import { CASES, WINDOW, WINDOW_KQL } from './cases.ts';
import { answer } from './side.ts';

/* A process of its own, so that the memory is ours: argv is the archive of a million rows, that of a window, and its end. */

const [dir = '', windowDir = '', windowEnd = ''] = process.argv.slice(2);
const ALL = { start: 0, end: Date.UTC(2100, 0, 1) };

function compiled(kql: string): Compiled {
  const made = compileQuery(kql, AZURE_SCHEMA);
  if (!isCompiled(made)) throw new Error(JSON.stringify(made));
  return made;
}

function timed<Result>(run: () => Result): { readonly ms: number; readonly result: Result } {
  const began = performance.now();
  const result = run();
  return { ms: performance.now() - began, result };
}

const peak = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

const archive = openArchive(dir);
const programs = CASES.map(({ name, kql }) => ({ name, program: compiled(kql) }));

// Reading in is over when every column that the queries use is there.
const began = performance.now();
const words = new Set(programs.flatMap(({ program }) => [...program.words]));
const tables = await archive.logs(['AzureDiagnostics'], ALL, { columns: words });
const table = tables.get('AzureDiagnostics') as Table;
const readMs = performance.now() - began;
const heavy = timed(() => table.find?.('properties_s')?.data);
const ingestMs = performance.now() - began;
for (const name of ['TimeGenerated', 'Category', 'OperationName', 'ResultSignature', 'CorrelationId', 'Resource', 'DurationMs'])
  table.find?.(name)?.data;
const allMs = performance.now() - began;
process.stderr.write(
  `read ${Math.round(readMs)} ms, texts ${Math.round(heavy.ms)} ms, all ${Math.round(allMs)} ms, ${peak()} MiB\n`,
);

const options = { now: ticksOfMs(ALL.end), table: () => table };
answer({ rows: table.rows, ...perSecond() }, async (name) => {
  if (name === WINDOW) return { ms: 0, rows: [], peakRssMiB: peak(), ...(await window()) };
  const program = programs.find((each) => each.name === name)?.program;
  if (program === undefined) throw new Error(name);
  const { ms, result } = timed(() => {
    const made = program.run(options);
    return { made, rows: rowsOf(made) };
  });
  return {
    ms,
    rows: result.rows.map((row) => row.map((value, index) => wireCell(value, result.made.specs[index]?.type ?? 'string'))),
  };
});

function perSecond(): { readonly ingestRecordsPerSecond: number; readonly scanRecordsPerSecond: number } {
  return {
    ingestRecordsPerSecond: Math.round((table.rows / ingestMs) * 1000),
    scanRecordsPerSecond: Math.round((table.rows / readMs) * 1000),
  };
}

/** The alert over five minutes, warm: the query alone, and with looking for what is new in the archive. */
async function window(): Promise<{ readonly windowRows: number; readonly windowMs: number; readonly windowReadMs: number }> {
  const windowArchive = openArchive(windowDir);
  const end = Number(windowEnd);
  const windowProgram = compiled(WINDOW_KQL);
  const span = { start: end - 300_000, end };
  let windowMs = Number.POSITIVE_INFINITY;
  let windowReadMs = Number.POSITIVE_INFINITY;
  let windowRows = 0;
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const start = performance.now();
    const found = (await windowArchive.logs(['AzureDiagnostics'], span, { columns: windowProgram.words })).get(
      'AzureDiagnostics',
    );
    const read = performance.now();
    rowsOf(windowProgram.run({ now: ticksOfMs(end), table: () => found }));
    windowMs = Math.min(windowMs, performance.now() - read);
    windowReadMs = Math.min(windowReadMs, performance.now() - start);
    windowRows = found?.rows ?? 0;
  }
  return { windowRows, windowMs, windowReadMs };
}
