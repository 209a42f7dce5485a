import { type ByteTexts, concatTexts, gatherTexts, sliceTexts, textsOfCodes } from './byte-texts.ts';
import { type Coded, type Data, type Dictionary, dictionaryOf, jsonTexts, lengthOf, type Numeric, readerOf } from './data.ts';
import type { Value } from './types.ts';

/* Rows of columns in another order, the first of them, or of several columns one below the other. */

const extended = new WeakMap<Dictionary, Dictionary>();

/** The dictionary and the code of `none` in it; the same dictionary each time, so that those made from one remain comparable. */
function withNothing(dictionary: Dictionary, none: Value): { readonly dictionary: Dictionary; readonly code: number } {
  const { values, size } = dictionary;
  if (values[0] === none) return { dictionary, code: 0 };
  let known = extended.get(dictionary);
  if (known?.size !== size + 1) {
    known = dictionaryOf([...values, none], dictionary.distinct && !values.includes(none));
    extended.set(dictionary, known);
  }
  return { dictionary: known, code: size };
}

/** Rows in the order of `selection`; -1 gives `none`. */
export function gatherData(data: Data, selection: ArrayLike<number>, none: Value): Data {
  const length = selection.length;
  switch (data.kind) {
    case 'plain': {
      const picked = new Array<Value>(length);
      for (let row = 0; row < length; row += 1) {
        const from = selection[row] as number;
        picked[row] = from < 0 ? none : (data.values[from] as Value);
      }
      return { kind: 'plain', values: picked };
    }
    case 'coded': {
      const picked = new Int32Array(length);
      let missing = false;
      for (let row = 0; row < length; row += 1) {
        const from = selection[row] as number;
        if (from < 0) {
          missing = true;
          picked[row] = -1;
        } else picked[row] = data.codes[from] as number;
      }
      if (!missing) return { kind: 'coded', codes: picked, dictionary: data.dictionary };
      const { dictionary, code } = withNothing(data.dictionary, none);
      for (let row = 0; row < length; row += 1) if (picked[row] === -1) picked[row] = code;
      return { kind: 'coded', codes: picked, dictionary };
    }
    case 'numeric':
      return gatherNumeric(data, selection);
    case 'bools': {
      const picked = new Uint8Array(length);
      for (let row = 0; row < length; row += 1) {
        const from = selection[row] as number;
        picked[row] = from < 0 ? 2 : (data.truths[from] as number);
      }
      return { kind: 'bools', truths: picked };
    }
    case 'bytes':
      return gatherTexts(data, selection, none as string);
    case 'json':
      return jsonTexts(gatherData(data.texts, selection, ''), data.path, data.parse);
  }
}

function gatherNumeric(data: Numeric, selection: ArrayLike<number>): Numeric {
  const length = selection.length;
  const numbers = new Float64Array(length);
  let nulls: Uint8Array | null = data.nulls === null ? null : new Uint8Array(length);
  for (let row = 0; row < length; row += 1) {
    const from = selection[row] as number;
    if (from >= 0) {
      numbers[row] = data.numbers[from] as number;
      if (nulls !== null && data.nulls !== null) nulls[row] = data.nulls[from] as number;
    } else {
      nulls ??= new Uint8Array(length);
      nulls[row] = 1;
      numbers[row] = Number.NaN;
    }
  }
  return { kind: 'numeric', numbers, nulls };
}

/** Rows from `start` up to `rows`; arrays are not copied. */
export function sliceData(data: Data, rows: number, start = 0): Data {
  const end = Math.max(start, rows);
  switch (data.kind) {
    case 'plain':
      return { kind: 'plain', values: data.values.slice(start, end) };
    case 'coded':
      return { kind: 'coded', codes: data.codes.subarray(start, end), dictionary: data.dictionary };
    case 'numeric':
      return { kind: 'numeric', numbers: data.numbers.subarray(start, end), nulls: data.nulls?.subarray(start, end) ?? null };
    case 'bools':
      return { kind: 'bools', truths: data.truths.subarray(start, end) };
    case 'bytes':
      return sliceTexts(data, end, start);
    case 'json':
      return jsonTexts(sliceData(data.texts, end, start), data.path, data.parse);
  }
}

/** One below the other. Numbers stay numbers; dictionaries are merged while they are small. */
export function concatData(parts: readonly Data[]): Data {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const filled = parts.filter((part) => lengthOf(part) > 0);
  const [first] = filled;
  if (first === undefined) return { kind: 'plain', values: [] };
  if (filled.length === 1) return first;
  if (filled.every((part) => part.kind === 'numeric')) return concatNumeric(filled);
  if (filled.every((part) => part.kind === 'coded')) return concatCoded(filled);
  if (filled.some((part) => part.kind === 'bytes') && filled.every((part) => part.kind === 'bytes' || part.kind === 'coded')) {
    return concatTexts(filled.map(asBytes));
  }
  const values: Value[] = [];
  for (const part of filled) {
    const cell = readerOf(part);
    const rows = lengthOf(part);
    for (let row = 0; row < rows; row += 1) values.push(cell(row));
  }
  return { kind: 'plain', values };
}

function asBytes(data: Data): ByteTexts {
  if (data.kind === 'bytes') return data;
  return data.kind === 'coded' ? textsOfCodes(data.codes, data.dictionary.values as readonly string[]) : concatTexts([]);
}

function concatNumeric(parts: readonly Numeric[]): Numeric {
  const rows = parts.reduce((total, part) => total + part.numbers.length, 0);
  const numbers = new Float64Array(rows);
  const nulls = parts.some((part) => part.nulls !== null) ? new Uint8Array(rows) : null;
  let at = 0;
  for (const part of parts) {
    numbers.set(part.numbers, at);
    if (part.nulls !== null) nulls?.set(part.nulls, at);
    at += part.numbers.length;
  }
  return { kind: 'numeric', numbers, nulls };
}

function concatCoded(parts: readonly Coded[]): Coded {
  const rows = parts.reduce((total, part) => total + part.codes.length, 0);
  const codes = new Int32Array(rows);
  const shared = parts.every((part) => part.dictionary === parts[0]?.dictionary) ? (parts[0]?.dictionary ?? null) : null;
  const dictionary: Value[] = [];
  const known = new Map<Value, number>();
  let at = 0;
  for (const part of parts) {
    if (shared !== null) codes.set(part.codes, at);
    else {
      const translation = part.dictionary.values.map((value) => {
        const code = known.get(value) ?? known.size;
        if (code === known.size) {
          known.set(value, code);
          dictionary.push(value);
        }
        return code;
      });
      for (let row = 0; row < part.codes.length; row += 1) codes[at + row] = translation[part.codes[row] as number] as number;
    }
    at += part.codes.length;
  }
  return { kind: 'coded', codes, dictionary: shared ?? dictionaryOf(dictionary, true) };
}
