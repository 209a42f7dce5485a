import type { MetricSignal } from '../../model/rule.ts';
import { LOG_CATEGORIES } from '../catalogue.ts';
import { adviceFor } from '../suggest.ts';
import { isWritten, type LintedRule, warn } from './rule.ts';

/** Metrics that Azure samples as a level although it also offers their total. */
const LEVEL = /(?:Cores|Nodes|Percentage|Utilization|Capacity\w*)$/;
/** Dimensions with a value of its own for every conversation or run. */
const UNBOUNDED: ReadonlySet<string> = new Set(['ThreadId', 'RunId']);

/** Metrics read in a way that does not fit them, and log categories that nobody can route. */
export function lintSignal(linted: LintedRule): void {
  const { signal } = linted.rule;
  if (signal.kind === 'metric') lintMetric(linted, signal);
  if (signal.kind === 'log') lintCategories(linted, signal.query, signal.table);
}

function lintMetric(linted: LintedRule, { metric, by }: MetricSignal): void {
  const adds = metric.aggregate === 'total' || metric.aggregate === 'count';
  if (adds && LEVEL.test(metric.name) && linted.rule.condition.kind === 'threshold') {
    const message = `${metric.name} is a level: its ${metric.aggregate} grows with the number of samples`;
    warn(linted, 'TCN-W008', ['metric', 'aggregate'], message);
  }
  for (const [index, dimension] of by.entries()) {
    if (UNBOUNDED.has(dimension))
      warn(linted, 'TCN-W007', ['metric', 'by', index], `${dimension} has a new value all the time, and each is a series`);
  }
}

function lintCategories(linted: LintedRule, query: string, table: string): void {
  const { type } = linted.rule.on;
  const known = LOG_CATEGORIES.filter((category) => category.table === table);
  const own = known
    .filter(({ resourceType }) => resourceType.toLowerCase() === type.toLowerCase())
    .map(({ category }) => category);
  const names = own.length > 0 ? own : known.map(({ category }) => category);
  const written = categoriesIn(query);
  for (const { name, line, column } of written) {
    if (names.includes(name) || names.length === 0) continue;
    const message = `${type} has no log category ${name} that fills ${table}, so this never matches`;
    report(linted, 'TCN-W009', { line, column }, message, adviceFor(name, names, 'its categories'));
  }
  if (table !== 'AzureDiagnostics' || written.length > 0 || isWritten(linted, ['log', 'categories'])) return;
  const message = `the query names no category, so all ${names.length} of ${type} must be routed`;
  warn(linted, 'TCN-W009', ['log'], message, `filter by Category, or name them: \`categories: [${names[0] ?? ''}]\``);
}

interface Written {
  readonly name: string;
  /** Within the query, from 1. */
  readonly line: number;
  readonly column: number;
}

/** The texts that a query compares the column Category with. */
function categoriesIn(query: string): readonly Written[] {
  return [...query.matchAll(/\bCategory\s*(?:==|=~|in~?\s*\()([^)|\n]*)/g)].flatMap((comparison) => {
    const [whole, list = ''] = comparison;
    const from = comparison.index + whole.length - list.length;
    const texts = [...(list.split(/\b(?:and|or)\b/)[0]?.matchAll(/["']([^"']+)["']/g) ?? [])];
    return texts.map((text) => ({ name: text[1] ?? '', ...placeOf(query, from + text.index + 1) }));
  });
}

function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** A warning within the text of the query. */
export function report(
  { scope }: LintedRule,
  code: 'TCN-W009' | 'TCN-W010',
  place: { readonly line: number; readonly column: number },
  message: string,
  hint: string | null,
): void {
  const path = [...scope.path, 'log', 'query'];
  const at = scope.source.insideText(path, place.line, place.column);
  scope.diagnostics.push({ code, severity: 'warning', file: scope.source.file, ...at, message, hint });
}
