import type { Diagnostic } from '../../model/errors.ts';
import { TocsinError } from '../../model/errors.ts';
import type { Window } from '../../model/window.ts';
import { compileOnce } from '../kql/compile-once.ts';
import { type Compiled, isCompiled } from '../kql/engine.ts';
import { tableJsonWithin } from '../kql/output.ts';
import { findColumn, firstRows, type Table } from '../kql/table.ts';
import { ticksOfMs } from '../kql/time.ts';
import type { Value } from '../kql/types.ts';
import { type MonitorAnswer, type MonitorRequest, parseBody, ServiceError } from './http.ts';
import type { Fault } from './inject.ts';
import { arrived, selected } from './lateness.ts';
import { intersect, parseTimespan } from './time-span.ts';
import { listedResources, type MonitorWorld, normalId } from './world.ts';

/** The most rows of one answer; the rest is cut off and the answer marked as partial. */
const MOST_ROWS = 500_000;
/** The most bytes of one answer: about 100 MiB of raw data, which Azure counts as 64 MB compressed. */
const MOST_BYTES = 104_857_600;
const ALL_TIME: Window = { start: Date.UTC(2000, 0, 1), end: Date.UTC(2200, 0, 1) };

/** Which rows a query sees: everything of the workspace, or what one resource (or everything below it) wrote. */
export type LogScope = { readonly kind: 'workspace' } | { readonly kind: 'resource'; readonly id: string };

export interface LogRequest {
  readonly query: string;
  readonly timespans: readonly string[];
  readonly prefer: string;
}

/** The parts of a request in its query string and its body; timespans of both apply. */
export function logRequest(request: MonitorRequest): LogRequest {
  const body = parseBody(request.body);
  const timespans = [request.query.get('timespan'), body.timespan].filter((text): text is string => typeof text === 'string');
  const query = typeof body.query === 'string' ? body.query : (request.query.get('query') ?? '');
  return { query, timespans, prefer: request.headers.prefer ?? '' };
}

export function workspaceScope(world: MonitorWorld, workspace: string): LogScope {
  const { customerId } = world.estate.workspace;
  if (customerId !== '*' && workspace.toLowerCase() !== customerId.toLowerCase()) {
    throw failure(404, 'PathNotFoundError', 'The requested path does not exist');
  }
  return { kind: 'workspace' };
}

export function resourceScope(world: MonitorWorld, resourceId: string): LogScope {
  const id = normalId(resourceId);
  if (id === normalId(world.estate.workspace.resourceId)) return { kind: 'workspace' };
  const below = listedResources(world.estate).some((resource) => `${normalId(resource.id)}/`.startsWith(`${id}/`));
  if (!below) throw failure(404, 'ResourceNotFoundError', 'Provided resource does not exist');
  return { kind: 'resource', id };
}

/** Runs a query over the archive as far as it is visible now. */
export async function runLogQuery(
  world: MonitorWorld,
  scope: LogScope,
  request: LogRequest,
  partial: Fault['partial'],
): Promise<MonitorAnswer> {
  // A request that holds no JSON, or none that is declared as such, gets an empty answer from the service.
  if (request.query === '') return { status: 200 };
  const now = world.clock();
  const span = spanOf(request.timespans, now);
  const compiled = compileOnce(request.query);
  if (!isCompiled(compiled)) throw queryFailure(compiled);
  if (!(await world.archive.hasLogs())) return { status: 204 };
  const started = performance.now();
  const sources = await world.archive.logs(compiled.tables, span);
  const visible = new Map(
    [...sources].map(([name, table]) => [name, visibleTo(scope, arrived(name, table, world.lateness(), now))]),
  );
  const result = execute(compiled, visible, now, waitOf(request.prefer));
  const elapsed = (performance.now() - started) / 1000;
  const { text, cut } = answerText(result);
  const error = partial ?? cut;
  const parts = [`"tables":[${text}]`];
  if (/include-statistics=true/i.test(request.prefer))
    parts.push(`"statistics":${JSON.stringify(statistics(result, visible, elapsed))}`);
  if (/include-render=true/i.test(request.prefer)) parts.push(`"render":${JSON.stringify(renderOf(request.query))}`);
  if (error !== null) {
    parts.push(
      `"error":${JSON.stringify({ code: 'PartialError', message: 'There were some errors when processing your query.', details: [error] })}`,
    );
  }
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: `{${parts.join(',')}}` };
}

function spanOf(timespans: readonly string[], now: number): Window {
  let span: Window = { ...ALL_TIME, end: now + 1 };
  for (const text of timespans) {
    const parsed = parseTimespan(text, now);
    if (parsed === null) {
      throw failure(400, 'BadArgumentError', 'The request had some invalid properties', {
        code: 'InvalidTimespan',
        message: `The timespan '${text}' is not an ISO 8601 duration or interval.`,
      });
    }
    span = intersect(span, parsed);
  }
  return span;
}

function execute(compiled: Compiled, sources: ReadonlyMap<string, Table>, now: number, maxMs: number): Table {
  try {
    return compiled.run({ now: ticksOfMs(now), table: (name) => sources.get(name), maxRows: 20_000_000, maxMs });
  } catch (error) {
    if (error instanceof TocsinError && error.code === 'TCN-L011') throw failure(504, 'GatewayTimeout', `${error.message}`);
    if (error instanceof TocsinError) throw failure(400, 'BadArgumentError', error.message);
    throw error;
  }
}

const LONGEST_WAIT = 600_000;
const USUAL_WAIT = 180_000;

/** How long the service works on a query: what `wait=` asks for in seconds, at most ten minutes. */
function waitOf(prefer: string): number {
  const seconds = Number(/(?:^|[,;\s])wait=(\d+(?:\.\d+)?)/i.exec(prefer)?.[1] ?? Number.NaN);
  return Number.isNaN(seconds) ? USUAL_WAIT : Math.min(LONGEST_WAIT, seconds * 1000);
}

/** The result as JSON text, cut off at the service's limits; `cut` says why. */
function answerText(result: Table): { readonly text: string; readonly cut: ReturnType<typeof tooLarge> | null } {
  const rows = Math.min(result.rows, MOST_ROWS);
  const { text, written } = tableJsonWithin('PrimaryResult', firstRows(result, rows), MOST_BYTES);
  const limit = written < rows ? '100 MiB of raw data' : rows < result.rows ? `${MOST_ROWS} records` : null;
  return { text, cut: limit === null ? null : tooLarge(limit) };
}

function visibleTo(scope: LogScope, table: Table): Table {
  return scope.kind === 'workspace' ? table : below(table, scope.id);
}

function below(table: Table, id: string): Table {
  const ids = findColumn(table, '_ResourceId')?.data;
  const isBelow = (value: Value): boolean => `${value}/`.startsWith(`${id}/`);
  const rows: number[] = [];
  if (ids?.kind === 'coded') {
    const wanted = Uint8Array.from(ids.dictionary.values, (value) => (isBelow(value) ? 1 : 0));
    for (let row = 0; row < table.rows; row += 1) if (wanted[ids.codes[row] as number] === 1) rows.push(row);
  }
  return selected(table, Int32Array.from(rows));
}

function tooLarge(limit: string) {
  return { code: 'EngineError', message: `The results of this query exceed the set limit of ${limit}.` };
}

function statistics(result: Table, sources: ReadonlyMap<string, Table>, seconds: number): object {
  return {
    query: {
      executionTime: seconds,
      resourceUsage: { cache: {}, cpu: { 'total cpu': `00:00:${seconds.toFixed(7).padStart(10, '0')}` } },
      inputDatasetStatistics: {
        extents: {},
        rows: { total: [...sources.values()].reduce((total, table) => total + table.rows, 0) },
      },
      datasetStatistics: [{ tableRowCount: result.rows }],
    },
  };
}

/** The chart that the query asks for, as a hint to whoever draws it. */
function renderOf(query: string): object {
  const match = /\|\s*render\s+(\w+)/i.exec(query);
  return match === null ? {} : { visualization: match[1], title: null };
}

function failure(status: number, code: string, message: string, innererror?: object): ServiceError {
  return new ServiceError(status, { error: { message, code, ...(innererror !== undefined && { innererror }) } });
}

function queryFailure(diagnostics: readonly Diagnostic[]): ServiceError {
  const [first] = diagnostics;
  const unsupported = first?.code === 'TCN-L003';
  const syntax = /^KS(?:00|176)/.test(first?.message ?? '');
  return failure(400, 'BadArgumentError', 'The request had some invalid properties', {
    code: unsupported ? 'NotSupportedOffline' : syntax ? 'SyntaxError' : 'SemanticError',
    message: first === undefined ? '' : `${first.line}:${first.column} ${first.code} ${first.message}`,
    innererror: { code: first?.code, message: first?.message, line: first?.line, pos: first?.column },
  });
}
