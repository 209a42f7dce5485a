import type { Dictionary } from '../kql/data.ts';
import { nothing } from '../kql/table.ts';
import type { KustoType, Value } from '../kql/types.ts';
import { TextPool } from './text-pool.ts';

/** Texts of the columns of one table in all its files. */
export class TextPools {
  readonly #pools = new Map<string, TextPool>();
  readonly #derived = new Map<string, Dictionary>();

  of(column: string, type: KustoType): TextPool | null {
    if (type !== 'string' && type !== 'guid') return null;
    let pool = this.#pools.get(column);
    if (pool === undefined) {
      pool = new TextPool(nothing(type));
      this.#pools.set(column, pool);
    }
    return pool;
  }

  /** Another value for every one of a dictionary; the same one each time for a name. */
  derived(name: string, from: Dictionary, make: (value: Value) => Value): Dictionary {
    let known = this.#derived.get(name);
    if (known === undefined) {
      const values: Value[] = [];
      known = {
        distinct: false,
        get size() {
          return from.size;
        },
        get values() {
          const source = from.values;
          for (let code = values.length; code < source.length; code += 1) values.push(make(source[code] as Value));
          return values;
        },
      };
      this.#derived.set(name, known);
    }
    return known;
  }

  /** How many texts are held. */
  get size(): number {
    let total = 0;
    for (const pool of this.#pools.values()) total += pool.size;
    return total;
  }
}
