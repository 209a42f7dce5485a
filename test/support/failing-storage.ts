import type { TableClient } from '@azure/data-tables';
import type { Storage } from '../../src/azure/storage.ts';

const WRITES = ['createEntity', 'updateEntity', 'upsertEntity', 'deleteEntity', 'submitTransaction'] as const;

/** What a process that died leaves behind: the writes before, and nothing of what would have followed. */
export class Crash extends Error {
  override readonly name = 'AbortError';
}

/** A storage whose n-th write to a table, counted from 1, is the last: it fails before or after it took effect, and so does all after it. */
export function crashingAt(storage: Storage, write: number, moment: 'before' | 'after'): Storage {
  let writes = 0;
  const wrap = (client: TableClient): TableClient =>
    new Proxy(client, {
      get(target, name) {
        const member = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        if (!(WRITES as readonly unknown[]).includes(name)) {
          return (...args: unknown[]) => {
            if (writes > write || (writes === write && moment === 'before')) throw new Crash('crashed');
            return Reflect.apply(member, target, args);
          };
        }
        return async (...args: unknown[]) => {
          writes += 1;
          if (writes > write || (writes === write && moment === 'before')) throw new Crash('crashed');
          const result = await Reflect.apply(member, target, args);
          if (writes >= write) throw new Crash('crashed');
          return result;
        };
      },
    });
  return { ...storage, table: async (name) => wrap(await storage.table(name)) };
}
