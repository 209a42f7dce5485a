import type { Silence } from '../model/silence.ts';
import type { Log, SilenceStore } from '../ports.ts';
import { keyPart, literal, timeKey } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

const PARTITION = 'silence';

/** One row per silence, all in one partition, with its end as a column. */
export function createSilenceStore(storage: Storage, log: Log): SilenceStore {
  const table = openTable(storage, TABLES.silences, log);
  const keyFor = (id: string) => ({ partition: PARTITION, row: keyPart(id) });
  return {
    all: (options) => table.scan<Silence>(PARTITION, undefined, options),
    read: async (id, options) => {
      const stored = await table.get<Silence>(keyFor(id), options);
      return { value: stored?.value ?? null, version: stored?.version ?? null };
    },
    replace: (next, version, options) => {
      const columns = next.endsAt === null ? {} : { endsAt: timeKey(next.endsAt) };
      return table.write({ ...keyFor(next.id), value: next, columns }, version, options);
    },
    prune: async (time, options) => {
      // A row without the column meets no comparison.
      const over = await table.scan<Silence>(PARTITION, `endsAt lt ${literal(timeKey(time))}`, options);
      for (const { id } of over) {
        const version = await table.versionOf(keyFor(id), options);
        if (version !== null) await table.remove(keyFor(id), version, options);
      }
    },
  };
}
