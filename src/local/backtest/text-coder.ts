import { type Coded, type Data, type Dictionary, dictionaryOf, lengthOf, readerOf } from '../kql/data.ts';
import type { Value } from '../kql/types.ts';

/** Texts by number. The dictionary of the same id goes on from one block to the next: `added` is what this block adds at its end. */
export interface MadeTexts {
  readonly kind: 'texts';
  readonly codes: Int32Array<ArrayBuffer>;
  readonly dictionary: number;
  readonly added: readonly Value[];
}

/** Distinct texts after which a dictionary is begun anew. */
const MOST = 200_000;
/** Larger dictionaries are those of ids, which come once or twice: each block gets its own. */
const LARGE = 20_000;

/** Gives texts a dictionary that goes on from one block to the next, so that groups are found by number. */
export class TextCoder {
  #codes = new Map<Value, number>();
  #dictionary = 0;

  made(data: Data): MadeTexts {
    if (this.#codes.size > MOST || (data.kind === 'coded' && data.dictionary.size > LARGE)) {
      this.#codes = new Map();
      this.#dictionary += 1;
    }
    const added: Value[] = [];
    const codes = data.kind === 'coded' ? this.#translated(data, added) : this.#ofCells(data, added);
    return { kind: 'texts', codes, dictionary: this.#dictionary, added };
  }

  #translated({ codes: from, dictionary }: Coded, added: Value[]): Int32Array<ArrayBuffer> {
    const { values } = dictionary;
    const known = new Int32Array(dictionary.size).fill(-1);
    const codes = new Int32Array(from.length);
    for (let row = 0; row < codes.length; row += 1) {
      const code = from[row] as number;
      if ((known[code] as number) < 0) known[code] = this.#codeOf(values[code] as Value, added);
      codes[row] = known[code] as number;
    }
    return codes;
  }

  #ofCells(data: Data, added: Value[]): Int32Array<ArrayBuffer> {
    const cell = readerOf(data);
    const codes = new Int32Array(lengthOf(data));
    for (let row = 0; row < codes.length; row += 1) codes[row] = this.#codeOf(cell(row), added);
    return codes;
  }

  #codeOf(value: Value, added: Value[]): number {
    const known = this.#codes.get(value);
    if (known !== undefined) return known;
    const code = this.#codes.size;
    this.#codes.set(value, code);
    added.push(value);
    return code;
  }
}

/** The other end: puts the dictionaries together again, block by block in the order in which they were made. */
export class TextReader {
  #id = -1;
  #values: Value[] = [];
  #dictionary: Dictionary = dictionaryOf([], true);

  read({ codes, dictionary, added }: MadeTexts): Coded {
    if (dictionary !== this.#id) {
      this.#id = dictionary;
      this.#values = [];
      this.#dictionary = growing(this.#values);
    }
    for (const value of added) this.#values.push(value);
    return { kind: 'coded', codes, dictionary: this.#dictionary };
  }
}

function growing(values: readonly Value[]): Dictionary {
  return {
    values,
    distinct: true,
    get size() {
      return values.length;
    },
  };
}
