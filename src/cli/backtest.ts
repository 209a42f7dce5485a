import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type ArrivalModel, parseArrival } from '../local/backtest/arrival.ts';
import { type Backtest, backtest } from '../local/backtest/backtest.ts';
import { renderHtml } from '../local/backtest/html.ts';
import { renderJson } from '../local/backtest/json.ts';
import { renderText } from '../local/backtest/text.ts';
import type { Diagnostic } from '../model/errors.ts';
import type { Window } from '../model/window.ts';
import { moment } from '../rules/moment.ts';
import { needArchive, type RulesAndConfig, readEstate, readRules } from './backtest/inputs.ts';
import { backtestProgress } from './backtest/progress.ts';

const HELP = `tocsin backtest --archive DIR --from 2026-11-01 --to 2026-11-08
tocsin backtest --archive DIR --from T --to T --rules rules/azure-openai.yaml --html backtest.html
tocsin backtest --archive DIR --from T --to T --rules old.yaml --compare new.yaml

Replays archived diagnostics through the rules as the service would have: what would have fired, when, for how long, and what
would have been sent. Nothing leaves this machine.

  --archive DIR     folder in the layout that Azure writes to a storage account, or its URL (see tocsin query --help)
  --from T, --to T  the period, RFC 3339 or a date (midnight UTC)
  --rules FILES     rule files or folders, may be repeated; rules/ by default. Receivers and grouping come from tocsin.yaml
  --compare FILES   another version of the rules: what only one of the two would have told
  --html FILE       also write a page with a timeline per rule
  --arrival A/B/C   how late log records come: half of them within A, 99 of 100 within B, all within C (3m/10m/20m); or none
  --estate FILE     resources with kinds, tags and deployments, as for tocsin monitor; by default all that wrote to the archive
  --most N          times that a rule may fire before it counts as noisy (once a day)
  --output FORM     text (default) or json
  --no-progress     no line of progress on a terminal

Exit codes: 0 done, whatever fired; 1 no archive or no usable rule; 2 wrong usage; 4 the page cannot be written.
`;

interface Request {
  readonly help: boolean;
  readonly archive: string;
  readonly period: Window;
  readonly rules: readonly string[];
  readonly compare: readonly string[];
  readonly html: string | null;
  readonly arrival: ArrivalModel;
  readonly estate: string | null;
  readonly most: number | null;
  readonly output: 'text' | 'json';
  readonly progress: boolean;
}

/** Exit codes: see HELP. Words that it does not know are thrown. */
export async function run(args: readonly string[]): Promise<number> {
  const request = understood(args);
  if (typeof request === 'string') {
    process.stderr.write(`${request}\n\n${HELP}`);
    return 2;
  }
  if (request.help) {
    process.stdout.write(HELP);
    return 0;
  }
  await needArchive(request.archive);
  const first = await readRules(request.rules, process.cwd());
  const other = request.compare.length === 0 ? null : await readRules(request.compare, process.cwd());
  for (const diagnostic of [...first.diagnostics, ...(other?.diagnostics ?? [])]) process.stderr.write(lineOf(diagnostic));
  if (first.rules.length === 0 || other?.rules.length === 0) {
    process.stderr.write(
      `no rule can be used of ${(first.rules.length === 0 ? request.rules : request.compare).join(', ') || 'rules/'}\n`,
    );
    return 1;
  }
  const result = await replay(request, first, other);
  if (request.html !== null && !(await written(request.html, renderHtml(result)))) return 4;
  process.stdout.write(request.output === 'json' ? renderJson(result) : renderText(result));
  return 0;
}

async function replay(request: Request, first: RulesAndConfig, other: RulesAndConfig | null): Promise<Backtest> {
  const { period, arrival, most } = request;
  const terminal = request.progress ? process.stderr : { write: () => true };
  const progress = backtestProgress(terminal, period.start, () => performance.now());
  try {
    return await backtest({
      archive: request.archive,
      rules: first.rules,
      other: other?.rules ?? null,
      config: first.config,
      period,
      arrival,
      most,
      estate: request.estate === null ? null : await readEstate(request.estate),
      onProgress: progress.report,
    });
  } finally {
    progress.done();
  }
}

function understood(args: readonly string[]): Request | string {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    allowNegative: true,
    options: {
      archive: { type: 'string', default: '' },
      from: { type: 'string', default: '' },
      to: { type: 'string', default: '' },
      rules: { type: 'string', multiple: true, default: [] },
      compare: { type: 'string', multiple: true, default: [] },
      html: { type: 'string' },
      arrival: { type: 'string', default: '3m/10m/20m' },
      estate: { type: 'string' },
      most: { type: 'string' },
      output: { type: 'string', default: 'text' },
      progress: { type: 'boolean', default: true },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { help, archive, output, progress, compare, html = null, estate = null } = values;
  const [start, end] = [moment(values.from), moment(values.to)];
  const arrival = parseArrival(values.arrival);
  const most = values.most === undefined ? null : Number(values.most);
  if (!help) {
    if (archive === '') return '--archive is missing: the folder with archived diagnostics';
    if (start === null || end === null) {
      const [name, text] = start === null ? ['--from', values.from] : ['--to', values.to];
      return text === '' ? `${name} is missing` : `${name} ${text} is not a time; write 2026-11-21T08:00:00Z or 2026-11-21`;
    }
    if (start >= end) return '--from must be before --to';
    if (arrival === null) return `--arrival ${values.arrival} is not understood; write 3m/10m/20m or none`;
    if (most !== null && (!Number.isInteger(most) || most < 0)) return `--most ${values.most} is not a number of times`;
    if (output !== 'text' && output !== 'json') return `--output takes text or json, not ${output}`;
  }
  return {
    help,
    archive,
    period: { start: start ?? 0, end: end ?? 0 },
    rules: [...values.rules, ...positionals],
    compare,
    html,
    arrival: arrival ?? { typical: 0, slow: 0, longest: 0 },
    estate,
    most,
    output: output === 'json' ? 'json' : 'text',
    progress,
  };
}

async function written(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text);
    process.stderr.write(`wrote ${file}\n`);
    return true;
  } catch (thrown) {
    process.stderr.write(`${file} cannot be written: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    return false;
  }
}

function lineOf({ file, line, column, code, message, hint }: Diagnostic): string {
  return `${file}:${line}:${column} ${code} ${message}${hint === null ? '' : `\n  ${hint}`}\n`;
}
