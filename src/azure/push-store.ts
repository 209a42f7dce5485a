import type { Push } from '../model/push.ts';
import type { Log, PushStore } from '../ports.ts';
import { keyPart, literal, timeKey } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

const PARTITION = 'push';

/** One row per pushed alert that fires, all in one partition, with its end as a column. */
export function createPushStore(storage: Storage, log: Log): PushStore {
  const table = openTable(storage, TABLES.pushes, log);
  const keyFor = (fingerprint: string) => ({ partition: PARTITION, row: keyPart(fingerprint) });
  return {
    read: async (fingerprint, options) => {
      const stored = await table.get<Push>(keyFor(fingerprint), options);
      return { value: stored?.value ?? null, version: stored?.version ?? null };
    },
    replace: (next, version, options) => {
      const columns = { endsAt: timeKey(next.pushed.endsAt) };
      return table.write({ ...keyFor(next.fingerprint), value: next, columns }, version, options);
    },
    remove: (fingerprint, version, options) => table.remove(keyFor(fingerprint), version, options),
    ended: (time, options) => table.scan<Push>(PARTITION, `endsAt le ${literal(timeKey(time))}`, options),
  };
}
