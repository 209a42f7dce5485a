import { parseArgs } from 'node:util';
import { kqlBinder } from '../local/kql/bind.ts';
import { loadTestFile } from '../local/ruletest/load.ts';
import type { Diagnostic } from '../model/errors.ts';
import { loadConfig } from '../rules/config.ts';
import { costOf } from '../rules/cost.ts';
import { lintRules } from '../rules/lint.ts';
import { loadRuleFiles } from '../rules/load.ts';
import { type FoundFiles, findFiles } from './check/files.ts';
import { type CheckOutcome, neededCategories } from './check/outcome.ts';
import { renderGithub, renderJunit, renderText } from './check/render.ts';

const HELP = `tocsin check
tocsin check rules/azure-openai.yaml --output github

Checks rule files and tocsin.yaml without a network: form, names of metrics and dimensions, KQL, and what the rules need.
Without FILES: rules/ and tocsin.yaml of the working directory.

  --cost          also count the calls that the rules make
  --output FORM   text (default), json, github or junit

Exit codes: 0 nothing found, 1 errors, 2 wrong usage, 3 warnings only.
`;

const FORMS = ['text', 'json', 'github', 'junit'] as const;
type Form = (typeof FORMS)[number];

interface Request {
  readonly files: readonly string[];
  readonly cost: boolean;
  readonly form: Form;
  readonly help: boolean;
}

/** Exit codes: 0 nothing found, 1 errors, 2 wrong usage, 3 warnings only. */
export async function run(args: readonly string[]): Promise<number> {
  const request = understood(args);
  if (typeof request === 'string') return misused(request);
  if (request.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const outcome = await check(request, process.cwd());
  if (outcome.files.length === 0 && outcome.diagnostics.length === 0) {
    return misused('there is nothing to check: no rules/ and no tocsin.yaml here');
  }
  process.stdout.write(render(outcome, request.form));
  if (!outcome.ok) return 1;
  return outcome.diagnostics.length > 0 ? 3 : 0;
}

async function check({ files: named, cost }: Request, cwd: string): Promise<CheckOutcome> {
  const found = await findFiles(named, cwd);
  const ruleFiles = found.files.filter(({ kind }) => kind === 'rules');
  const loaded = loadRuleFiles(ruleFiles, { bind: kqlBinder() });
  const linted = lintRules(ruleFiles, loaded.rules);
  const configs = found.files
    .filter(({ kind }) => kind === 'config')
    .flatMap(({ path, text }) => loadConfig(path, text).diagnostics);
  const tests = found.files.filter(({ kind }) => kind === 'tests').flatMap((file) => loadTestFile(file).diagnostics);
  const diagnostics: readonly Diagnostic[] = inPlace(found, [...loaded.diagnostics, ...linted, ...configs, ...tests]);
  return {
    schemaVersion: 1,
    ok: diagnostics.every(({ severity }) => severity !== 'error'),
    files: found.files.map(({ path }) => path),
    rules: {
      alerts: loaded.rules.filter(({ disposition }) => disposition === 'alert').length,
      reports: loaded.rules.filter(({ disposition }) => disposition === 'report').length,
    },
    diagnostics,
    categories: neededCategories(loaded.rules),
    cost: cost ? costOf(loaded.rules) : null,
  };
}

/** File by file, each from its beginning; files that could not be read come first. */
function inPlace({ files, diagnostics }: FoundFiles, more: readonly Diagnostic[]): readonly Diagnostic[] {
  const order = new Map(files.map(({ path }, index) => [path, index]));
  const place = ({ file }: Diagnostic) => order.get(file) ?? -1;
  return [...diagnostics, ...[...more].sort((a, b) => place(a) - place(b) || a.line - b.line || a.column - b.column)];
}

function render(outcome: CheckOutcome, form: Form): string {
  if (form === 'json') return `${JSON.stringify(outcome)}\n`;
  if (form === 'github') return renderGithub(outcome);
  return form === 'junit' ? renderJunit(outcome) : renderText(outcome);
}

function understood(args: readonly string[]): Request | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        cost: { type: 'boolean', default: false },
        output: { type: 'string', default: 'text' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const form = FORMS.find((one) => one === values.output);
    if (form === undefined) return `--output ${values.output} is not known; there are ${FORMS.join(', ')}`;
    return { files: positionals, cost: values.cost, form, help: values.help };
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

function misused(why: string): number {
  process.stderr.write(`${why}\n\n${HELP}`);
  return 2;
}
