import type { Log, TurnStore } from '../ports.ts';
import { keyPart } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

/** One row per receiver that has a rate limit, beside the notification log. */
export function createTurnStore(storage: Storage, log: Log): TurnStore {
  const table = openTable(storage, TABLES.notifications, log);
  const keyFor = (receiver: string) => ({ partition: 'turns', row: keyPart(receiver) });
  return {
    read: async (receiver, options) => {
      const stored = await table.get<number>(keyFor(receiver), options);
      return { value: stored?.value ?? null, version: stored?.version ?? null };
    },
    replace: (receiver, freeAt, version, options) => table.write({ ...keyFor(receiver), value: freeAt }, version, options),
  };
}
