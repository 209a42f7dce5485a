import { setImmediate } from 'node:timers/promises';
import type { Window } from '../../model/window.ts';
import { encode } from '../kql/encode.ts';
import { concatData, gatherData } from '../kql/rearrange.ts';
import { Column, nothing, type Table } from '../kql/table.ts';
import { ticksOfMs } from '../kql/time.ts';
import type { ColumnSpec, KustoType, Value } from '../kql/types.ts';
import { ahead } from './ahead.ts';
import type { MetricRecord } from './append.ts';
import { Chunk } from './chunk.ts';
import { type ArchiveFiles, folderFiles } from './files.ts';
import { GrowingFile } from './growing-file.ts';
import { ACTIVITY_FOLDER, hourStart, METRICS_FOLDER } from './layout.ts';
import { MetricHour, metricRecord } from './metrics.ts';
import type { ArchiveRecord } from './row.ts';
import { timeOf } from './row.ts';
import { type Mapping, mappingOf } from './tables.ts';
import { TextPools } from './text-pools.ts';

const HOUR = 3_600_000;
/** Milliseconds of reading after which others get their turn. */
const TURN = 50;
const ALWAYS: Window = { start: 0, end: Number.MAX_SAFE_INTEGER };
/** A record is received after it happened, at most two days later; clocks differ by less than an hour. */
const LATEST_RECEIPT = 49 * HOUR;
/** Rows kept in memory beyond those that the read at hand needs. */
const CACHED_ROWS = 3_000_000;
/** Distinct texts after which a pass over an archive begins its dictionaries anew. */
const PASSING_TEXTS = 500_000;

/** How far a read has come: files of `of`, and the rows in them. */
export interface ReadProgress {
  readonly files: number;
  readonly of: number;
  readonly rows: number;
}

export interface ReadOptions {
  /** Called after every file. */
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Looked at before every file. */
  readonly signal?: AbortSignal;
  /**
   * Names of columns that will probably be read; others may be among them. They only decide what is read now and what is read when it is
   * asked for.
   */
  readonly columns?: ReadonlySet<string>;
}

/** An archive of diagnostics that is read while others append to it. */
export interface Archive {
  /** Where it is, without secrets. */
  readonly name: string;
  /** Rows of the named tables with `TimeGenerated` within the span. Tables without rows are left out. */
  logs(tables: readonly string[], span: Window, options?: ReadOptions): Promise<ReadonlyMap<string, Table>>;
  /**
   * Rows of the named tables that were received in the hours of the span, whenever they happened. For one pass over a long archive: nothing
   * of it is kept.
   */
  received(tables: readonly string[], hours: Window, options?: ReadOptions): Promise<ReadonlyMap<string, Table>>;
  /** Metric minutes that begin in the hours of the span, in the order in which they were written. Nothing of it is kept. */
  metricMinutes(hours: Window): Promise<readonly MetricRecord[]>;
  /** Whether any resource log has ever been written. */
  hasLogs(): Promise<boolean>;
  /** Minutes of one metric of one resource that begin within the span, in any order. */
  metric(resourceId: string, metric: string, span: Window): Promise<readonly MetricRecord[]>;
  /** Names of the metrics that a resource published within the hours of the span. */
  metricNames(resourceId: string, span: Window): Promise<readonly string[]>;
  /** Ids of all resources that ever wrote a log, in lower case, sorted. */
  loggedResourceIds(): Promise<readonly string[]>;
  /** Ids of all resources that ever wrote anything, in lower case, sorted. */
  resourceIds(): Promise<readonly string[]>;
  /** Activity log records of a subscription within the span. */
  activity(subscription: string, span: Window): Promise<readonly ArchiveRecord[]>;
  /** Gives back what it holds on this machine. */
  close(): Promise<void>;
}

/** Opens a folder, or files elsewhere, in the layout of a storage account's diagnostics archive. It need not exist yet. */
export function openArchive(place: string | ArchiveFiles): Archive {
  const files = typeof place === 'string' ? folderFiles(place) : place;
  const chunks = new Map<string, Chunk>();
  const hours = new Map<string, MetricHour>();
  const activities = new Map<string, { readonly file: GrowingFile; readonly records: ArchiveRecord[] }>();

  const pools = new Map<string, TextPools>();
  const poolsOf = (table: string): TextPools => {
    const known = pools.get(table) ?? new TextPools();
    pools.set(table, known);
    return known;
  };

  const exclusive = oneAtATime();

  async function filesOf(tables: readonly string[], hours: Window) {
    const wanted: { readonly path: string; readonly mapping: Mapping }[] = [];
    for (const container of await files.folders()) {
      const mapping = mappingOf(container);
      if (mapping === null || !tables.includes(mapping.table)) continue;
      const paths = await files.hours(container, hours);
      wanted.push(...paths.map((path) => ({ path, mapping })));
    }
    return wanted;
  }

  async function logs(tables: readonly string[], span: Window, options: ReadOptions): Promise<ReadonlyMap<string, Table>> {
    const wanted = await filesOf(tables, { start: span.start - HOUR, end: span.end + LATEST_RECEIPT });
    const found: Chunk[] = [];
    let rows = 0;
    let turned = performance.now();
    const places = ahead(wanted, ({ path }) => files.local(path, options.signal));
    for (const { path, mapping } of wanted) {
      const place = await places();
      if (performance.now() - turned > TURN) {
        await setImmediate();
        turned = performance.now();
      }
      options.signal?.throwIfAborted();
      const chunk = chunks.get(path) ?? new Chunk(place, mapping, poolsOf(mapping.table));
      // Last in the map is last used.
      chunks.delete(path);
      chunks.set(path, chunk);
      await chunk.refresh(options.columns);
      found.push(chunk);
      rows += chunk.rows;
      options.onProgress?.({ files: found.length, of: wanted.length, rows });
    }
    if (forget(chunks, new Set(found))) shrink(chunks, pools, found);
    return tablesOf(found, span);
  }

  let passing = new Map<string, TextPools>();

  async function received(tables: readonly string[], span: Window, options: ReadOptions): Promise<ReadonlyMap<string, Table>> {
    if ([...passing.values()].reduce((texts, each) => texts + each.size, 0) > PASSING_TEXTS) passing = new Map();
    const wanted = await filesOf(tables, span);
    const places = ahead(wanted, ({ path }) => files.local(path, options.signal));
    const found: Chunk[] = [];
    for (const { mapping } of wanted) {
      options.signal?.throwIfAborted();
      const texts = passing.get(mapping.table) ?? new TextPools();
      passing.set(mapping.table, texts);
      const chunk = new Chunk(await places(), mapping, texts);
      await chunk.refresh(options.columns);
      found.push(chunk);
    }
    return tablesOf(found, ALWAYS);
  }

  async function metricMinutes(span: Window): Promise<readonly MetricRecord[]> {
    const found: MetricRecord[] = [];
    const paths = await files.hours(METRICS_FOLDER, span);
    const places = ahead(paths, (path) => files.local(path));
    for (const _ of paths) await new GrowingFile(await places()).read((text) => found.push(metricRecord(text)));
    return found;
  }

  async function metricHours(span: Window): Promise<readonly MetricHour[]> {
    const found: MetricHour[] = [];
    const paths = await files.hours(METRICS_FOLDER, { start: hourStart(span.start), end: span.end });
    const places = ahead(paths, (path) => files.local(path));
    for (const path of paths) {
      const place = await places();
      const hour = hours.get(path) ?? new MetricHour(place);
      hours.set(path, hour);
      await hour.refresh();
      found.push(hour);
    }
    return found;
  }

  async function loggedResourceIds(): Promise<readonly string[]> {
    const ids = new Set<string>();
    for (const container of await files.folders()) {
      if (mappingOf(container) === null || container === ACTIVITY_FOLDER) continue;
      for (const path of await files.resources(container)) {
        const [, id = ''] = path.split('/resourceId=');
        ids.add(id.toLowerCase());
      }
    }
    return [...ids].sort();
  }

  async function resourceIds(): Promise<readonly string[]> {
    const ids = new Set(await loggedResourceIds());
    for (const hour of await metricHours(ALWAYS)) for (const id of hour.resourceIds()) ids.add(id);
    return [...ids].sort();
  }

  async function activity(subscription: string, span: Window): Promise<readonly ArchiveRecord[]> {
    const found: ArchiveRecord[] = [];
    const folder = `${ACTIVITY_FOLDER}/resourceId=/SUBSCRIPTIONS/${subscription.toUpperCase()}`;
    const paths = await files.hours(folder, { start: span.start - HOUR, end: span.end + LATEST_RECEIPT });
    const places = ahead(paths, (path) => files.local(path));
    for (const path of paths) {
      const place = await places();
      const known = activities.get(path) ?? { file: new GrowingFile(place), records: [] };
      activities.set(path, known);
      const add = (text: string): void => void known.records.push(JSON.parse(text) as ArchiveRecord);
      if ((await known.file.read(add)) === 'shrunk') {
        known.records.length = 0;
        await known.file.read(add);
      }
      found.push(...known.records);
    }
    const [start, end] = [ticksOfMs(span.start), ticksOfMs(span.end)];
    return found.filter((record) => {
      const time = timeOf(record);
      return time !== null && time >= start && time < end;
    });
  }

  return {
    name: files.name,
    hasLogs: async () => (await files.folders()).some((folder) => mappingOf(folder) !== null),
    logs: (tables, span, options = {}) => exclusive(() => logs(tables, span, options)),
    received: (tables, hours, options = {}) => exclusive(() => received(tables, hours, options)),
    metricMinutes: (hours) => exclusive(() => metricMinutes(hours)),
    loggedResourceIds: () => exclusive(loggedResourceIds),
    metric: (resourceId, metric, span) =>
      exclusive(async () => (await metricHours(span)).flatMap((hour) => hour.of(resourceId, metric, span))),
    metricNames: (resourceId, span) =>
      exclusive(async () => [...new Set((await metricHours(span)).flatMap((hour) => hour.names(resourceId)))]),
    resourceIds: () => exclusive(resourceIds),
    activity: (subscription, span) => exclusive(() => activity(subscription, span)),
    close: () => exclusive(() => files.close()),
  };
}

function tablesOf(chunks: readonly Chunk[], span: Window): ReadonlyMap<string, Table> {
  const present = new Set(chunks.map((chunk) => chunk.mapping.table));
  const of = (table: string) => chunks.filter((chunk) => chunk.mapping.table === table);
  return new Map([...present].map((table) => [table, new ArchiveTable(of(table), span)]));
}

interface Part {
  readonly chunk: Chunk;
  readonly rows: number;
  /** The rows within the span; `null` for all of them. */
  readonly selected: Int32Array | null;
}

/** A table whose columns are read from the files when they are asked for; to list them all, everything has to be read. */
class ArchiveTable implements Table {
  readonly rows: number;
  readonly #parts: readonly Part[];
  readonly #found = new Map<string, Column | null>();
  #specs: readonly ColumnSpec[] | null = null;

  constructor(chunks: readonly Chunk[], span: Window) {
    const [start, end] = [ticksOfMs(span.start), ticksOfMs(span.end)];
    this.#parts = chunks
      .filter((chunk) => chunk.rows > 0 && chunk.latest >= start && chunk.earliest < end)
      .map((chunk) => ({ chunk, rows: chunk.rows, selected: selectedRows(chunk, start, end) }));
    this.rows = this.#parts.reduce((total, { rows, selected }) => total + (selected?.length ?? rows), 0);
  }

  get specs(): readonly ColumnSpec[] {
    if (this.#specs === null) {
      const types = new Map<string, KustoType>();
      for (const { chunk } of this.#parts)
        for (const [name, type] of chunk.columns()) if (!types.has(name)) types.set(name, type);
      this.#specs = [...types].map(([name, type]) => ({ name, type }));
    }
    return this.#specs;
  }

  get columns(): readonly Column[] {
    return this.specs.flatMap(({ name }) => this.find(name) ?? []);
  }

  find(name: string): Column | null {
    let column = this.#found.get(name);
    if (column === undefined) {
      column = this.#make(name);
      this.#found.set(name, column);
    }
    return column;
  }

  #make(name: string): Column | null {
    const type = this.#parts.reduce<KustoType | null>((known, { chunk }) => known ?? chunk.typeOf(name), null);
    if (type === null) return null;
    return new Column(type, () => {
      // All is read before the first is taken: how texts are kept depends on how many there are.
      for (const { chunk } of this.#parts) chunk.typeOf(name);
      return concatData(
        this.#parts.map(({ chunk, rows, selected }) => {
          const data = chunk.data(name, rows) ?? encode(type, new Array<Value>(rows).fill(nothing(type)));
          return selected === null ? data : gatherData(data, selected, nothing(type));
        }),
      );
    });
  }
}

function selectedRows(chunk: Chunk, start: number, end: number): Int32Array | null {
  if (chunk.earliest >= start && chunk.latest < end) return null;
  const times = chunk.data('TimeGenerated', chunk.rows);
  if (times?.kind !== 'numeric') return new Int32Array(0);
  const selected: number[] = [];
  for (let row = 0; row < chunk.rows; row += 1) {
    const time = times.numbers[row] as number;
    if (time >= start && time < end) selected.push(row);
  }
  return Int32Array.from(selected);
}

/** Drops the chunks that were used longest ago while too many rows are held; tells whether there were any. */
function forget(chunks: Map<string, Chunk>, needed: ReadonlySet<Chunk>): boolean {
  let held = 0;
  let dropped = false;
  for (const chunk of chunks.values()) held += chunk.rows;
  for (const [path, chunk] of chunks) {
    if (held <= CACHED_ROWS) break;
    if (needed.has(chunk)) continue;
    chunks.delete(path);
    held -= chunk.rows;
    dropped = true;
  }
  return dropped;
}

/** Texts outlive their chunks; when they have become many, everything but what the read at hand needs is begun anew. */
function shrink(chunks: Map<string, Chunk>, pools: Map<string, TextPools>, needed: readonly Chunk[]): void {
  let texts = 0;
  for (const each of pools.values()) texts += each.size;
  if (texts <= CACHED_ROWS || needed.length === chunks.size) return;
  chunks.clear();
  pools.clear();
}

/** Runs one call after the other: two reads must not take the same new lines twice. */
function oneAtATime(): <Result>(call: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (call) => {
    const next = last.then(call);
    last = next.catch(() => undefined);
    return next;
  };
}
