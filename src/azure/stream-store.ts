import { HOUR } from '../model/duration.ts';
import type { StreamHour } from '../model/stream.ts';
import { alignDown } from '../model/window.ts';
import type { Log, StreamStore } from '../ports.ts';
import { keyPart, timeKey } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

const PARTITION = 'streams';

/** Rows are in the order of their hours, so that a span is one range of keys. */
export function createStreamStore(storage: Storage, log: Log): StreamStore {
  const table = openTable(storage, TABLES.forward, log);
  const keyFor = (partition: string, hour: number) => ({
    partition: PARTITION,
    row: `${timeKey(hour)},${keyPart(partition)}`,
  });
  return {
    read: async (partition, hour, options) => {
      const stored = await table.get<StreamHour>(keyFor(partition, hour), options);
      return { value: stored?.value ?? null, version: stored?.version ?? null };
    },
    replace: (next, version, options) => table.rewrite({ ...keyFor(next.partition, next.hour), value: next }, version, options),
    during: ({ start, end }, options) =>
      table.scan<StreamHour>(
        PARTITION,
        `RowKey ge '${timeKey(alignDown(start, HOUR))}' and RowKey lt '${timeKey(end)}'`,
        options,
      ),
    prune: async (time, options) => {
      const old = await table.scan<StreamHour>(PARTITION, `RowKey lt '${timeKey(alignDown(time, HOUR))}'`, options);
      for (const { partition, hour } of old) await table.remove(keyFor(partition, hour), undefined, options);
    },
  };
}
