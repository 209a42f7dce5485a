import type { Group } from '../model/notification.ts';
import type { GroupStore, Log } from '../ports.ts';
import { keyPart, literal, timeKey } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

/** One row per group, all in one partition, with the time of the scheduled flush as a column. */
export function createGroupStore(storage: Storage, log: Log): GroupStore {
  const table = openTable(storage, TABLES.groups, log);
  const keyFor = (key: string) => ({ partition: 'group', row: keyPart(key) });
  return {
    read: async (key, options) => {
      const stored = await table.get<Group>(keyFor(key), options);
      return { value: stored?.value ?? null, version: stored?.version ?? null };
    },
    replace: (next, version, options) => {
      const columns = next.nextFlushAt === null ? {} : { flushAt: timeKey(next.nextFlushAt) };
      return table.write({ ...keyFor(next.key), value: next, columns }, version, options);
    },
    // A row without the column meets no comparison.
    overdue: (time, options) => table.scan<Group>('group', `flushAt lt ${literal(timeKey(time))}`, options),
  };
}
