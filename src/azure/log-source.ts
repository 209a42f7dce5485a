import type { LogsQueryClient, LogsTable } from '@azure/monitor-query';
import { TocsinError } from '../model/errors.ts';
import type { LogAnswer, LogCell, LogQuery } from '../model/query.ts';
import type { LogSource } from '../ports.ts';
import { createLimiter, type Limits } from './limiter.ts';
import type { AzureAccess } from './loopback.ts';
import { monitorError, redact } from './sdk-errors.ts';

/** What the service allows one principal (limits of log queries: 5 running, 200 in 30 s). */
const SERVICE_LIMITS: Limits = { inFlight: 5, perSecond: 6 };
/** A scenario's clock runs faster than the wall; pacing by the wall would only slow it down. */
const STAND_IN_LIMITS: Limits = { inFlight: 5, perSecond: Number.POSITIVE_INFINITY };
/** Seconds that the service may take; it answers 504 after them. */
const SERVER_TIMEOUT = 120;

/**
 * Logs through `LogsQueryClient`. This file and metric-source.ts are the only ones that name @azure/monitor-query
 * (docs/decisions/0002-monitor-query.md).
 *
 * The client loses what JavaScript's numbers and dates cannot hold: a long beyond 2^53 is rounded, a datetime ends at milliseconds. It
 * also turns a null datetime into the epoch; nothing we watch is of 1970, so the epoch is read as null.
 */
export function createLogSource(access: AzureAccess): LogSource {
  const limited = createLimiter(access.standIn ? STAND_IN_LIMITS : SERVICE_LIMITS);
  let loading: Promise<LogsQueryClient> | undefined;

  async function load(): Promise<LogsQueryClient> {
    const { LogsQueryClient } = await import('@azure/monitor-query');
    return new LogsQueryClient(access.credential, await access.clientOptions());
  }

  async function ask({ workspaceId, kql, span }: LogQuery, signal: AbortSignal | undefined): Promise<LogAnswer> {
    loading ??= load();
    const client = await loading;
    const what = `log query of workspace ${workspaceId}`;
    let empty = false;
    try {
      const timespan = { startTime: new Date(span.start), endTime: new Date(span.end) };
      const answer = await client.queryWorkspace(workspaceId, kql, timespan, {
        serverTimeoutInSeconds: SERVER_TIMEOUT,
        onResponse: ({ status, bodyAsText }) => {
          empty = status === 204 || (status === 200 && (bodyAsText ?? '').trim() === '');
        },
        ...(signal !== undefined && { abortSignal: signal }),
      });
      if (answer.status !== 'Success') {
        throw new TocsinError('TCN-A006', `${what}: ${answer.partialError.code} ${redact(answer.partialError.message)}`);
      }
      const [table] = answer.tables;
      if (table === undefined) throw new TocsinError('TCN-A007', `${what}: no table`);
      return logAnswer(table);
    } catch (thrown) {
      // The client parses what is not there, and throws a SyntaxError or TypeError of its own.
      if (empty) throw new TocsinError('TCN-A007', what);
      throw monitorError(thrown, what);
    }
  }

  return {
    query: (query, options) =>
      limited(() => {
        options?.signal?.throwIfAborted();
        return ask(query, options?.signal);
      }),
  };
}

function logAnswer(table: LogsTable): LogAnswer {
  const columns = table.columnDescriptors.map(({ name, type }) => ({ name: name ?? '', type: String(type ?? 'dynamic') }));
  return { columns, rows: table.rows.map((row) => row.map(logCell)) };
}

function logCell(cell: unknown): LogCell {
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) || cell.getTime() === 0 ? null : cell.getTime();
  return (cell ?? null) as LogCell;
}
