import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { activityPath, logPath, metricPath } from './layout.ts';

/** One minute of one metric of one resource under one combination of dimension values. The average is `total / count`. */
export interface MetricRecord {
  /** Start of the minute, epoch ms. */
  readonly time: number;
  readonly resourceId: string;
  /** The metric namespace as ARM spells it, e.g. `Microsoft.CognitiveServices/accounts`. */
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly total: number;
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
}

export interface LogPlace {
  readonly dir: string;
  readonly category: string;
  readonly resourceId: string;
  /** Epoch ms at which Azure received the record; it decides the file, so a late record lies under a later hour. */
  readonly receivedAt: number;
}

const pending = new Map<string, Map<string, string[]>>();

/** Adds a diagnostic record (`time`, `resourceId`, `category`, `operationName`, `properties`, …). In memory until `flush`. */
export function appendLogRecord({ dir, category, resourceId, receivedAt }: LogPlace, record: object): void {
  append(dir, logPath(category, resourceId, receivedAt), record);
}

/** Adds a diagnostic record given as JSON text, which keeps integers that no JavaScript number holds. In memory until `flush`. */
export function appendLogLine({ dir, category, resourceId, receivedAt }: LogPlace, text: string): void {
  appendText(dir, logPath(category, resourceId, receivedAt), text);
}

/** Adds an activity log record; `scope` is `/subscriptions/{id}`. In memory until `flush`. */
export function appendActivityRecord(
  place: { readonly dir: string; readonly scope: string; readonly receivedAt: number },
  record: object,
): void {
  append(place.dir, activityPath(place.scope, place.receivedAt), record);
}

/** Adds a metric minute. In memory until `flush`. */
export function appendMetric(dir: string, point: MetricRecord): void {
  append(dir, metricPath(point.time), { ...point, time: new Date(point.time).toISOString() });
}

/** Appends everything pending under `dir` to its files, whole lines only. Resolves to the number of records written. */
export async function flush(dir: string): Promise<number> {
  const files = pending.get(dir);
  if (files === undefined) return 0;
  pending.delete(dir);
  let written = 0;
  for (const [path, lines] of files) {
    const file = join(dir, path);
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, `${lines.join('\n')}\n`);
    written += lines.length;
  }
  return written;
}

function append(dir: string, path: string, record: object): void {
  appendText(dir, path, JSON.stringify(record));
}

function appendText(dir: string, path: string, line: string): void {
  const files = pending.get(dir) ?? new Map<string, string[]>();
  pending.set(dir, files);
  const lines = files.get(path) ?? [];
  files.set(path, lines);
  lines.push(line);
}
