import { type Diagnostic, ERRORS } from '../../model/errors.ts';
import { xml } from '../xml.ts';
import type { CheckOutcome } from './outcome.ts';

/** For people and terminals that link `file:line:col`. */
export function renderText({ files, rules, diagnostics, categories, cost }: CheckOutcome): string {
  const findings = diagnostics.map((one) => {
    const head = `${one.file}:${one.line}:${one.column} ${one.severity === 'warning' ? 'warning ' : ''}${one.code}`;
    return `${head} ${one.message}\n    ${one.hint ?? ERRORS[one.code].fix}\n`;
  });
  const lines = [
    ...findings,
    `${count(rules.alerts, 'alert')} and ${count(rules.reports, 'report')} in ${count(files.length, 'file')}: ${verdict(diagnostics)}\n`,
  ];
  if (categories.length > 0) {
    lines.push('\nLog categories that diagnostic settings must route:\n');
    for (const { resourceType, category, rules: readers } of categories) {
      lines.push(`  ${resourceType}  ${category}  (${readers.join(', ')})\n`);
    }
  }
  if (cost !== null) {
    lines.push(
      '\nCalls an hour, for up to 50 resources of each type in one region and one workspace:\n',
      `  metric calls       ${cost.metricCallsPerHour}\n`,
      `  log queries        ${cost.logQueriesPerHour}, and ${cost.watermarkQueriesPerHour} small ones that ask how far tables have come\n`,
      `  state operations   ${cost.stateOperationsPerHour}\n`,
      `\n${cost.callsPerMinute} calls a minute. About ${dollars(cost.monthly.total)} a month at assumed prices (docs/cli.md), without what diagnostic settings ingest:\n`,
      `  metric calls       ${dollars(cost.monthly.metricCalls)}\n`,
      `  log queries        ${dollars(cost.monthly.logQueries)}, over Analytics tables\n`,
      `  functions          ${dollars(cost.monthly.functions)}\n`,
      `  storage            ${dollars(cost.monthly.storage)}\n`,
    );
  }
  return lines.join('');
}

function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

function verdict(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  if (diagnostics.length === 0) return 'nothing to object to';
  return [errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : '']
    .filter((part) => part !== '')
    .join(', ');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Workflow commands: GitHub shows them beside the lines of a pull request. */
export function renderGithub({ diagnostics }: CheckOutcome): string {
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return diagnostics
    .map((one) => {
      const place = `file=${property(one.file)},line=${one.line},col=${one.column},title=${property(`${one.code} ${ERRORS[one.code].title}`)}`;
      return `::${one.severity} ${place}::${data(`${one.message}. ${one.hint ?? ERRORS[one.code].fix}`)}\n`;
    })
    .join('');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** One test case per file; its diagnostics are its failures. */
export function renderJunit({ files, diagnostics }: CheckOutcome): string {
  const names = [...new Set([...files, ...diagnostics.map(({ file }) => file)])];
  const cases = names.map((file) => {
    const failures = diagnostics
      .filter((one) => one.file === file)
      .map((one) => {
        const text = `${file}:${one.line}:${one.column} ${one.message}\n${one.hint ?? ERRORS[one.code].fix}`;
        return `    <failure type="${one.code}" message="${xml(one.message)}">${xml(text)}</failure>\n`;
      });
    const open = `  <testcase classname="tocsin check" name="${xml(file)}"`;
    return failures.length === 0 ? `${open}/>\n` : `${open}>\n${failures.join('')}  </testcase>\n`;
  });
  const failed = new Set(diagnostics.map(({ file }) => file)).size;
  const head = `<testsuite name="tocsin check" tests="${names.length}" failures="${failed}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${cases.join('')}</testsuite>\n`;
}
