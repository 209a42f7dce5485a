import { AZURE_SCHEMA } from '../../../../src/local/kql/schemas.ts';
import { Column, type Table, tableOf } from '../../../../src/local/kql/table.ts';
import { ticksOfMs } from '../../../../src/local/kql/time.ts';
import type { KustoType, Value } from '../../../../src/local/kql/types.ts';
import { kqlLogSource, type ReadTables } from '../../../../src/local/offline/logs.ts';
import { DAY, HOUR, MINUTE } from '../../../../src/model/duration.ts';
import type { Clock, LogSource } from '../../../../src/ports.ts';
import type { Estate } from './estate.ts';
import { DEPLOYMENTS, ENDPOINT_DEPLOYMENT, PIPELINE, RESOURCES } from './names.ts';
import { BEGIN, PIPELINE_AT, type Plan } from './plan.ts';

type Row = Readonly<Record<string, Value>>;

interface Source {
  readonly columns: readonly string[];
  /** Rows of the minute that begins at `minute`, in order. */
  readonly rows: (estate: Estate, minute: number) => readonly Row[];
}

/** One call in so many is logged, by all statuses alike. */
const SAMPLING = 32;
const ENDPOINT_SAMPLING = 8;

const SOURCES: Readonly<Record<string, Source>> = {
  AzureDiagnostics: {
    columns: [
      'Category',
      'ResultSignature',
      'DurationMs',
      'CallerIPAddress',
      'CorrelationId',
      'OperationName',
      'properties_s',
      'modelDeploymentName_s',
      'streamType_s',
    ],
    rows: requestRows,
  },
  AmlComputeJobEvent: {
    columns: ['ExperimentName', 'JobName', 'EventType', 'ClusterName'],
    rows: jobRows,
  },
  AmlOnlineEndpointTrafficLog: {
    columns: ['DeploymentName', 'ResponseCode', 'ModelStatusCode', 'UserAgent', 'TotalDurationMs', 'XRequestId'],
    rows: endpointRows,
  },
};

function requestRows({ plan, model }: Estate, minute: number): readonly Row[] {
  return DEPLOYMENTS.flatMap((deployment) => {
    const { name } = deployment;
    const did = model(deployment, minute);
    const statuses = [
      ['200', did.ok],
      ['429', did.throttled],
      ['500', did.failed],
      ['400', did.malformed],
      ['401', did.refused],
    ] as const;
    const random = plan.noise('log', name, minute);
    return statuses.flatMap(([status, count]) =>
      Array.from({ length: Math.floor(count / SAMPLING + random.uniform()) }, (_, index) => ({
        Category: 'RequestResponse',
        ResultSignature: status,
        DurationMs: 6 * did.firstToken,
        CallerIPAddress: `10.0.${index % 3}.***`,
        CorrelationId: `${name}-${minute}-${status}-${index}`,
        OperationName: 'ChatCompletions_Create',
        properties_s: '',
        modelDeploymentName_s: name,
        streamType_s: 'Streaming',
        _ResourceId: RESOURCES.account,
      })),
    );
  });
}

function jobRows({ pipelineRuns }: Estate, minute: number): readonly Row[] {
  const rows: Row[] = [];
  const write = (experiment: string, began: number, takes: number) => {
    const age = minute - began;
    const event = age === 0 ? 'JobRunning' : age === takes ? 'JobSucceeded' : null;
    if (event === null) return;
    const JobName = `${experiment}_${began / MINUTE}`;
    rows.push({ ExperimentName: experiment, JobName, EventType: event, ClusterName: 'cpu', _ResourceId: RESOURCES.workspace });
  };
  const nightly = Math.floor(minute / DAY) * DAY + PIPELINE_AT;
  if (pipelineRuns(nightly)) write(PIPELINE, nightly, 40 * MINUTE);
  write('feature-refresh', Math.floor(minute / (15 * MINUTE)) * 15 * MINUTE, 6 * MINUTE);
  return rows;
}

function endpointRows({ plan, endpoint }: Estate, minute: number): readonly Row[] {
  const { calls, failed, p99 } = endpoint(minute);
  const random = plan.noise('endpoint log', minute);
  return [[200, calls - failed] as const, [424, failed] as const].flatMap(([code, count]) =>
    Array.from({ length: Math.floor(count / ENDPOINT_SAMPLING + random.uniform()) }, (_, index) => ({
      DeploymentName: ENDPOINT_DEPLOYMENT,
      ResponseCode: code,
      ModelStatusCode: code === 424 ? 500 : 200,
      UserAgent: 'backend/1.4',
      TotalDurationMs: Math.round(p99 / 3),
      XRequestId: `${minute}-${code}-${index}`,
      _ResourceId: RESOURCES.endpoint,
    })),
  );
}

const USUAL_DELAY = 4 * MINUTE;

/** While data are late they come so long after they were written, and in order; in the last hour of the stall they catch up. */
const STALL_DELAY = 50 * MINUTE;

/** As Azure documents the column; one that only some resources write is text. */
function typeOf(table: string, column: string): KustoType {
  return AZURE_SCHEMA.tables[table]?.find(({ name }) => name === column)?.type ?? 'string';
}

/** When the rows of a minute can be read. */
function readableAt({ during }: Plan, minute: number): number {
  const stall = during('late data', minute)?.incident;
  if (stall === undefined) return minute + USUAL_DELAY;
  const left = Math.min(1, (stall.end - minute) / HOUR);
  return minute + USUAL_DELAY + (STALL_DELAY - USUAL_DELAY) * left;
}

/** Logs begin before the rules do, so that what is expected daily has been seen. */
const FIRST = BEGIN - 2 * DAY;

/** No alert looks further back at logs, in minutes. */
const LONGEST_LOOK = 2 * 1_440;

type RowsOf = (table: string, minute: number) => readonly Row[];

/** Rows by minute since the beginning, made once. */
function rememberedRows(estate: Estate): RowsOf {
  const kept = new Map<string, (readonly Row[] | undefined)[]>();
  return (table, minute) => {
    let byMinute = kept.get(table);
    if (byMinute === undefined) {
      byMinute = [];
      kept.set(table, byMinute);
    }
    const index = (minute - FIRST) / MINUTE;
    let rows = byMinute[index];
    if (rows === undefined) {
      rows = SOURCES[table]?.rows(estate, minute) ?? [];
      byMinute[index] = rows;
      if (index > LONGEST_LOOK) byMinute[index - LONGEST_LOOK] = undefined;
    }
    return rows;
  };
}

/** The rows of the span that have arrived by `now`. */
const tablesOf =
  (plan: Plan, rowsOf: RowsOf): ReadTables =>
  (names, span, now) => {
    const tables = new Map<string, Table>();
    const marks: string[] = [];
    for (const name of names) {
      const source = SOURCES[name];
      if (source === undefined) continue;
      const rows: Row[] = [];
      const times: Value[] = [];
      for (
        let minute = Math.ceil(Math.max(span.start, FIRST) / MINUTE) * MINUTE;
        minute < span.end && readableAt(plan, minute) <= now;
        minute += MINUTE
      ) {
        for (const row of rowsOf(name, minute)) {
          rows.push(row);
          times.push(ticksOfMs(minute));
        }
      }
      // Windows that hold the same rows have the same answer.
      marks.push(`${name} ${times[0] ?? ''} ${times.length}`);
      const specs = ['TimeGenerated', '_ResourceId', ...source.columns].map((column) => [column, typeOf(name, column)] as const);
      const columns = specs.map(
        ([column, type]) => new Column(type, () => (column === 'TimeGenerated' ? times : rows.map((row) => row[column] ?? null))),
      );
      tables.set(
        name,
        tableOf(
          specs.map(([column, type]) => ({ name: column, type })),
          columns,
          rows.length,
        ),
      );
    }
    return { tables, mark: marks.join('|') };
  };

const WATERMARK = /^(\w+)\n\| summarize Watermark = max\(TimeGenerated\) by _ResourceId$/;

/** Logs by the KQL engine, but for the question how far a table has come, which every tick asks of hours of rows. */
export function madeLogs(estate: Estate, clock: Clock): LogSource {
  const { plan } = estate;
  const rowsOf = rememberedRows(estate);
  const engine = kqlLogSource(tablesOf(plan, rowsOf), clock);
  return {
    query: async (query, options) => {
      const table = WATERMARK.exec(query.kql)?.[1];
      if (table === undefined) return engine.query(query, options);
      const newest = new Map<string, number>();
      for (
        let minute = Math.floor(clock.now() / MINUTE) * MINUTE;
        minute >= Math.max(FIRST, query.span.start) && newest.size < resourcesOf(table);
        minute -= MINUTE
      ) {
        if (readableAt(plan, minute) > clock.now()) continue;
        for (const row of rowsOf(table, minute)) {
          const id = String(row._ResourceId);
          if (!newest.has(id)) newest.set(id, minute);
        }
      }
      const columns = [
        { name: '_ResourceId', type: 'string' },
        { name: 'Watermark', type: 'datetime' },
      ];
      return { columns, rows: [...newest] };
    },
  };
}

/** Every table here is written by one resource. */
function resourcesOf(table: string): number {
  return table in SOURCES ? 1 : 0;
}
