import type { Labels } from '../model/labels.ts';
import { labelKey } from '../model/labels.ts';
import type { LogAnswer, LogCell } from '../model/query.ts';
import type { LogSignal, Rule } from '../model/rule.ts';
import type { Point, Reading } from '../model/series.ts';
import { normalizeId, type Target } from '../model/target.ts';
import type { Window } from '../model/window.ts';

/** Where the parts of a reading stand in a row; `null`: the query does not give it. */
interface Places {
  readonly resource: number;
  readonly by: readonly number[];
  readonly value: number | null;
  readonly over: number | null;
  readonly time: number | null;
}

/**
 * The rows of one window of a log rule as series, by target id. A row belongs to the target that its `_ResourceId` (or `ResourceId`)
 * names or lies below; rows of other resources are ignored. Its time is its `TimeGenerated`, else its first datetime, else the
 * last millisecond of the window. Without a value column rows are counted. An answer that lacks a column which the rule names makes
 * every target unknown. `watermark` stays null: how far a table has arrived is asked separately.
 */
export function logReadings(
  rule: Rule,
  targets: readonly Target[],
  window: Window,
  answer: LogAnswer,
): Readonly<Record<string, Reading>> {
  const { signal } = rule;
  if (signal.kind !== 'log') return {};
  const places = placesOf(signal, answer);
  if (typeof places === 'string') {
    const detail = `the answer has no column ${places}`;
    const reading: Reading = { status: 'unknown', reason: 'error', code: 'TCN-R016', detail };
    return Object.fromEntries(targets.map((target) => [target.id, reading]));
  }
  const owners = new Map(targets.map((target) => [normalizeId(target.id), target.id]));
  const byTarget = new Map<string, Map<string, Collected>>(targets.map((target) => [target.id, new Map()]));
  for (const row of answer.rows) {
    const owner = ownerOf(row[places.resource] ?? null, owners);
    const point = pointOf(row, places, window);
    if (owner === null || point === null) continue;
    const labels = Object.fromEntries(signal.by.map((name, index) => [name, textOf(row[places.by[index] ?? -1] ?? null)]));
    collect(byTarget.get(owner) ?? new Map(), labels, point, overOf(row, places, point.at), places.value === null);
  }
  return Object.fromEntries(
    [...byTarget].map(([id, series]) => [
      id,
      {
        status: 'ok',
        series: [...series]
          .sort(([left], [right]) => (left < right ? -1 : 1))
          .map(([, collected]) => ({
            labels: collected.labels,
            points: pointsOf(collected),
            over: signal.over === undefined ? null : sortedByTime(collected.over),
          })),
        watermark: null,
      } satisfies Reading,
    ]),
  );
}

interface Collected {
  readonly labels: Labels;
  readonly points: Point[];
  readonly over: Point[];
  /** Rows per instant, of a rule that counts them. */
  readonly counts: Map<number, number>;
}

/** Rows of one instant are counted in one point; values are kept apart, because only the rule's query knows how they combine. */
function collect(series: Map<string, Collected>, labels: Labels, point: Point, over: Point | null, counting: boolean): void {
  const key = labelKey(labels);
  const collected = series.get(key) ?? { labels, points: [], over: [], counts: new Map<number, number>() };
  series.set(key, collected);
  if (counting) collected.counts.set(point.at, (collected.counts.get(point.at) ?? 0) + 1);
  else collected.points.push(point);
  if (over !== null) collected.over.push(over);
}

function pointsOf({ points, counts }: Collected): readonly Point[] {
  const counted = [...counts].map(([at, count]) => ({ at, value: count, weight: count }));
  return sortedByTime([...points, ...counted]);
}

function sortedByTime(points: readonly Point[]): readonly Point[] {
  return [...points].sort((left, right) => left.at - right.at);
}

/** The denominator of a row that has one. */
function overOf(row: readonly LogCell[], { over }: Places, at: number): Point | null {
  const value = over === null ? null : numberOf(row[over] ?? null);
  return value === null ? null : { at, value, weight: 1 };
}

function placesOf(signal: LogSignal, { columns }: LogAnswer): Places | string {
  const names = columns.map((column) => column.name);
  const lower = names.map((name) => name.toLowerCase());
  const resource = [lower.indexOf('_resourceid'), lower.indexOf('resourceid')].find((index) => index >= 0);
  if (resource === undefined) return '_ResourceId';
  const by = signal.by.map((name) => names.indexOf(name));
  const missing = by.indexOf(-1);
  if (missing >= 0) return signal.by[missing] ?? '';
  const value = signal.value === null ? null : names.indexOf(signal.value);
  if (value === -1) return signal.value ?? '';
  const over = signal.over === undefined ? null : names.indexOf(signal.over);
  if (over === -1) return signal.over ?? '';
  const datetimes = columns.flatMap((column, index) => (column.type === 'datetime' ? [index] : []));
  const time = datetimes.find((index) => lower[index] === 'timegenerated') ?? datetimes[0] ?? null;
  return { resource, by, value, over, time };
}

/** The watched resource that a row speaks of: itself, or the nearest one above it. */
function ownerOf(cell: LogCell, owners: ReadonlyMap<string, string>): string | null {
  if (typeof cell !== 'string') return null;
  for (let id = normalizeId(cell); id.includes('/'); id = id.slice(0, id.lastIndexOf('/'))) {
    const owner = owners.get(id);
    if (owner !== undefined) return owner;
  }
  return null;
}

function pointOf(row: readonly LogCell[], places: Places, window: Window): Point | null {
  const last = window.end - 1;
  const cell = places.time === null ? last : row[places.time];
  const at = typeof cell === 'number' ? Math.min(Math.max(cell, window.start), last) : last;
  if (places.value === null) return { at, value: 1, weight: 1 };
  const value = numberOf(row[places.value] ?? null);
  return value === null ? null : { at, value, weight: 1 };
}

function numberOf(cell: LogCell): number | null {
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  if (typeof cell === 'string' && cell.trim() !== '') return finite(Number(cell));
  return typeof cell === 'number' ? finite(cell) : null;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function textOf(cell: LogCell): string {
  if (cell === null) return '';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
