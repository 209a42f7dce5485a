import type { Diagnostic } from '../model/errors.ts';
import type { LogSignal } from '../model/rule.ts';
import { type Column, LOG_CATEGORIES, tableNames } from './catalogue.ts';
import type { RawLog } from './schema.ts';
import type { Scope } from './scope.ts';
import { adviceFor } from './suggest.ts';

/** What analysing a query gave. Lines and columns count from 1 within the query. */
export interface BoundQuery {
  readonly problems: readonly Diagnostic[];
  /** Columns of the result; empty when the query does not bind. */
  readonly columns: readonly Column[];
}

/** Checks KQL against the documented tables; see src/local/kql/bind.ts. */
export type BindQuery = (query: string) => BoundQuery;

export interface ResolvedLog {
  readonly signal: LogSignal;
  readonly categories: readonly string[];
}

/**
 * Checks a log signal; with `bind` also its KQL and the columns of its result. `inParts`: the rule cuts its window into parts, for which
 * the result needs a time. `null` after a diagnostic.
 */
export function resolveLog(raw: RawLog, bind: BindQuery | null, inParts: boolean, scope: Scope): ResolvedLog | null {
  if (raw.query === undefined && raw.table === undefined) {
    scope.report('TCN-R002', ['log'], '`log` needs a `query` or a `table`', { key: true });
    return null;
  }
  const query = queryOf(raw);
  const table = tableOf(raw);
  if (table === null) {
    scope.report('TCN-R019', ['log', 'query'], 'the query reads no table that Tocsin knows', {
      hint: 'name it: `table: MyTable_CL`',
    });
    return null;
  }
  const isUnknown = raw.table !== undefined && !tableNames().includes(table) && !table.endsWith('_CL');
  if (isUnknown) {
    const hint = adviceFor(table, tableNames(), 'tables');
    scope.report('TCN-R019', ['log', 'table'], `there is no table ${table}`, {
      hint,
      severity: hint === null ? 'warning' : 'error',
    });
  }
  const by = raw.by ?? [];
  if (raw.over !== undefined && raw.value === undefined) {
    scope.report('TCN-R009', ['log', 'over'], '`over` needs `value`: the column that is divided by it', { key: true });
  }
  // Of a table alone that nobody knows, the binder would only say the same again.
  if (bind !== null && !(isUnknown && raw.query === undefined)) checkQuery(query, raw, { by, inParts }, bind, scope);
  const categories = raw.categories ?? categoriesOf(query, table);
  for (const [index, category] of (raw.categories ?? []).entries()) checkCategory(category, index, scope);
  if (scope.failed()) return null;
  const over = raw.over === undefined ? {} : { over: raw.over };
  return { signal: { kind: 'log', query, table, value: raw.value ?? null, ...over, by }, categories };
}

/** The table whose arrival counts: the one named, else the first documented one that the query reads. */
export function tableOf(raw: RawLog): string | null {
  return raw.table ?? firstTable(queryOf(raw));
}

function queryOf({ query, table }: RawLog): string {
  return (query ?? table ?? '').trimEnd();
}

interface Needs {
  readonly by: readonly string[];
  readonly inParts: boolean;
}

function checkQuery(query: string, raw: RawLog, { by, inParts }: Needs, bind: BindQuery, scope: Scope): void {
  const { problems, columns } = bind(query);
  const path = raw.query === undefined ? (['log', 'table'] as const) : (['log', 'query'] as const);
  for (const problem of problems) {
    const { line, column } = scope.source.insideText([...scope.path, ...path], problem.line, problem.column);
    scope.diagnostics.push({ ...problem, file: scope.source.file, line, column });
  }
  if (problems.some(({ severity }) => severity === 'error') || columns.length === 0) return;
  const names = columns.map((column) => column.name);
  const need = (name: string, at: readonly (string | number)[]) => {
    if (names.includes(name)) return;
    scope.report('TCN-R016', at, `the query's result has no column ${name}`, { hint: adviceFor(name, names, 'its columns') });
  };
  for (const [index, name] of by.entries()) need(name, ['log', 'by', index]);
  if (raw.value !== undefined) need(raw.value, ['log', 'value']);
  if (raw.over !== undefined) need(raw.over, ['log', 'over']);
  if (!names.some((name) => /^_?resourceid$/i.test(name))) {
    const hint = 'add _ResourceId to its `summarize … by` or `project`: it tells which resource a row speaks of';
    scope.report('TCN-R016', path, "the query's result has no column _ResourceId", { hint });
  }
  if (inParts && !columns.some(({ type }) => type === 'datetime')) {
    const hint = 'add bin(TimeGenerated, 1m) to its `summarize … by`';
    scope.report('TCN-R016', path, "`failing` cuts the window into parts, but the query's result has no time", { hint });
  }
}

function checkCategory(category: string, index: number, scope: Scope): void {
  const known = [...new Set(LOG_CATEGORIES.map((each) => each.category))];
  if (known.includes(category)) return;
  const hint = adviceFor(category, known, 'categories');
  scope.report('TCN-R019', ['log', 'categories', index], `there is no log category ${category}`, { hint });
}

/** The documented table that stands first in the query, outside of texts and comments. */
function firstTable(query: string): string | null {
  const code = query.replace(/\/\/.*$/gm, '').replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""');
  const known = new Set(tableNames());
  for (const [name] of code.matchAll(/[A-Za-z_][A-Za-z0-9_]*/g)) if (known.has(name)) return name;
  return null;
}

/** Categories that fill the table; where several share it (AzureDiagnostics), those that the query names. */
function categoriesOf(query: string, table: string): readonly string[] {
  const filling = [...new Set(LOG_CATEGORIES.filter((each) => each.table === table).map((each) => each.category))];
  const named = filling.filter((category) => query.includes(`"${category}"`) || query.includes(`'${category}'`));
  return named.length > 0 ? named : filling;
}
