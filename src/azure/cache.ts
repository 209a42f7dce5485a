import type { Clock } from '../ports.ts';

interface Kept<Value> {
  readonly value: Value;
  readonly at: number;
}

export interface Ages {
  /** Up to this age an answer is given without asking again. */
  readonly fresh: number;
  /** Up to this age an answer is given where asking again failed. */
  readonly usable: number;
}

/** Answers by key, read again when they are no longer fresh. Callers of one key share one reading; a failed reading is not kept. */
export interface Cache {
  get<Value>(key: string, read: () => Promise<Value>): Promise<Value>;
}

export function createCache(clock: Clock, { fresh, usable }: Ages): Cache {
  const kept = new Map<string, Kept<unknown>>();
  const reading = new Map<string, Promise<unknown>>();

  async function refresh<Value>(key: string, read: () => Promise<Value>): Promise<Value> {
    try {
      const at = clock.now();
      const value = await read();
      kept.set(key, { value, at });
      return value;
    } catch (error) {
      const old = kept.get(key);
      if (old !== undefined && clock.now() - old.at <= usable) return old.value as Value;
      throw error;
    } finally {
      reading.delete(key);
    }
  }

  return {
    get: <Value>(key: string, read: () => Promise<Value>) => {
      const known = kept.get(key);
      if (known !== undefined && clock.now() - known.at < fresh) return Promise.resolve(known.value as Value);
      const shared = (reading.get(key) as Promise<Value> | undefined) ?? refresh(key, read);
      reading.set(key, shared);
      return shared;
    },
  };
}
