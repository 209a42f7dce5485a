import type { Diagnostic } from '../../model/errors.ts';
import { TocsinError } from '../../model/errors.ts';
import type { Window } from '../../model/window.ts';
import { type Compiled, compileQuery, isCompiled } from '../kql/engine.ts';
import { tableJson } from '../kql/output.ts';
import { AZURE_SCHEMA } from '../kql/schemas.ts';
import { gather, type Table } from '../kql/table.ts';
import { ticksOfMs } from '../kql/time.ts';
import { type MonitorAnswer, type MonitorRequest, parseBody, ServiceError } from './http.ts';
import type { Fault } from './inject.ts';
import { intersect, parseTimespan } from './time-span.ts';
import { listedResources, type MonitorWorld, normalId } from './world.ts';

/** The most rows of one answer; the rest is cut off and the answer marked as partial. */
const MOST_ROWS = 500_000;
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
  const now = world.clock();
  const span = spanOf(request.timespans, now);
  const compiled = compileOnce(request.query);
  if (!isCompiled(compiled)) throw queryFailure(compiled);
  if (!(await world.archive.hasLogs())) return { status: 204 };
  const started = performance.now();
  const sources = await world.archive.logs(compiled.tables, span);
  const result = execute(compiled, sources, scope, now);
  const elapsed = (performance.now() - started) / 1000;
  const error = partial ?? (result.rows > MOST_ROWS ? tooLarge() : null);
  const parts = [`"tables":[${tableJson('PrimaryResult', error === null ? result : firstRows(result))}]`];
  if (/include-statistics=true/i.test(request.prefer))
    parts.push(`"statistics":${JSON.stringify(statistics(result, sources, elapsed))}`);
  if (/include-render=true/i.test(request.prefer)) parts.push(`"render":${JSON.stringify(renderOf(request.query))}`);
  if (error !== null) {
    parts.push(
      `"error":${JSON.stringify({ code: 'PartialError', message: 'There were some errors when processing your query.', details: [error] })}`,
    );
  }
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: `{${parts.join(',')}}` };
}

const compilations = new Map<string, ReturnType<typeof compileQuery>>();

/** A rule asks the same every minute: what was compiled once is kept, the latest few hundred of them. */
function compileOnce(query: string): ReturnType<typeof compileQuery> {
  const known = compilations.get(query) ?? compileQuery(query, AZURE_SCHEMA);
  compilations.delete(query);
  compilations.set(query, known);
  const [oldest] = compilations.keys();
  if (compilations.size > 300 && oldest !== undefined) compilations.delete(oldest);
  return known;
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

function execute(compiled: Compiled, sources: ReadonlyMap<string, Table>, scope: LogScope, now: number): Table {
  const visible = new Map(
    [...sources].map(([name, table]) => [name, scope.kind === 'workspace' ? table : below(table, scope.id)]),
  );
  try {
    return compiled.run({ now: ticksOfMs(now), table: (name) => visible.get(name), maxRows: 20_000_000 });
  } catch (error) {
    if (error instanceof TocsinError) throw failure(400, 'BadArgumentError', error.message);
    throw error;
  }
}

function below(table: Table, id: string): Table {
  const index = table.specs.findIndex((spec) => spec.name === '_ResourceId');
  const ids = table.columns[index]?.values ?? [];
  return gather(
    table,
    ids.flatMap((value, row) => (`${value}/`.startsWith(`${id}/`) ? [row] : [])),
  );
}

function firstRows(table: Table): Table {
  return table.rows <= MOST_ROWS
    ? table
    : gather(
        table,
        Array.from({ length: MOST_ROWS }, (_, row) => row),
      );
}

function tooLarge() {
  return { code: 'EngineError', message: `The results of this query exceed the set limit of ${MOST_ROWS} records.` };
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
