import type { Version, Versioned } from '../../ports.ts';

/** Values under keys with the conditional writes of storage. Values are kept as they are: nobody changes what is readonly. */
export interface VersionedValues<Value> {
  get(key: string): Versioned<Value | null>;
  replace(key: string, next: Value, version: Version): boolean;
  values(): readonly Value[];
}

export function versionedValues<Value>(): VersionedValues<Value> {
  const rows = new Map<string, Versioned<Value>>();
  let writes = 0;
  return {
    get: (key) => rows.get(key) ?? { value: null, version: null },
    replace: (key, next, version) => {
      if ((rows.get(key)?.version ?? null) !== version) return false;
      writes += 1;
      rows.set(key, { value: next, version: String(writes) });
      return true;
    },
    values: () => [...rows.values()].map((row) => row.value),
  };
}
