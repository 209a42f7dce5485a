import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { openArchiveAt } from '../local/archive/open.ts';
import { compileQuery, isCompiled } from '../local/kql/engine.ts';
import { tableJson } from '../local/kql/output.ts';
import { csvTable, textTable } from '../local/kql/print.ts';
import { AZURE_SCHEMA } from '../local/kql/schemas.ts';
import type { Table } from '../local/kql/table.ts';
import { ticksOfMs } from '../local/kql/time.ts';
import { intersect, parseTimespan } from '../local/monitor/time-span.ts';
import type { Diagnostic } from '../model/errors.ts';
import { ARCHIVE_HELP } from './archive-help.ts';
import { scanProgress } from './scan-progress.ts';

const USAGE = `Usage: tocsin query KQL --archive DIR|URL [--now T] [--timespan T] [--output text|json|csv]

Runs KQL over diagnostics archived in a storage account's layout. KQL is - to read it from standard input.
--now sets what now() is and hides what happened later; it is the present when left out.
--timespan reads no more than that time, as Azure has it: PT6H, or 2026-05-01T00:00Z/P1D. Without it everything is read.
${ARCHIVE_HELP}`;

const FORMATS: Readonly<Record<string, (table: Table) => string>> = {
  text: textTable,
  csv: csvTable,
  json: (table) => `${tableJson('PrimaryResult', table)}\n`,
};

/** `tocsin query`: the result goes to stdout, what is wrong with the query as `line:col code message` to stderr. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      archive: { type: 'string' },
      now: { type: 'string' },
      timespan: { type: 'string' },
      output: { type: 'string', default: 'text' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [given] = positionals;
  const format = FORMATS[values.output];
  const now = values.now === undefined ? Date.now() : Date.parse(values.now);
  const all = { start: 0, end: now + 1 };
  const asked = values.timespan === undefined ? all : parseTimespan(values.timespan, now);
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (
    given === undefined ||
    positionals.length > 1 ||
    values.archive === undefined ||
    format === undefined ||
    asked === null ||
    Number.isNaN(now)
  ) {
    process.stderr.write(USAGE);
    return 2;
  }
  const compiled = compileQuery(given === '-' ? await text(process.stdin) : given, AZURE_SCHEMA);
  if (!isCompiled(compiled)) {
    process.stderr.write(compiled.map(line).join(''));
    return 1;
  }
  const archive = await openArchiveAt(values.archive);
  try {
    const progress = scanProgress(process.stderr, () => performance.now());
    const sources = await archive.logs(compiled.tables, intersect(asked, all), {
      onProgress: progress.report,
      columns: compiled.words,
    });
    progress.done();
    const table = compiled.run({ now: ticksOfMs(now), table: (name) => sources.get(name) });
    process.stdout.write(format(table));
  } finally {
    await archive.close();
  }
  return 0;
}

function line({ line: row, column, code, message, hint }: Diagnostic): string {
  return `${row}:${column} ${code} ${message}${hint === null ? '' : `\n  ${hint}`}\n`;
}
