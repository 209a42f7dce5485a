import { readFile } from 'node:fs/promises';
import { compileQuery, isCompiled } from '../../src/local/kql/engine.ts';
import { jsonText } from '../../src/local/kql/json.ts';
import { RawNumber, wireCell } from '../../src/local/kql/output.ts';
import { rowsOf, type Table } from '../../src/local/kql/table.ts';
import { parseDatetime, parseTimespan, ticksOfMs } from '../../src/local/kql/time.ts';
import type { Dynamic, Value } from '../../src/local/kql/types.ts';

/** A case as shared/kql/README.md describes it. */
export interface KqlCase {
  readonly id: string;
  readonly query: string;
  readonly expected: {
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly rows: readonly (readonly unknown[])[];
  };
  readonly ordered?: boolean;
  readonly tolerance?: number;
  readonly tier?: string;
  readonly oracle?: string;
  readonly innerunique?: boolean;
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly unsupported: number;
  readonly byKind: Readonly<Record<string, { passed: number; failed: number; unsupported: number }>>;
  readonly failures: readonly { readonly id: string; readonly why: string }[];
}

type Verdict = { readonly result: 'passed' } | { readonly result: 'failed' | 'unsupported'; readonly why: string };

/** Runs every case of a file; `byKind` counts by tier and oracle. */
export async function runKqlCases(file: string): Promise<Summary> {
  const cases = JSON.parse(await readFile(file, 'utf8')) as readonly KqlCase[];
  const byKind: Record<string, { passed: number; failed: number; unsupported: number }> = {};
  const failures: { id: string; why: string }[] = [];
  const totals = { passed: 0, failed: 0, unsupported: 0 };
  for (const one of cases) {
    const verdict = judge(one);
    totals[verdict.result] += 1;
    for (const kind of [`tier ${one.tier ?? 'none'}`, `oracle ${one.oracle ?? 'none'}`]) {
      byKind[kind] ??= { passed: 0, failed: 0, unsupported: 0 };
      byKind[kind][verdict.result] += 1;
    }
    if (verdict.result !== 'passed') failures.push({ id: one.id, why: `${verdict.result}: ${verdict.why}` });
  }
  return { ...totals, byKind, failures };
}

/** Judges one case. A query that does not compile is unsupported; anything else that is not the expected table has failed. */
export function judge(one: KqlCase): Verdict {
  const compiled = compileQuery(one.query, { tables: {} });
  if (!isCompiled(compiled)) {
    return {
      result: 'unsupported',
      why: compiled.map((found) => `${found.line}:${found.column} ${found.code} ${found.message}`).join('; '),
    };
  }
  try {
    const why = difference(one, compiled.run({ now: ticksOfMs(Date.UTC(2026, 0, 1)), table: () => undefined }));
    return why === null ? { result: 'passed' } : { result: 'failed', why };
  } catch (error) {
    return { result: 'failed', why: `threw ${String(error)}` };
  }
}

function difference(one: KqlCase, table: Table): string | null {
  const { columns, rows } = one.expected;
  const shape = (specs: readonly { readonly name: string; readonly type: string }[]): string =>
    specs.map((spec) => `${spec.name}:${spec.type}`).join(', ');
  if (shape(columns) !== shape(table.specs)) return `columns ${shape(table.specs)} instead of ${shape(columns)}`;
  const actual = rowsOf(table);
  if (actual.length !== rows.length) return `${actual.length} rows instead of ${rows.length}`;
  const same = (want: readonly unknown[], got: readonly Value[]): boolean =>
    want.every((cell, index) => cellEquals(cell, got[index] ?? null, columns[index]?.type ?? 'string', one.tolerance ?? 1e-9));
  if (one.ordered === true) {
    const at = rows.findIndex((row, index) => !same(row, actual[index] ?? []));
    return at < 0 ? null : `row ${at} is ${show(table, actual[at] ?? [])} instead of ${JSON.stringify(rows[at])}`;
  }
  const left = [...actual];
  for (const row of rows) {
    const at = left.findIndex((candidate) => same(row, candidate));
    if (at < 0) return `no row ${JSON.stringify(row)}; there is ${left.map((item) => show(table, item)).join(' ')}`;
    left.splice(at, 1);
  }
  return null;
}

function show(table: Table, row: readonly Value[]): string {
  return JSON.stringify(
    row.map((value, index) => {
      const cell = wireCell(value, table.specs[index]?.type ?? 'string');
      return cell instanceof RawNumber ? cell.digits : cell;
    }),
  );
}

function cellEquals(want: unknown, got: Value, type: string, tolerance: number): boolean {
  if (want === null) return got === null || (type === 'string' && got === '');
  switch (type) {
    case 'datetime':
      return typeof got === 'number' && parseDatetime(String(want)) === got;
    case 'timespan':
      return typeof got === 'number' && parseTimespan(String(want)) === got;
    case 'dynamic':
      return dynamicEquals(want, JSON.parse(jsonText(got as Dynamic)), tolerance);
    case 'int':
    case 'long':
      return String(want) === String(got);
    case 'real':
    case 'decimal':
      return numberEquals(want, got, tolerance);
    default:
      return want === got;
  }
}

function numberEquals(want: unknown, got: unknown, tolerance: number): boolean {
  const expected = Number(want);
  if (typeof got !== 'number') return String(want) === String(got);
  if (Number.isNaN(expected) || !Number.isFinite(expected)) return Object.is(expected, got);
  return Math.abs(expected - got) <= tolerance * Math.max(1, Math.abs(expected));
}

function dynamicEquals(want: unknown, got: unknown, tolerance: number): boolean {
  if (typeof want === 'number' && typeof got === 'number') return numberEquals(want, got, tolerance);
  if (typeof want !== 'object' || want === null) return want === got || (typeof want === 'string' && sameTime(want, got));
  if (Array.isArray(want)) {
    return (
      Array.isArray(got) && want.length === got.length && want.every((item, index) => dynamicEquals(item, got[index], tolerance))
    );
  }
  if (typeof got !== 'object' || got === null || Array.isArray(got)) return false;
  const keys = Object.keys(want);
  return (
    keys.length === Object.keys(got).length &&
    keys.every((key) => dynamicEquals((want as Record<string, unknown>)[key], (got as Record<string, unknown>)[key], tolerance))
  );
}

/** A datetime in JSON text, whatever the number of its fraction digits. */
function sameTime(want: string, got: unknown): boolean {
  return (
    typeof got === 'string' &&
    /^\d{4}-\d\d-\d\dT/.test(want) &&
    parseDatetime(want) !== null &&
    parseDatetime(want) === parseDatetime(got)
  );
}

/** `kql FILE [--output json]` of the conformance script. */
export async function run(args: readonly string[]): Promise<number> {
  const file = args.find((arg, index) => !arg.startsWith('--') && args[index - 1] !== '--output');
  if (file === undefined) {
    process.stderr.write('usage: conformance kql FILE [--output json]\n');
    return 2;
  }
  const summary = await runKqlCases(file);
  if (args.includes('json')) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else {
    process.stdout.write(`${summary.passed} passed, ${summary.failed} failed, ${summary.unsupported} unsupported\n`);
    for (const failure of summary.failures) process.stdout.write(`${failure.id}  ${failure.why}\n`);
  }
  return summary.failed === 0 ? 0 : 1;
}
