import type { Version, Versioned } from '../../../src/ports.ts';
import { throughJson } from './faults.ts';

/** Values with ETag-like versions, held as JSON. */
export class VersionedMap<Value> {
  #rows = new Map<string, { readonly json: string; readonly version: string }>();
  #writes = 0;

  get(key: string): Versioned<Value | null> {
    const row = this.#rows.get(key);
    return row === undefined ? { value: null, version: null } : { value: JSON.parse(row.json) as Value, version: row.version };
  }

  replace(key: string, next: Value, version: Version): boolean {
    if ((this.#rows.get(key)?.version ?? null) !== version) return false;
    this.set(key, next);
    return true;
  }

  set(key: string, next: Value): void {
    this.#writes += 1;
    this.#rows.set(key, { json: JSON.stringify(throughJson(next)), version: `"${this.#writes}"` });
  }

  remove(key: string): void {
    this.#rows.delete(key);
  }

  values(): readonly Value[] {
    return [...this.#rows.values()].map((row) => JSON.parse(row.json) as Value);
  }
}
