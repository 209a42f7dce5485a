import type { DrainTotals, DrainTotalsStore, Log } from '../ports.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

const KEY = { partition: 'drained', row: 'drained' };

export function createDrainTotalsStore(storage: Storage, log: Log): DrainTotalsStore {
  const table = openTable(storage, TABLES.forward, log);
  return {
    read: async (options) => {
      const stored = await table.get<DrainTotals>(KEY, options);
      return { value: stored?.value ?? null, version: stored?.version ?? null };
    },
    replace: (next, version, options) => table.write({ ...KEY, value: next }, version, options),
  };
}
