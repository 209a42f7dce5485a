import { keyOf } from '../compare.ts';
import { type Coded, type Data, type Dictionary, lengthOf, type Numeric, readerOf } from '../data.ts';
import type { KustoType, Value } from '../types.ts';

/* Keys as small whole numbers: equal keys have equal codes, counted from 0 in order of first appearance. Nulls are equal. */

export interface Codes {
  readonly codes: Int32Array;
  readonly count: number;
}

/** A hash table from numbers to codes; 0 and -0 are one number, and so are all NaNs. */
class NumberCodes {
  #keys = new Float64Array(64);
  #codes = new Int32Array(64).fill(-1);
  #bits = new Int32Array(2);
  #bitsAsNumber = new Float64Array(this.#bits.buffer);
  #count = 0;
  #nan = -1;

  /** The code of a number, a new one where it is met for the first time; `next` is the code that it gets then. */
  code(number: number, next: number): number {
    if (Number.isNaN(number)) {
      if (this.#nan < 0) this.#nan = next;
      return this.#nan;
    }
    const mask = this.#keys.length - 1;
    let slot = this.#hash(number) & mask;
    for (;;) {
      const code = this.#codes[slot] as number;
      if (code < 0) break;
      if (this.#keys[slot] === number) return code;
      slot = (slot + 1) & mask;
    }
    this.#keys[slot] = number;
    this.#codes[slot] = next;
    this.#count += 1;
    if (this.#count * 2 > this.#keys.length) this.#grow();
    return next;
  }

  #hash(number: number): number {
    this.#bitsAsNumber[0] = number + 0;
    const mixed = Math.imul((this.#bits[0] as number) ^ Math.imul(this.#bits[1] as number, 0x9e3779b1), 0x85ebca6b);
    return mixed ^ (mixed >>> 15);
  }

  #grow(): void {
    const [keys, codes] = [this.#keys, this.#codes];
    const size = keys.length * 4;
    this.#keys = new Float64Array(size);
    this.#codes = new Int32Array(size).fill(-1);
    for (let from = 0; from < keys.length; from += 1) {
      if ((codes[from] as number) < 0) continue;
      let slot = this.#hash(keys[from] as number) & (size - 1);
      while ((this.#codes[slot] as number) >= 0) slot = (slot + 1) & (size - 1);
      this.#keys[slot] = keys[from] as number;
      this.#codes[slot] = codes[from] as number;
    }
  }
}

/** Hands out codes for the keys of one column or of several columns that are to be compared. */
export class Coder {
  readonly #type: KustoType;
  readonly #shared: Dictionary | null;
  /** Made when the first number comes: most keys are texts with a dictionary. */
  #madeNumbers: NumberCodes | null = null;
  readonly #others = new Map<unknown, number>();
  readonly #dictionaries = new Map<Dictionary, Int32Array>();
  #count = 0;
  #null = -1;

  /** `shared`: the only dictionary that there will be, without a value twice in it; then its values need not be looked at. */
  constructor(type: KustoType, shared: Dictionary | null = null) {
    this.#type = type;
    this.#shared = shared;
  }

  get count(): number {
    return this.#count;
  }

  get #numbers(): NumberCodes {
    this.#madeNumbers ??= new NumberCodes();
    return this.#madeNumbers;
  }

  /** The code of null, -1 while there was none. */
  get nullCode(): number {
    return this.#null;
  }

  codesOf(data: Data): Int32Array {
    switch (data.kind) {
      case 'numeric':
        return this.#ofNumeric(data);
      case 'coded':
        return this.#ofCoded(data);
      default: {
        const cell = readerOf(data);
        const codes = new Int32Array(lengthOf(data));
        for (let row = 0; row < codes.length; row += 1) codes[row] = this.#codeOf(cell(row));
        return codes;
      }
    }
  }

  #ofNumeric({ numbers, nulls }: Numeric): Int32Array {
    const codes = new Int32Array(numbers.length);
    let last = Number.NaN;
    let lastCode = -1;
    for (let row = 0; row < codes.length; row += 1) {
      const number = numbers[row] as number;
      if (number !== last || nulls?.[row] === 1) {
        if (nulls?.[row] === 1) {
          codes[row] = this.#codeOf(null);
          continue;
        }
        lastCode = this.#numbers.code(number, this.#count);
        if (lastCode === this.#count) this.#count += 1;
        last = number;
      }
      codes[row] = lastCode;
    }
    return codes;
  }

  #ofCoded({ codes: from, dictionary }: Coded): Int32Array {
    let known = this.#dictionaries.get(dictionary);
    if (known === undefined) {
      known = new Int32Array(dictionary.size).fill(-1);
      this.#dictionaries.set(dictionary, known);
    }
    const codes = new Int32Array(from.length);
    for (let row = 0; row < codes.length; row += 1) {
      const at = from[row] as number;
      let code = known[at] as number;
      if (code < 0) {
        code = dictionary === this.#shared ? this.#count++ : this.#codeOf(dictionary.values[at] as Value);
        known[at] = code;
      }
      codes[row] = code;
    }
    return codes;
  }

  #codeOf(value: Value): number {
    if (value === null) {
      if (this.#null < 0) {
        this.#null = this.#count;
        this.#count += 1;
      }
      return this.#null;
    }
    let code: number | undefined;
    if (typeof value === 'number') code = this.#numbers.code(value, this.#count);
    else {
      const key = this.#type === 'dynamic' ? keyOf(value, 'dynamic') : value;
      code = this.#others.get(key);
      if (code === undefined) {
        code = this.#count;
        this.#others.set(key, code);
      }
    }
    if (code === this.#count) this.#count += 1;
    return code;
  }
}

const DIRECT = 1 << 22;

/** Pairs of codes as codes of their own. */
class PairCoder {
  readonly #left: number;
  readonly #direct: Int32Array | null;
  readonly #hashed = new NumberCodes();
  #count = 0;

  /** `left` and `right` are how many codes there are on each side, over all columns that are to be compared. */
  constructor(left: number, right: number) {
    this.#left = left;
    this.#direct = left * right <= DIRECT ? new Int32Array(left * right).fill(-1) : null;
  }

  get count(): number {
    return this.#count;
  }

  codesOf(left: Int32Array, right: Int32Array): Int32Array {
    const codes = new Int32Array(left.length);
    const direct = this.#direct;
    const width = this.#left;
    let count = this.#count;
    if (direct === null) {
      for (let row = 0; row < codes.length; row += 1) {
        const code = this.#hashed.code((right[row] as number) * width + (left[row] as number), count);
        if (code === count) count += 1;
        codes[row] = code;
      }
    } else {
      for (let row = 0; row < codes.length; row += 1) {
        const pair = (right[row] as number) * width + (left[row] as number);
        let code = direct[pair] as number;
        if (code < 0) {
          code = count;
          direct[pair] = code;
          count += 1;
        }
        codes[row] = code;
      }
    }
    this.#count = count;
    return codes;
  }
}

function sharedDictionary(columns: readonly Data[]): Dictionary | null {
  const [first] = columns;
  if (first?.kind !== 'coded' || !first.dictionary.distinct) return null;
  return columns.every((data) => data.kind === 'coded' && data.dictionary === first.dictionary) ? first.dictionary : null;
}

/**
 * One code per row for keys of several columns. `sides` are the tables that are to be compared with each other, each with one Data per
 * key column.
 */
export function codesOfRows(
  types: readonly KustoType[],
  sides: readonly (readonly Data[])[],
): { readonly sides: readonly Int32Array[]; readonly count: number } {
  let known: readonly Int32Array[] = [];
  let count = 0;
  for (const [position, type] of types.entries()) {
    const coder = new Coder(type, sharedDictionary(sides.map((columns) => columns[position] as Data)));
    const codes = sides.map((columns) => coder.codesOf(columns[position] as Data));
    if (position === 0) {
      known = codes;
      ({ count } = coder);
      continue;
    }
    const pairs = new PairCoder(count, coder.count);
    known = known.map((left, side) => pairs.codesOf(left, codes[side] as Int32Array));
    ({ count } = pairs);
  }
  return { sides: known, count };
}
