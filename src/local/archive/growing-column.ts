import type { Data } from '../kql/data.ts';
import { nothing } from '../kql/table.ts';
import type { KustoType, Value } from '../kql/types.ts';
import { TextBlocks } from './text-blocks.ts';
import type { TextPool } from './text-pool.ts';

const FIRST_ROWS = 256;
/** One for all: what is not full yet is filled by whoever comes next. */
const texts = new TextBlocks();

/** Long texts by row, as in ByteTexts. */
interface Bytes {
  readonly kind: 'bytes';
  readonly blocks: Buffer[];
  places: Int32Array<ArrayBuffer>;
  starts: Int32Array<ArrayBuffer>;
  ends: Int32Array<ArrayBuffer>;
  readonly others: Map<number, string>;
}

type Store =
  | { kind: 'numbers'; numbers: Float64Array<ArrayBuffer>; nulls: Uint8Array<ArrayBuffer> }
  | { kind: 'truths'; truths: Uint8Array<ArrayBuffer> }
  | { kind: 'codes'; codes: Int32Array<ArrayBuffer>; pool: TextPool }
  | Bytes
  | { kind: 'values'; values: Value[] };

/** The values of one column of one file, row by row as they come; rows in between hold nothing. */
export class GrowingColumn {
  readonly type: KustoType;
  #store: Store;
  /** One more than the last row that was put. */
  #rows = 0;

  /** `pool` holds the texts of this column in all files, so that equal texts have equal numbers everywhere. */
  constructor(type: KustoType, pool: TextPool | null) {
    this.type = type;
    this.#store = emptyStore(type, pool);
  }

  /** The text's number in the pool; `null` where texts are kept as they are. */
  get pool(): TextPool | null {
    const store = this.#store;
    if (store.kind !== 'codes') return null;
    if (!store.pool.isSpread) return store.pool;
    const { values } = store.pool;
    if (this.type === 'string') {
      this.#store = noBytes();
      for (let row = 0; row < this.#rows; row += 1) this.put(row, values[store.codes[row] as number] as Value);
    } else
      this.#store = { kind: 'values', values: Array.from(store.codes.subarray(0, this.#rows), (code) => values[code] as Value) };
    return null;
  }

  /** Takes in a long JSON string without its quotes; `false` where it has to be put as a value. */
  putJson(row: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.pool !== null) return false;
    const store = this.#store;
    if (store.kind !== 'bytes' || !texts.write(bytes, start, end)) return false;
    putWritten(store, row);
    return true;
  }

  putCode(row: number, code: number): void {
    const store = this.#store;
    if (store.kind !== 'codes') return;
    if (row >= store.codes.length) store.codes = grown(store.codes, new Int32Array(sizeFor(row)));
    store.codes[row] = code;
    this.#rows = row + 1;
  }

  /** Whether texts are kept by their numbers now. */
  get isCoded(): boolean {
    return this.#store.kind === 'codes';
  }

  put(row: number, value: Value): void {
    const store = this.#store;
    switch (store.kind) {
      case 'numbers':
        if (typeof value === 'bigint') this.#keepValues(store);
        else {
          if (row >= store.numbers.length) {
            store.numbers = grown(store.numbers, new Float64Array(sizeFor(row)).fill(Number.NaN));
            store.nulls = grown(store.nulls, new Uint8Array(sizeFor(row)).fill(1));
          }
          store.numbers[row] = value === null ? Number.NaN : (value as number);
          store.nulls[row] = value === null ? 1 : 0;
          return;
        }
        break;
      case 'truths':
        if (row >= store.truths.length) store.truths = grown(store.truths, new Uint8Array(sizeFor(row)).fill(2));
        store.truths[row] = value === null ? 2 : value === true ? 1 : 0;
        return;
      case 'codes': {
        const { pool } = this;
        if (pool === null) {
          this.put(row, value);
          return;
        }
        this.putCode(row, pool.codeOfText(value));
        return;
      }
      case 'bytes': {
        const text = value as string;
        if (texts.writeText(text)) putWritten(store, row);
        else {
          store.others.set(row, text);
          if (row < store.places.length) store.places[row] = -1;
        }
        return;
      }
      case 'values':
        break;
    }
    if (this.#store.kind !== 'values') return;
    const { values } = this.#store;
    while (values.length < row) values.push(nothing(this.type));
    values[row] = value;
  }

  /** The first `rows` values; later ones that are put do not change it. */
  data(rows: number): Data {
    // May change how texts are kept.
    void this.pool;
    const store = this.#store;
    switch (store.kind) {
      case 'numbers': {
        const numbers = fitted(store.numbers, rows, new Float64Array(rows).fill(Number.NaN));
        const nulls = fitted(store.nulls, rows, new Uint8Array(rows).fill(1));
        return { kind: 'numeric', numbers, nulls: nulls.includes(1) ? nulls : null };
      }
      case 'truths':
        return { kind: 'bools', truths: fitted(store.truths, rows, new Uint8Array(rows).fill(2)) };
      case 'codes': {
        return { kind: 'coded', codes: fitted(store.codes, rows, new Int32Array(rows)), dictionary: store.pool };
      }
      case 'bytes': {
        const { blocks, others } = store;
        const places = fitted(store.places, rows, new Int32Array(rows).fill(-1));
        const starts = fitted(store.starts, rows, new Int32Array(rows));
        return {
          kind: 'bytes',
          blocks: blocks.slice(),
          places,
          starts,
          ends: fitted(store.ends, rows, new Int32Array(rows)),
          others,
        };
      }
      case 'values': {
        const { values } = store;
        while (values.length < rows) values.push(nothing(this.type));
        return { kind: 'plain', values: values.slice(0, rows) };
      }
    }
  }

  #keepValues({ numbers, nulls }: { readonly numbers: Float64Array; readonly nulls: Uint8Array }): void {
    this.#store = { kind: 'values', values: Array.from(numbers, (number, row) => (nulls[row] === 1 ? null : number)) };
  }
}

function emptyStore(type: KustoType, pool: TextPool | null): Store {
  switch (type) {
    case 'int':
    case 'long':
    case 'real':
    case 'datetime':
    case 'timespan':
      return { kind: 'numbers', numbers: new Float64Array(0), nulls: new Uint8Array(0) };
    case 'bool':
      return { kind: 'truths', truths: new Uint8Array(0) };
    default:
      return pool === null ? { kind: 'values', values: [] } : { kind: 'codes', codes: new Int32Array(0), pool };
  }
}

function noBytes(): Bytes {
  return {
    kind: 'bytes',
    blocks: [],
    places: new Int32Array(0),
    starts: new Int32Array(0),
    ends: new Int32Array(0),
    others: new Map(),
  };
}

/** The text that was written last is that of the row. */
function putWritten(store: Bytes, row: number): void {
  const { blocks } = store;
  if (blocks[blocks.length - 1] !== texts.block) blocks.push(texts.block);
  if (row >= store.places.length) {
    store.places = grown(store.places, new Int32Array(sizeFor(row)).fill(-1));
    store.starts = grown(store.starts, new Int32Array(sizeFor(row)));
    store.ends = grown(store.ends, new Int32Array(sizeFor(row)));
  }
  store.places[row] = blocks.length - 1;
  store.starts[row] = texts.start;
  store.ends[row] = texts.end;
}

function sizeFor(row: number): number {
  return Math.max(FIRST_ROWS, Math.ceil((row + 1) * 1.5));
}

type Numbers = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

function grown<Kept extends Numbers>(from: Kept, into: Kept): Kept {
  into.set(from);
  return into;
}

/** The first `rows` of an array that may have more or fewer; `padding` is what the missing ones hold. */
function fitted<Kept extends Numbers>(from: Kept, rows: number, padding: Kept): Kept {
  padding.set(from.length > rows ? (from.subarray(0, rows) as Kept) : from);
  return padding;
}
