import { formatDuration, MINUTE, parseDuration } from '../../model/duration.ts';
import type { Diagnostic } from '../../model/errors.ts';
import { adviceFor } from '../../rules/suggest.ts';
import { cellOf, resourceCells } from '../archive/row.ts';
import { encode } from '../kql/encode.ts';
import { openSchema } from '../kql/schema.ts';
import { AZURE_SCHEMA } from '../kql/schemas.ts';
import { Column, nothing, type Table, tableOf } from '../kql/table.ts';
import { ticksOfMs } from '../kql/time.ts';
import type { ColumnSpec, Value } from '../kql/types.ts';
import { selected } from '../monitor/lateness.ts';
import type { OfflineTarget } from '../offline/inventory.ts';
import type { ReadTables } from '../offline/logs.ts';
import { instantOf, lengthOf, type Place, problemAt } from './load.ts';
import type { RawLogInput } from './schema.ts';

/** A row of a table, when it happened and when it can be read (epoch ms). Its cells are those of all columns but `TimeGenerated`. */
export interface TestRow {
  readonly table: string;
  readonly time: number;
  readonly readableAt: number;
  readonly cells: Cells;
}

type Cells = ReadonlyMap<string, { readonly spec: ColumnSpec; readonly value: Value }>;

/** More rows than this are a slip. */
const MOST_ROWS = 200_000;
const OWN_COLUMNS = new Set(['TimeGenerated', '_TimeReceived', 'Type']);

/** The rows of one input on each of its targets; columns are checked against the table's documented ones. */
export function logRows(
  raw: RawLogInput,
  place: Place,
  targets: readonly OfflineTarget[],
  start: number,
  diagnostics: Diagnostic[],
): readonly TestRow[] {
  const templates = [...(raw.row === undefined ? [] : [raw.row]), ...(raw.rows ?? [])];
  const rows = templates.length === 0 ? [{}] : templates;
  const columns = columnsFor(raw.log, rows, place, diagnostics);
  const times = timesOf(raw, start);
  const copies = raw.copies ?? 1;
  if (times.length * copies * rows.length > MOST_ROWS) {
    diagnostics.push(problemAt(place, [], `these are more than ${MOST_ROWS} rows`));
    return [];
  }
  if (columns === null) return [];
  const late = lengthOf(raw.arrives, 0);
  const made: TestRow[] = [];
  const legacyIds = raw.log === 'AzureDiagnostics' || raw.log === 'AzureActivity';
  const known = targets.map(({ target }) => resourceCells(target.id, { table: raw.log, legacyIds }));
  // Rows without `{…}` are all the same but for their time.
  const same = new Map(
    rows.filter((template) => !JSON.stringify(template).includes('{', 1)).map((template) => [template, [] as Cells[]]),
  );
  let count = 0;
  for (const time of times) {
    for (let copy = 0; copy < copies; copy += 1) {
      for (const template of rows) {
        let cells = same.get(template);
        if (cells === undefined || cells.length === 0) {
          const own = cellsOf(template, columns, { count, time }, place, diagnostics);
          if (own === null) return [];
          const filled = known.map((resource) => withResource(own, resource));
          cells?.push(...filled);
          cells = filled;
        }
        for (const each of cells) made.push({ table: raw.log, time, readableAt: time + late, cells: each });
        count += 1;
      }
    }
  }
  return made;
}

function withResource(own: Cells, resource: Readonly<Record<string, string>>): Cells {
  const cells = new Map(own);
  for (const [name, value] of Object.entries(resource)) {
    if (!cells.has(name)) cells.set(name, { spec: { name, type: 'string' }, value });
  }
  return cells;
}

/** When an input with `at`, `every`, `count` and `until` happens. */
export function timesOf(raw: Pick<RawLogInput, 'at' | 'every' | 'count' | 'until'>, start: number): readonly number[] {
  const first = instantOf(raw.at ?? 0, start);
  const step = Math.max(1, lengthOf(raw.every, MINUTE));
  const last = raw.until === undefined ? null : instantOf(raw.until, start);
  const fits = last === null ? Number.POSITIVE_INFINITY : Math.floor((last - first) / step) + 1;
  const wanted = raw.count ?? (last === null ? 1 : Number.POSITIVE_INFINITY);
  const count = Math.max(0, Math.min(fits, wanted, MOST_ROWS + 1));
  return Array.from({ length: count }, (_, index) => first + index * step);
}

function columnsFor(
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  place: Place,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, ColumnSpec> | null {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const specs = openSchema([table, ...names].join(' '), AZURE_SCHEMA).tables[table];
  if (specs === undefined) {
    const hint = adviceFor(table, Object.keys(AZURE_SCHEMA.tables), 'tables');
    diagnostics.push(problemAt(place, ['log'], `there is no table ${table}`, { hint }));
    return null;
  }
  const columns = new Map(specs.map((spec) => [spec.name, spec]));
  const known = [...columns.keys()];
  const wrong = names.filter((name) => !columns.has(name) || OWN_COLUMNS.has(name));
  for (const name of wrong) {
    const own = OWN_COLUMNS.has(name);
    const hint = own ? 'the time of a row is `at`' : adviceFor(name, known, 'columns');
    const message = own ? `${name} is set by the test itself` : `table ${table} has no column ${name}`;
    diagnostics.push(problemAt(place, pathOf(name, rows, place), message, { hint }));
  }
  return wrong.length > 0 ? null : columns;
}

function pathOf(name: string, rows: readonly Readonly<Record<string, unknown>>[], { source, path }: Place) {
  if (source.has([...path, 'row', name])) return ['row', name];
  const index = rows.findIndex((row) => name in row) - (source.has([...path, 'row']) ? 1 : 0);
  return ['rows', Math.max(0, index), name];
}

interface Turn {
  readonly count: number;
  readonly time: number;
}

function cellsOf(
  template: Readonly<Record<string, unknown>>,
  columns: ReadonlyMap<string, ColumnSpec>,
  turn: Turn,
  place: Place,
  diagnostics: Diagnostic[],
): Cells | null {
  const cells = new Map<string, { readonly spec: ColumnSpec; readonly value: Value }>();
  for (const [name, written] of Object.entries(template)) {
    const spec = columns.get(name) as ColumnSpec;
    const filled = fill(written, turn);
    const value = cellOf(filled, spec.type);
    if (value === null && filled !== null) {
      const message = `${JSON.stringify(written)} is no ${spec.type}, which column ${name} holds`;
      diagnostics.push(problemAt(place, pathOf(name, [template], place), message));
      return null;
    }
    cells.set(name, { spec, value });
  }
  return cells;
}

/** `{n}`, `{time}` and `{time-5m}` in every text of a value. */
function fill(value: unknown, { count, time }: Turn): unknown {
  if (typeof value === 'string') {
    return value.replace(/\{(n|time(?:([+-])((?:\d+[smhdw])+))?)\}/g, (_, what: string, sign?: string, span = '0s') => {
      if (what === 'n') return String(count);
      const shift = parseDuration(span) ?? 0;
      return new Date(time + (sign === '-' ? -shift : shift)).toISOString();
    });
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, { count, time }));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, { count, time })]));
}

interface StoredTable {
  readonly times: Float64Array;
  readonly readableAt: Float64Array;
  /** Whether any row can be read only after its time. */
  readonly late: boolean;
  /** 0, 1, 2, …: a part of it selects rows that follow each other. */
  readonly order: Int32Array;
  readonly table: Table;
}

/** Tables of rows that can be read by span and time of arrival. */
export function tableReader(rows: readonly TestRow[]): ReadTables {
  const tables = new Map([...byTable(rows)].map(([name, list]) => [name, stored(list)]));
  return (names, span, now) => {
    const found = new Map<string, Table>();
    const marks: string[] = [];
    for (const name of names) {
      const known = tables.get(name);
      if (known === undefined) continue;
      const { times, readableAt, late, order, table } = known;
      const from = firstNotBefore(times, span.start);
      const to = Math.max(from, firstNotBefore(times, Math.min(span.end, now + 1)));
      const within = order.subarray(from, to);
      const visible = late ? within.filter((index) => (readableAt[index] as number) <= now) : within;
      marks.push(`${name}:${visible.length === within.length ? `${from}-${to}` : visible.join(',')}`);
      found.set(name, selected(table, visible));
    }
    return { tables: found, mark: marks.join(';') };
  };
}

function byTable(rows: readonly TestRow[]): ReadonlyMap<string, TestRow[]> {
  const tables = new Map<string, TestRow[]>();
  for (const row of rows) {
    const list = tables.get(row.table);
    if (list === undefined) tables.set(row.table, [row]);
    else list.push(row);
  }
  return tables;
}

function stored(list: TestRow[]): StoredTable {
  const rows = list.sort((left, right) => left.time - right.time);
  return {
    times: Float64Array.from(rows, ({ time }) => time),
    readableAt: Float64Array.from(rows, ({ readableAt }) => readableAt),
    late: rows.some(({ time, readableAt }) => readableAt > time),
    order: Int32Array.from(rows, (_, index) => index),
    table: columnar(rows),
  };
}

/** Index of the first of ascending times that is not before `time`. */
function firstNotBefore(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function columnar(rows: readonly TestRow[]): Table {
  const kinds = new Set(rows.map(({ cells }) => cells));
  const specs = new Map([...kinds].flatMap((cells) => [...cells].map(([name, { spec }]) => [name, spec] as const)));
  const columns = [...specs.values()].map(({ name, type }) => {
    const values = rows.map(({ cells }) => cells.get(name)?.value ?? nothing(type));
    return new Column(type, encode(type, values));
  });
  const timed = (values: readonly number[]) => new Column('datetime', encode('datetime', values.map(ticksOfMs)));
  return tableOf(
    [...specs.values(), { name: 'TimeGenerated', type: 'datetime' }, { name: '_TimeReceived', type: 'datetime' }],
    [...columns, timed(rows.map(({ time }) => time)), timed(rows.map(({ readableAt }) => readableAt))],
    rows.length,
  );
}

/** The input in a line, for a failing test. */
export function describeLog(raw: RawLogInput): string {
  const columns = [...(raw.row === undefined ? [] : [raw.row]), ...(raw.rows ?? [])].map((row) => JSON.stringify(row)).join(' ');
  const parts = [
    `${raw.log} ${columns}`,
    raw.at === undefined ? '' : `at ${raw.at}`,
    raw.every === undefined && raw.count === undefined && raw.until === undefined
      ? ''
      : `every ${raw.every ?? formatDuration(MINUTE)}`,
    raw.count === undefined ? '' : `× ${raw.count}`,
    raw.until === undefined ? '' : `until ${raw.until}`,
    raw.copies === undefined ? '' : `${raw.copies} copies`,
    raw.arrives === undefined ? '' : `arrives ${raw.arrives}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}
