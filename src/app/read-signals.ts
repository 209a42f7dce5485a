import { asTocsinError, type TocsinError } from '../model/errors.ts';
import type { LogAnswer, MetricAnswer, MetricQuery } from '../model/query.ts';
import type { LogSignal, Rule } from '../model/rule.ts';
import type { BlindReason, Reading } from '../model/series.ts';
import type { Target } from '../model/target.ts';
import { spanOf, type Window } from '../model/window.ts';
import type { Clock, LogSource, MetricSource } from '../ports.ts';
import { logReadings, metricQueries, readingsFor } from '../rules/plan.ts';

/** Readings of one window, by target id. */
export interface WindowReadings {
  readonly window: Window;
  readonly readings: Readonly<Record<string, Reading>>;
}

/** What one rule wants to read: its targets, and the windows that are due or read again. */
export interface ReadRequest {
  readonly rule: Rule;
  readonly targets: readonly Target[];
  readonly windows: readonly Window[];
}

export type UnknownReading = Extract<Reading, { readonly status: 'unknown' }>;

const REASONS: Partial<Record<TocsinError['code'], BlindReason>> = {
  'TCN-A001': 'throttled',
  'TCN-A006': 'partial data',
  'TCN-A007': 'no data',
};

/** A failed call is a reading all the same, one that cannot be judged: it never counts as an answer without rows. */
export function unknownReading(thrown: unknown): UnknownReading {
  const error = asTocsinError(thrown);
  return { status: 'unknown', reason: REASONS[error.code] ?? 'error', code: error.code, detail: error.detail };
}

/**
 * Reads the windows of all requests with as few metric calls as their namespaces, regions and splits allow: one span serves every
 * window of every rule. A call that fails makes only its own resources and metrics unknown.
 */
export async function readMetrics(
  requests: readonly ReadRequest[],
  metrics: MetricSource,
): Promise<readonly (readonly WindowReadings[])[]> {
  const wanted = requests.filter((request) => request.windows.length > 0);
  if (wanted.length === 0) return requests.map(() => []);
  const span = spanOf(wanted.flatMap((request) => request.windows));
  const answers = await Promise.all(metricQueries(wanted, span).map((query) => readOrFail(query, metrics)));
  return requests.map(({ rule, targets, windows }) => {
    if (windows.length === 0) return [];
    const readings = readingsFor(rule, targets, answers, span);
    return windows.map((window) => ({ window, readings }));
  });
}

async function readOrFail(query: MetricQuery, metrics: MetricSource): Promise<MetricAnswer> {
  try {
    return await metrics.read(query);
  } catch (thrown) {
    const { code, detail } = asTocsinError(thrown);
    const failed = query.resourceIds.flatMap((resourceId) =>
      query.metrics.map((metric) => ({ resourceId, metric, code, detail })),
    );
    return { series: [], failed };
  }
}

/** Asks every distinct query and window once, whichever rules want it. */
export async function readLogs(
  requests: readonly ReadRequest[],
  workspaceId: string,
  logs: LogSource,
): Promise<readonly (readonly WindowReadings[])[]> {
  const asked = new Map<string, Promise<LogAnswer | UnknownReading>>();
  const ask = (kql: string, span: Window): Promise<LogAnswer | UnknownReading> => {
    const key = `${span.start}/${span.end} ${kql}`;
    let answer = asked.get(key);
    if (answer === undefined) {
      answer = logs.query({ workspaceId, kql, span }).catch(unknownReading);
      asked.set(key, answer);
    }
    return answer;
  };
  return Promise.all(
    requests.map(({ rule, targets, windows }) =>
      Promise.all(
        windows.map(async (window) => {
          const answer = await ask((rule.signal as LogSignal).query, window);
          return { window, readings: readingsOf(rule, targets, window, answer) };
        }),
      ),
    ),
  );
}

function readingsOf(
  rule: Rule,
  targets: readonly Target[],
  window: Window,
  answer: LogAnswer | Reading,
): Readonly<Record<string, Reading>> {
  if ('status' in answer) return Object.fromEntries(targets.map((target) => [target.id, answer]));
  return logReadings(rule, targets, window, answer);
}

/** How far back a table's newest row is looked for; where there is none, the table counts as silent. */
const WATERMARK_LOOKBACK = 6 * 3_600_000;

/** Newest `TimeGenerated` (epoch ms) by target id, `null` where the table has no recent row; or why the table could not be asked. */
export type Watermarks = Readonly<Record<string, number | null>> | UnknownReading;

export function isUnknown(watermarks: Watermarks): watermarks is UnknownReading {
  return watermarks.status === 'unknown';
}

/** Asks every table of the rules once how far its rows of each target have arrived. */
export async function readWatermarks(
  requests: readonly { readonly rule: Rule; readonly targets: readonly Target[] }[],
  workspaceId: string,
  logs: LogSource,
  clock: Clock,
): Promise<(rule: Rule) => Watermarks> {
  const targetsOfTable = new Map<string, Set<string>>();
  for (const { rule, targets } of requests) {
    const ids = targetsOfTable.get(tableOf(rule)) ?? new Set();
    for (const target of targets) ids.add(target.id);
    targetsOfTable.set(tableOf(rule), ids);
  }
  const now = clock.now();
  const span = { start: now - WATERMARK_LOOKBACK, end: now };
  const marks = new Map<string, Watermarks>();
  await Promise.all(
    [...targetsOfTable].map(async ([table, ids]) => {
      const kql = `${table}\n| summarize Watermark = max(TimeGenerated) by _ResourceId`;
      const answer = await logs.query({ workspaceId, kql, span }).catch(unknownReading);
      marks.set(table, 'status' in answer ? answer : newestRows(answer, ids));
    }),
  );
  return (rule) => marks.get(tableOf(rule)) ?? {};
}

function tableOf(rule: Rule): string {
  return (rule.signal as LogSignal).table;
}

function newestRows({ columns, rows }: LogAnswer, ids: ReadonlySet<string>): Readonly<Record<string, number | null>> {
  const newest: Record<string, number | null> = Object.fromEntries([...ids].map((id) => [id, null]));
  const resource = columns.findIndex((column) => column.name === '_ResourceId');
  const mark = columns.findIndex((column) => column.name === 'Watermark');
  for (const row of rows) {
    const id = String(row[resource] ?? '').toLowerCase();
    const watermark = row[mark];
    if (typeof watermark !== 'number') continue;
    for (const target of ids) {
      if (id === target || id.startsWith(`${target}/`))
        newest[target] = Math.max(newest[target] ?? Number.NEGATIVE_INFINITY, watermark);
    }
  }
  return newest;
}
