import { TocsinError } from '../model/errors.ts';
import type { CallOptions } from '../ports.ts';
import type { Key, Row, Table } from './table.ts';

const MOST_ATTEMPTS = 10;
const MOST_REPAIRS = 5;

/** How a value is stored: one row that rules, and copies of it (views) whose keys make a question one scan. */
export interface Projection<Value> {
  key(id: string): Key;
  views(value: Value): readonly Row[];
  /** Views that must go when `next` follows `previous`; also asked with one value twice, for those it must not have. */
  stale(previous: Value, next: Value): readonly Key[];
}

export interface Change<Value> {
  /** `null`: the ruling row stays as it is. */
  readonly next: Value | null;
  /** Rows that are written besides. */
  readonly also?: readonly Row[];
}

/**
 * Changes one value and its views; resolves to whether anything changed. The order is: new views, ruling row (conditional), old views.
 * A crash between leaves a copy too many, never one too few; readers drop the older copy, and the repetition of the
 * same change, which finds nothing to change, puts the views right.
 *
 * Old views are removed only as they were before the ruling row was written, so that a slow writer cannot remove what a later one
 * has put in the same place. A writer that lost against another puts the views right by the ruling row until it stands still.
 */
export async function changeProjected<Value>(
  table: Table,
  projection: Projection<Value>,
  id: string,
  decide: (stored: Value | null) => Change<Value>,
  options?: CallOptions,
): Promise<boolean> {
  const tried = new Map<string, Key>();
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const key = projection.key(id);
    const stored = await table.get<Value>(key, options);
    const { next, also = [] } = decide(stored?.value ?? null);
    if (next === null) {
      if (stored !== null) await repair(table, projection, key, [...tried.values()], options);
      await putAll(table, also, options);
      return false;
    }
    const views = [...projection.views(next), ...also];
    const previous = stored?.value ?? null;
    const leftovers = without([...tried.values(), ...(previous === null ? [] : projection.stale(previous, next))], views);
    const old = await Promise.all(leftovers.map(async (one) => ({ key: one, version: await table.versionOf(one, options) })));
    await putAll(table, views, options);
    if (await table.write({ ...key, value: next }, stored?.version ?? null, options)) {
      await Promise.all(old.map((one) => (one.version === null ? undefined : table.remove(one.key, one.version, options))));
      return true;
    }
    for (const view of projection.views(next)) tried.set(nameOf(view), { partition: view.partition, row: view.row });
  }
  throw new TocsinError('TCN-S001', `too many writers of ${id}`);
}

async function repair<Value>(
  table: Table,
  projection: Projection<Value>,
  key: Key,
  tried: readonly Key[],
  options?: CallOptions,
): Promise<void> {
  let version: string | null = null;
  for (let round = 0; round < MOST_REPAIRS; round += 1) {
    const stored = await table.get<Value>(key, options);
    if (stored === null || stored.value === null || stored.version === version) return;
    version = stored.version;
    const views = projection.views(stored.value);
    const wrong = without([...tried, ...projection.stale(stored.value, stored.value)], views);
    await Promise.all(wrong.map((one) => table.remove(one, undefined, options)));
    await putAll(table, views, options);
  }
}

async function putAll(table: Table, rows: readonly Row[], options?: CallOptions): Promise<void> {
  await Promise.all(rows.map((row) => table.put(row, options)));
}

function without(keys: readonly Key[], kept: readonly Key[]): readonly Key[] {
  const names = new Set(kept.map(nameOf));
  return keys.filter((key) => !names.has(nameOf(key)));
}

function nameOf(key: Key): string {
  return `${key.partition}\n${key.row}`;
}
