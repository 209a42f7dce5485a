import type { Failure } from '../../local/ruletest/run.ts';
import { type Diagnostic, ERRORS } from '../../model/errors.ts';
import { xml } from '../xml.ts';
import type { Survivor, TestReport } from './outcome.ts';

/** For people and terminals that link `file:line:col`. */
export function renderText({ tests, diagnostics, passed, failed, untested, mutants, elapsedMs }: TestReport): string {
  const failures = tests.flatMap((test) => test.failures.map((failure) => `${failureText(failure)}\n`));
  const rules = new Set(tests.flatMap((test) => test.rules)).size;
  const summary = failed === 0 && diagnostics.length === 0 ? 'all passed' : `${failed} failed`;
  return [
    ...diagnostics.map((one) => `${place(one)} ${one.message}\n    ${one.hint ?? ERRORS[one.code].fix}\n`),
    ...failures,
    `${count(passed + failed, 'test')} of ${count(rules, 'rule')} in ${(elapsedMs / 1000).toFixed(1)} s: ${summary}\n`,
    untested.length === 0 ? '' : `Without a test: ${untested.join(', ')}\n`,
    ...(mutants === null ? [] : mutantLines(mutants)),
  ].join('');
}

const MUTANTS = {
  never: 'its condition is never breached',
  always: 'its condition is breached by every value',
  inverted: 'its condition is turned round',
  'any event': 'it takes every event of its category',
  'without except': 'it leaves no event out',
} as const;

function wordsFor(mutant: Survivor['mutant']): string {
  return mutant in MUTANTS ? MUTANTS[mutant as keyof typeof MUTANTS] : `it is ${mutant}`;
}

function mutantLines({ made, survived }: NonNullable<TestReport['mutants']>): readonly string[] {
  return [
    ...survived.map(({ rule, mutant }) => `${rule}: no test fails when ${wordsFor(mutant)}\n`),
    `${count(made, 'wrong rule')} tried: ${survived.length === 0 ? 'every one was noticed' : `${survived.length} went unnoticed`}\n`,
  ];
}

function failureText({ diagnostic, expected, got, context }: Failure): string {
  const lines = [
    `${place(diagnostic)} ${diagnostic.message}`,
    ...expected.map((line) => `    expected  ${line}`),
    ...got.map((line) => `    got       ${line}`),
    ...(expected.length + got.length === 0 ? [`    ${diagnostic.hint ?? ERRORS[diagnostic.code].fix}`] : []),
    ...context.map((line) => `      ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

function place({ file, line, column, code }: Diagnostic): string {
  return `${file}:${line}:${column} ${code}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** One suite per file of tests, one case per test; files that cannot be read are errors of a suite of their own. */
export function renderJunit({ tests, diagnostics, passed, failed, elapsedMs }: TestReport): string {
  const files = [...new Set(tests.map(({ file }) => file))];
  const suites = files.map((file) => {
    const own = tests.filter((test) => test.file === file);
    const cases = own.map(({ name, rules, failures }) => {
      const open = `    <testcase classname="${xml(rules.join(' '))}" name="${xml(name)}" file="${xml(file)}"`;
      if (failures.length === 0) return `${open}/>\n`;
      const inner = failures.map(
        (one) =>
          `      <failure type="${one.diagnostic.code}" message="${xml(one.diagnostic.message)}">${xml(failureText(one))}</failure>\n`,
      );
      return `${open}>\n${inner.join('')}    </testcase>\n`;
    });
    const bad = own.filter(({ failures }) => failures.length > 0).length;
    return `  <testsuite name="${xml(file)}" tests="${own.length}" failures="${bad}">\n${cases.join('')}  </testsuite>\n`;
  });
  const errors = diagnostics.map(
    (one) =>
      `    <testcase classname="tocsin test" name="${xml(one.file)}"><error type="${one.code}" message="${xml(one.message)}">${xml(`${place(one)} ${one.message}`)}</error></testcase>\n`,
  );
  const broken =
    errors.length === 0
      ? ''
      : `  <testsuite name="files" tests="${errors.length}" errors="${errors.length}">\n${errors.join('')}  </testsuite>\n`;
  const head = `<testsuites name="tocsin test" tests="${passed + failed + errors.length}" failures="${failed}" errors="${errors.length}" time="${(elapsedMs / 1000).toFixed(3)}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${suites.join('')}${broken}</testsuites>\n`;
}
