import { parseArgs } from 'node:util';
import { loadTestFile, type RuleTest } from '../local/ruletest/load.ts';
import { mutantsOf, survivorsOf } from '../local/ruletest/mutate.ts';
import { runTest, type TestOutcome } from '../local/ruletest/run.ts';
import { asTocsinError, type Diagnostic } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';
import type { SourceFile } from '../rules/document.ts';
import { loadRuleFiles } from '../rules/load.ts';
import { findTests, ruleFilesOf, type TestSource } from './test/files.ts';
import type { Survivor, TestReport } from './test/outcome.ts';
import { renderJunit, renderText } from './test/render.ts';

const HELP = `tocsin test
tocsin test rules/azure-openai.yaml --run Throttled

Runs the unit tests of rules (docs/rules-tests.md): *.test.yaml files, which lie in tests/ beside the rule files. They play metrics and
log rows to the very code that is deployed, in virtual time and without a network.
FILES are test files, folders, or rule files (whose tests then run); by default rules/ of the working directory.

  --run PATTERN   only tests whose name or rule matches the regular expression
  --mutate        also make each rule wrong (never breached, always, turned round, without a
                  part) and see whether a test notices
  --output FORM   text (default), json or junit

Exit codes: 0 all passed, 1 something failed, 2 wrong usage.
`;

const FORMS = ['text', 'json', 'junit'] as const;

interface Request {
  readonly files: readonly string[];
  readonly wanted: RegExp | null;
  readonly mutate: boolean;
  readonly form: (typeof FORMS)[number];
  readonly help: boolean;
}

/** Exit codes: 0 all passed, 1 something failed, 2 wrong usage. */
export async function run(args: readonly string[]): Promise<number> {
  const request = understood(args);
  if (typeof request === 'string') return misused(request);
  if (request.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const report = await runTests(request, process.cwd());
  if (report.tests.length === 0 && report.diagnostics.length === 0) return misused('there is no test to run');
  if (request.form === 'json') process.stdout.write(`${JSON.stringify(report)}\n`);
  else process.stdout.write(request.form === 'junit' ? renderJunit(report) : renderText(report));
  return report.ok ? 0 : 1;
}

/** Runs the tests of files and folders; `wanted` chooses among them by name or rule. */
async function runTests({ files, wanted, mutate }: Request, cwd: string): Promise<TestReport> {
  const began = performance.now();
  const found = await findTests(files, cwd);
  const diagnostics: Diagnostic[] = [...found.diagnostics];
  const outcomes: TestOutcome[] = [];
  const untested = new Set<string>();
  const tested = new Set<string>();
  const chosen = new Map<Rule, { readonly tests: RuleTest[]; readonly rules: readonly Rule[] }>();
  const packs = rulePacks(diagnostics);
  for (const source of found.tests) {
    const loaded = loadTestFile(source.file);
    diagnostics.push(...loaded.diagnostics);
    const rules = await packs.of(source, loaded.ruleFiles, cwd);
    const only = source.only === null ? null : packs.idsOf(source.only, cwd);
    for (const { id } of rules) if (only === null || only.has(id)) untested.add(id);
    for (const test of loaded.tests) {
      const ids = test.rules ?? rules.map(({ id }) => id);
      for (const id of ids) tested.add(id);
      if (only !== null && !ids.some((id) => only.has(id))) continue;
      if (wanted !== null && ![test.name, ...ids].some((name) => wanted.test(name))) continue;
      outcomes.push(await runTest(test, rules));
      for (const rule of rules.filter(({ id }) => ids.includes(id) && (only === null || only.has(id)))) {
        const entry = chosen.get(rule) ?? { tests: [], rules };
        entry.tests.push(test);
        chosen.set(rule, entry);
      }
    }
  }
  const failed = outcomes.filter(({ failures }) => failures.length > 0).length;
  const mutants = mutate && failed === 0 ? await mutation(chosen) : null;
  const readable = diagnostics.every(({ severity }) => severity !== 'error');
  return {
    schemaVersion: 1,
    ok: failed === 0 && readable && (mutants?.survived.length ?? 0) === 0,
    passed: outcomes.length - failed,
    failed,
    tests: outcomes,
    diagnostics,
    untested: wanted === null ? [...untested].filter((id) => !tested.has(id)) : [],
    mutants,
    elapsedMs: Math.round(performance.now() - began),
  };
}

async function mutation(
  chosen: ReadonlyMap<Rule, { readonly tests: readonly RuleTest[]; readonly rules: readonly Rule[] }>,
): Promise<TestReport['mutants']> {
  const survived: Survivor[] = [];
  let made = 0;
  for (const [rule, { tests, rules }] of chosen) {
    made += mutantsOf(rule).length;
    survived.push(...(await survivorsOf(rule, tests, rules)).map((mutant) => ({ rule: rule.id, mutant })));
  }
  return { made, survived };
}

/** Rule files are read once, whichever test files speak of them; their errors are stated once. */
function rulePacks(diagnostics: Diagnostic[]) {
  const packs = new Map<string, readonly Rule[]>();
  const load = (files: readonly SourceFile[]): readonly Rule[] => {
    const key = files.map(({ path }) => path).join('\n');
    const known = packs.get(key);
    if (known !== undefined) return known;
    const { rules, diagnostics: problems } = loadRuleFiles(files);
    diagnostics.push(...problems.filter(({ severity }) => severity === 'error'));
    packs.set(key, rules);
    return rules;
  };
  return {
    of: async (source: TestSource, named: readonly string[] | null, cwd: string): Promise<readonly Rule[]> => {
      try {
        return load(await ruleFilesOf(source, named, cwd));
      } catch (thrown) {
        const { detail } = asTocsinError(thrown);
        const { path } = source.file;
        diagnostics.push({ code: 'TCN-R017', severity: 'error', file: path, line: 1, column: 1, message: detail, hint: null });
        return [];
      }
    },
    idsOf: (paths: readonly string[], cwd: string): ReadonlySet<string> => {
      const files = new Set(paths.map((path) => path.slice(cwd.length + 1)));
      return new Set([...packs.values()].flat().flatMap((rule) => (files.has(rule.source.file) ? [rule.id] : [])));
    },
  };
}

function understood(args: readonly string[]): Request | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        run: { type: 'string' },
        mutate: { type: 'boolean', default: false },
        output: { type: 'string', default: 'text' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const form = FORMS.find((one) => one === values.output);
    if (form === undefined) return `--output ${values.output} is not known; there are ${FORMS.join(', ')}`;
    const wanted = values.run === undefined ? null : new RegExp(values.run);
    return { files: positionals, wanted, mutate: values.mutate, form, help: values.help };
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

function misused(why: string): number {
  process.stderr.write(`${why}\n\n${HELP}`);
  return 2;
}
