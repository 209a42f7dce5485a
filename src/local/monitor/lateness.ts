import { z } from 'zod';
import { findColumn, gatherColumn, type Table } from '../kql/table.ts';
import { msOfTicks } from '../kql/time.ts';
import { parseIsoDuration } from './time-span.ts';

const delay = z.string().refine((text) => parseIsoDuration(text) !== null, { error: 'not an ISO 8601 duration' });

/** Rows of some tables can be queried only some time after they happened: the share `quantile` of them within `delay`. */
export const LATENESS = z.strictObject({
  /** A regular expression over the tables' names; all tables when left out. */
  late: z.string(),
  /** Ascending, from the quantile 0 to 1; between two of them delays lie evenly. */
  delays: z
    .array(z.strictObject({ quantile: z.number().min(0).max(1), delay }))
    .min(1)
    .refine((points) => points.every(({ quantile }, index) => index === 0 || quantile > (points[index - 1]?.quantile ?? 0)), {
      error: 'quantiles ascend',
    }),
});

export type Lateness = z.output<typeof LATENESS>;

/** The rows of a table that have arrived by `now` (epoch ms). Which rows are late, and how late, is the same each time it is asked. */
export function arrived(name: string, table: Table, rules: readonly Lateness[], now: number): Table {
  const rule = rules.find(({ late }) => new RegExp(late, 'i').test(name));
  const times = rule === undefined ? null : findColumn(table, 'TimeGenerated')?.data;
  if (rule === undefined || times?.kind !== 'numeric') return table;
  const points = rule.delays.map((point) => ({ quantile: point.quantile, ms: parseIsoDuration(point.delay) ?? 0 }));
  const rows: number[] = [];
  for (let row = 0; row < table.rows; row += 1) {
    const ticks = times.numbers[row] as number;
    if (msOfTicks(ticks) + delayAt(points, chance(ticks)) <= now) rows.push(row);
  }
  return selected(table, Int32Array.from(rows));
}

/** Some rows of a table whose columns are still made only when they are asked for. */
export function selected(table: Table, rows: Int32Array): Table {
  const find: NonNullable<Table['find']> = (name) => {
    const column = findColumn(table, name);
    return column === null ? null : gatherColumn(column, rows);
  };
  return { specs: [], columns: [], rows: rows.length, find };
}

interface Point {
  readonly quantile: number;
  readonly ms: number;
}

function delayAt(points: readonly Point[], share: number): number {
  let before: Point = { quantile: 0, ms: 0 };
  for (const point of points) {
    if (share <= point.quantile) {
      const part = (share - before.quantile) / (point.quantile - before.quantile || 1);
      return before.ms + (point.ms - before.ms) * part;
    }
    before = point;
  }
  return before.ms;
}

/** A number in [0, 1) that a row's time decides. */
function chance(ticks: number): number {
  let mixed = Math.imul((ticks % 2 ** 32) ^ Math.floor(ticks / 2 ** 32), 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
