import { type Coded, type Data, type Dictionary, lengthOf, readerOf } from '../kql/data.ts';
import type { Value } from '../kql/types.ts';

/** Distinct texts after which a dictionary is begun anew. */
const MOST = 200_000;
/** Larger dictionaries are those of ids, which come once or twice. */
const LARGE = 20_000;

/** Gives computed texts a dictionary that goes on from one block to the next, so that groups are found by number. */
export class TextCoder {
  #values: Value[] = [];
  #codes = new Map<Value, number>();
  #dictionary: Dictionary = dictionaryOf(this.#values);

  /** Texts that have a large dictionary already keep it. */
  coded(data: Data): Data {
    if (data.kind === 'coded' && data.dictionary.size > LARGE) return data;
    if (this.#values.length > MOST) {
      this.#values = [];
      this.#codes = new Map();
      this.#dictionary = dictionaryOf(this.#values);
    }
    return {
      kind: 'coded',
      codes: data.kind === 'coded' ? this.#translated(data) : this.#ofCells(data),
      dictionary: this.#dictionary,
    };
  }

  #translated({ codes: from, dictionary }: Coded): Int32Array {
    const { values } = dictionary;
    const known = new Int32Array(dictionary.size).fill(-1);
    return from.map((code) => {
      if ((known[code] as number) < 0) known[code] = this.#codeOf(values[code] as Value);
      return known[code] as number;
    });
  }

  #ofCells(data: Data): Int32Array {
    const cell = readerOf(data);
    const codes = new Int32Array(lengthOf(data));
    for (let row = 0; row < codes.length; row += 1) codes[row] = this.#codeOf(cell(row));
    return codes;
  }

  #codeOf(value: Value): number {
    const known = this.#codes.get(value);
    if (known !== undefined) return known;
    const code = this.#values.push(value) - 1;
    this.#codes.set(value, code);
    return code;
  }
}

function dictionaryOf(values: readonly Value[]): Dictionary {
  return {
    values,
    distinct: true,
    get size() {
      return values.length;
    },
  };
}
