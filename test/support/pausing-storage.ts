import type { TableClient } from '@azure/data-tables';
import type { Storage } from '../../src/azure/storage.ts';

export interface Pause {
  readonly storage: Storage;
  /** Resolves when the call is about to be made. */
  readonly reached: Promise<void>;
  release(): void;
}

/** A storage that waits before its first call of one method of a table, until it is released: a writer that became slow just there. */
export function pausingBefore(storage: Storage, method: keyof TableClient): Pause {
  let arrive: () => void = () => {};
  let release: () => void = () => {};
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const wrap = (client: TableClient): TableClient =>
    new Proxy(client, {
      get(target, name) {
        const member = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        if (name !== method) return member.bind(target);
        return async (...args: unknown[]) => {
          arrive();
          await released;
          return Reflect.apply(member, target, args);
        };
      },
    });
  return {
    storage: { ...storage, table: async (name) => wrap(await storage.table(name)) },
    reached,
    release: () => release(),
  };
}
