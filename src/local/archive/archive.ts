import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Window } from '../../model/window.ts';
import { Column, type Table } from '../kql/table.ts';
import { ticksOfMs } from '../kql/time.ts';
import type { ColumnSpec, Value } from '../kql/types.ts';
import type { MetricRecord } from './append.ts';
import { Chunk } from './chunk.ts';
import { GrowingFile } from './growing-file.ts';
import { ACTIVITY_FOLDER, hourOfPath, hourStart, METRICS_FOLDER } from './layout.ts';
import { MetricHour } from './metrics.ts';
import type { ArchiveRecord } from './row.ts';
import { timeOf } from './row.ts';
import { mappingOf } from './tables.ts';
import { filesUnder, mayHold } from './walk.ts';

const HOUR = 3_600_000;
const ALWAYS: Window = { start: 0, end: Number.MAX_SAFE_INTEGER };
/** A record is received after it happened, at most two days later; clocks differ by less than an hour. */
const LATEST_RECEIPT = 49 * HOUR;
/** Rows kept in memory beyond those that the read at hand needs. */
const CACHED_ROWS = 3_000_000;

/** An archive of diagnostics that is read while others append to it. */
export interface Archive {
  readonly dir: string;
  /** Rows of the named tables with `TimeGenerated` within the span. Tables without rows are left out. */
  logs(tables: readonly string[], span: Window): Promise<ReadonlyMap<string, Table>>;
  /** Whether any resource log has ever been written. */
  hasLogs(): Promise<boolean>;
  /** Minutes of one metric of one resource that begin within the span, in any order. */
  metric(resourceId: string, metric: string, span: Window): Promise<readonly MetricRecord[]>;
  /** Names of the metrics that a resource published within the hours of the span. */
  metricNames(resourceId: string, span: Window): Promise<readonly string[]>;
  /** Ids of all resources that ever wrote anything, in lower case, sorted. */
  resourceIds(): Promise<readonly string[]>;
  /** Activity log records of a subscription within the span. */
  activity(subscription: string, span: Window): Promise<readonly ArchiveRecord[]>;
}

/** Opens a folder in the layout of a storage account's diagnostics archive. It need not exist yet. */
export function openArchive(dir: string): Archive {
  const chunks = new Map<string, Chunk>();
  const hours = new Map<string, MetricHour>();
  const activities = new Map<string, { readonly file: GrowingFile; readonly records: ArchiveRecord[] }>();

  const exclusive = oneAtATime();

  async function logs(tables: readonly string[], span: Window): Promise<ReadonlyMap<string, Table>> {
    const found: Chunk[] = [];
    for (const container of await folders(dir)) {
      const mapping = mappingOf(container);
      if (mapping === null || !tables.includes(mapping.table)) continue;
      for (const path of await hourFiles(dir, container, { start: span.start - HOUR, end: span.end + LATEST_RECEIPT })) {
        const chunk = chunks.get(path) ?? new Chunk(join(dir, path), mapping);
        // Last in the map is last used.
        chunks.delete(path);
        chunks.set(path, chunk);
        await chunk.refresh();
        found.push(chunk);
      }
    }
    forget(chunks, new Set(found));
    const present = new Set(found.map((chunk) => chunk.mapping.table));
    return new Map(
      [...present].map((table) => [
        table,
        tableOf(
          found.filter((chunk) => chunk.mapping.table === table),
          span,
        ),
      ]),
    );
  }

  async function metricHours(span: Window): Promise<readonly MetricHour[]> {
    const found: MetricHour[] = [];
    for (const path of await hourFiles(dir, METRICS_FOLDER, { start: hourStart(span.start), end: span.end })) {
      const hour = hours.get(path) ?? new MetricHour(join(dir, path));
      hours.set(path, hour);
      await hour.refresh();
      found.push(hour);
    }
    return found;
  }

  async function resourceIds(): Promise<readonly string[]> {
    const ids = new Set<string>();
    for (const container of await folders(dir)) {
      if (mappingOf(container) === null || container === ACTIVITY_FOLDER) continue;
      for (const path of await filesUnder(dir, container, () => true)) {
        const id = /\/resourceId=(.+?)\/y=\d{4}\//.exec(path)?.[1];
        if (id !== undefined) ids.add(id.toLowerCase());
      }
    }
    for (const hour of await metricHours(ALWAYS)) for (const id of hour.resourceIds()) ids.add(id);
    return [...ids].sort();
  }

  async function activity(subscription: string, span: Window): Promise<readonly ArchiveRecord[]> {
    const found: ArchiveRecord[] = [];
    const folder = `${ACTIVITY_FOLDER}/resourceId=/SUBSCRIPTIONS/${subscription.toUpperCase()}`;
    for (const path of await hourFiles(dir, folder, { start: span.start - HOUR, end: span.end + LATEST_RECEIPT })) {
      const known = activities.get(path) ?? { file: new GrowingFile(join(dir, path)), records: [] };
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
    dir,
    hasLogs: async () => (await folders(dir)).some((folder) => mappingOf(folder) !== null),
    logs: (tables, span) => exclusive(() => logs(tables, span)),
    metric: (resourceId, metric, span) =>
      exclusive(async () => (await metricHours(span)).flatMap((hour) => hour.of(resourceId, metric, span))),
    metricNames: (resourceId, span) =>
      exclusive(async () => [...new Set((await metricHours(span)).flatMap((hour) => hour.names(resourceId)))]),
    resourceIds: () => exclusive(resourceIds),
    activity: (subscription, span) => exclusive(() => activity(subscription, span)),
  };
}

async function folders(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Files of a folder whose hour lies in the span, in order of their path. */
async function hourFiles(dir: string, folder: string, span: Window): Promise<readonly string[]> {
  const from = hourStart(span.start);
  const files = await filesUnder(dir, folder, (path) => mayHold(path, { start: from, end: span.end }));
  return files
    .filter((path) => {
      const hour = hourOfPath(path);
      return hour !== null && hour >= from && hour < span.end;
    })
    .sort();
}

function tableOf(chunks: readonly Chunk[], span: Window): Table {
  const [start, end] = [ticksOfMs(span.start), ticksOfMs(span.end)];
  const parts = chunks
    .filter((chunk) => chunk.rows > 0 && chunk.latest >= start && chunk.earliest < end)
    .map((chunk) => ({ chunk, rows: chunk.rows, selected: selectedRows(chunk, start, end) }));
  const specs: ColumnSpec[] = [];
  const seen = new Set<string>();
  for (const { chunk } of parts) {
    for (const [name, { type }] of chunk.columns) {
      if (!seen.has(name)) specs.push({ name, type });
      seen.add(name);
    }
  }
  const columns = specs.map(
    ({ name, type }) =>
      new Column(type, () =>
        parts.flatMap(({ chunk, rows, selected }): readonly Value[] => {
          const values = chunk.values(name, type);
          if (selected !== null) return selected.map((row) => values[row] as Value);
          return values.length === rows ? values : values.slice(0, rows);
        }),
      ),
  );
  return { specs, columns, rows: parts.reduce((total, { rows, selected }) => total + (selected?.length ?? rows), 0) };
}

/** The rows within the span; `null` for all of them. */
function selectedRows(chunk: Chunk, start: number, end: number): readonly number[] | null {
  if (chunk.earliest >= start && chunk.latest < end) return null;
  const times = chunk.values('TimeGenerated', 'datetime') as readonly number[];
  return times.flatMap((time, row) => (time >= start && time < end ? [row] : []));
}

/** Drops the chunks that were used longest ago while too many rows are held. */
function forget(chunks: Map<string, Chunk>, needed: ReadonlySet<Chunk>): void {
  let held = 0;
  for (const chunk of chunks.values()) held += chunk.rows;
  for (const [path, chunk] of chunks) {
    if (held <= CACHED_ROWS) return;
    if (needed.has(chunk)) continue;
    chunks.delete(path);
    held -= chunk.rows;
  }
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
