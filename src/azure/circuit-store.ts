import type { ReceiverCircuit } from '../model/notification.ts';
import type { CircuitStore, Log } from '../ports.ts';
import { keyPart } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

/** One row per receiver, beside the notification log. */
export function createCircuitStore(storage: Storage, log: Log): CircuitStore {
  const table = openTable(storage, TABLES.notifications, log);
  const keyFor = (name: string) => ({ partition: 'receiver', row: keyPart(name) });
  return {
    read: async (name, options) => {
      const stored = await table.get<ReceiverCircuit>(keyFor(name), options);
      return { value: stored?.value ?? null, version: stored?.version ?? null };
    },
    replace: (next, version, options) => table.write({ ...keyFor(next.name), value: next }, version, options),
  };
}
