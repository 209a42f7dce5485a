import type { ForwardMark, ForwardMarks, Log } from '../ports.ts';
import { keyPart } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

export function createForwardMarks(storage: Storage, log: Log): ForwardMarks {
  const table = openTable(storage, TABLES.forward, log);
  const keyFor = (partition: string) => ({ partition: 'mark', row: keyPart(partition) });
  return {
    read: async (partition, options) => {
      const stored = await table.get<ForwardMark>(keyFor(partition), options);
      return { value: stored?.value ?? null, version: stored?.version ?? null };
    },
    replace: (next, version, options) => table.write({ ...keyFor(next.partition), value: next }, version, options),
    all: (options) => table.scan<ForwardMark>('mark', undefined, options),
  };
}
