import { endOfString, endOfWord, scalarOf, view } from './json-tokens.ts';
import type { Dynamic } from './types.ts';

/*
 * JSON texts of one column mostly differ in their values alone. What stands between the values of a text that was found to be JSON is
 * kept; where another text has the same there, and values in between, it is JSON with the same members, and nothing else of it has to
 * be understood.
 */

const QUOTE = 0x22;
const MOST_SHAPES = 4;
/** Values of one text; and texts after which it shows whether shapes come again. */
const MOST_VALUES = 256;
const TRIAL = 256;

interface Shape {
  /** What stands before each value and after the last, one behind the other. */
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Where what stands before a value begins in there; what stands after the last, and where that ends. */
  readonly begins: Int32Array;
  /** Where each value goes, -1 for nowhere. */
  readonly leaves: Int32Array;
}

/** Shapes of the texts of one column, the one that fitted last first. */
export class JsonShapes {
  readonly #shapes: Shape[] = [];
  readonly #starts = new Int32Array(MOST_VALUES);
  readonly #ends = new Int32Array(MOST_VALUES);
  readonly #leaves = new Int32Array(MOST_VALUES);
  /** Values of the text at hand, one more than MOST_VALUES where there are too many. */
  #count = 0;
  #tried = 0;
  #fitted = 0;

  /** Puts the wanted values of a text of a known shape where they belong; `false`, and nothing put, for any other. */
  match(source: Buffer, from: number, end: number, into: Dynamic[]): boolean {
    if (this.#tried > TRIAL && this.#fitted * 2 < this.#tried) return false;
    this.#tried += 1;
    const shapes = this.#shapes;
    for (let index = 0; index < shapes.length; index += 1) {
      const shape = shapes[index] as Shape;
      if (!fits(shape, source, from, end, into)) continue;
      if (index > 0) {
        shapes.splice(index, 1);
        shapes.unshift(shape);
      }
      this.#fitted += 1;
      return true;
    }
    return false;
  }

  /** A text of no known shape is looked through. */
  begin(): void {
    this.#count = 0;
  }

  /** One of its scalars, in order. */
  value(start: number, end: number, leaf: number): void {
    if (this.#count >= MOST_VALUES) {
      this.#count = MOST_VALUES + 1;
      return;
    }
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#leaves[this.#count] = leaf;
    this.#count += 1;
  }

  /** It was JSON. */
  learn(source: Buffer, from: number, end: number): void {
    const count = this.#count;
    if (count > MOST_VALUES) return;
    const parts: Buffer[] = [];
    const begins = new Int32Array(count + 2);
    let before = from;
    for (let index = 0; index <= count; index += 1) {
      const part = source.subarray(before, index < count ? (this.#starts[index] as number) : end);
      parts.push(part);
      begins[index + 1] = (begins[index] as number) + part.length;
      before = this.#ends[index] as number;
    }
    const bytes = Buffer.concat(parts);
    const leaves = this.#leaves.slice(0, count);
    this.#shapes.unshift({ bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), begins, leaves });
    this.#shapes.length = Math.min(this.#shapes.length, MOST_SHAPES);
  }
}

function fits(shape: Shape, source: Buffer, from: number, end: number, into: Dynamic[]): boolean {
  const { begins, leaves } = shape;
  const text = view;
  const own = shape.view;
  const { bytes } = shape;
  let at = from;
  let put = false;
  for (let index = 0; index <= leaves.length; index += 1) {
    let part = begins[index] as number;
    const partEnd = begins[index + 1] as number;
    if (at + partEnd - part > end) return undo(put, into);
    for (; part + 4 <= partEnd; part += 4) {
      if (own.getInt32(part, true) !== text.getInt32(at, true)) return undo(put, into);
      at += 4;
    }
    for (; part < partEnd; part += 1) {
      if (bytes[part] !== source[at]) return undo(put, into);
      at += 1;
    }
    if (index === leaves.length) break;
    const start = at;
    at = source[start] === QUOTE ? endOfString(source, start, end) : endOfWord(source, start, end, source[start] as number);
    if (at < 0 || at > end) return undo(put, into);
    const leaf = leaves[index] as number;
    if (leaf < 0) continue;
    const value = scalarOf(source, start, at);
    if (value === undefined) return undo(put, into);
    into[leaf] = value;
    put = true;
  }
  return at === end || undo(put, into);
}

function undo(put: boolean, into: Dynamic[]): false {
  if (put) into.fill(null);
  return false;
}
