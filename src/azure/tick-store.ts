import type { Log, TickRecord, TickStore } from '../ports.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

const KEY = { partition: 'tick', row: 'tick' };

export function createTickStore(storage: Storage, log: Log): TickStore {
  const table = openTable(storage, TABLES.ticks, log);
  return {
    read: async (options) => {
      const stored = await table.get<TickRecord>(KEY, options);
      return { value: stored?.value ?? null, version: stored?.version ?? null };
    },
    replace: (next, version, options) => table.write({ ...KEY, value: next }, version, options),
  };
}
