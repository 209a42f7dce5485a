import { TocsinError } from '../../model/errors.ts';
import type { LogAnswer, LogCell } from '../../model/query.ts';
import type { Window } from '../../model/window.ts';
import type { Clock, LogSource } from '../../ports.ts';
import { compileOnce } from '../kql/compile-once.ts';
import { isCompiled } from '../kql/engine.ts';
import { RawNumber, wireCell } from '../kql/output.ts';
import { rowsOf, type Table } from '../kql/table.ts';
import { msOfTicks, ticksOfMs } from '../kql/time.ts';
import type { KustoType, Value } from '../kql/types.ts';

/** The rows of some tables that a query may see. */
export interface VisibleRows {
  /** Tables without rows may be left out. */
  readonly tables: ReadonlyMap<string, Table>;
  /** Names this set of rows, so that a query that was run over it need not run again; `null`: run it. */
  readonly mark: string | null;
}

/** Rows with `TimeGenerated` in the span that have arrived by `now` (epoch ms). */
export type ReadTables = (tables: readonly string[], span: Window, now: number) => VisibleRows | Promise<VisibleRows>;

/** The most rows that a step of a query may make. */
const MOST_ROWS = 20_000_000;
/** Answers kept for queries over rows that did not change. */
const MOST_ANSWERS = 1_000;

/**
 * Logs answered by the KQL engine over whatever `read` yields, with cells as the deployed log source gives them. A query that does not
 * bind, or does what only Azure can, throws TCN-A005.
 */
export function kqlLogSource(read: ReadTables, clock: Clock): LogSource {
  const answers = new Map<string, LogAnswer>();
  return {
    query: async ({ kql, span }, options) => {
      const compiled = compileOnce(kql);
      if (!isCompiled(compiled)) throw new TocsinError('TCN-A005', compiled.map(({ message }) => message).join('; '));
      const now = clock.now();
      const { tables, mark } = await read(compiled.tables, span, now);
      const key = mark === null || dependsOnTime(kql) ? null : `${mark}\n${kql}`;
      const known = key === null ? undefined : answers.get(key);
      if (known !== undefined) return known;
      const { signal } = options ?? {};
      const result = compiled.run({
        now: ticksOfMs(now),
        table: (name) => tables.get(name),
        maxRows: MOST_ROWS,
        ...(signal !== undefined && { signal }),
      });
      const answer = logAnswer(result);
      if (key !== null) {
        if (answers.size >= MOST_ANSWERS) answers.clear();
        answers.set(key, answer);
      }
      return answer;
    },
  };
}

function dependsOnTime(kql: string): boolean {
  return /\b(?:now|ago|rand)\s*\(/i.test(kql);
}

export function logAnswer(table: Table): LogAnswer {
  const types = table.specs.map(({ type }) => type);
  return {
    columns: table.specs.map(({ name, type }) => ({ name, type })),
    rows: rowsOf(table).map((row) => row.map((cell, index) => logCell(cell, types[index] ?? 'dynamic'))),
  };
}

/** As the SDK's client hands cells on: datetimes to the millisecond, dynamics parsed, longs as JavaScript numbers. */
function logCell(value: Value, type: KustoType): LogCell {
  if (value === null) return type === 'string' ? '' : null;
  if (type === 'datetime') return msOfTicks(value as number);
  const cell = wireCell(value, type);
  if (cell instanceof RawNumber) return Number(cell.digits);
  return type === 'dynamic' && typeof cell === 'string' && cell !== '' ? (JSON.parse(cell) as LogCell) : cell;
}
