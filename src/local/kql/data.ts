import { JsonMembers } from './json-members.ts';
import type { Dynamic, KustoType, Value } from './types.ts';

/*
 * How the values of a column are kept. Whoever does not care reads cells (`readerOf`); whoever is fast works on the arrays.
 */

/** Cells as they are. */
export interface Plain {
  readonly kind: 'plain';
  readonly values: readonly Value[];
}

/** A row has the number of its value in a dictionary, which may hold values that no row has. */
export interface Coded {
  readonly kind: 'coded';
  readonly codes: Int32Array;
  readonly dictionary: Dictionary;
}

/** Values by number. They may be made when `values` is first read, and more may be added at the end. */
export interface Dictionary {
  readonly values: readonly Value[];
  readonly size: number;
  /** No value is in it twice. */
  readonly distinct: boolean;
}

export function dictionaryOf(values: readonly Value[], distinct: boolean): Dictionary {
  return { values, distinct, size: values.length };
}

/** Numbers or ticks; `nulls[row]` is 1 where there is none. Longs beyond what a double holds are never kept so. */
export interface Numeric {
  readonly kind: 'numeric';
  readonly numbers: Float64Array;
  readonly nulls: Uint8Array | null;
}

/** 0 false, 1 true, 2 null. */
export interface Bools {
  readonly kind: 'bools';
  readonly truths: Uint8Array;
}

/** What JSON texts hold under a path of members: parsed when a row is read, not before. */
export interface JsonTexts {
  readonly kind: 'json';
  readonly texts: Data;
  readonly rows: number;
  readonly path: readonly string[];
  readonly parse: (text: string) => Dynamic;
  readonly members: JsonMembers;
}

export function jsonTexts(texts: Data, path: readonly string[], parse: (text: string) => Dynamic): JsonTexts {
  const rows = lengthOf(texts);
  const members = new JsonMembers(readerOf(texts) as (row: number) => string, rows, parse);
  members.ask(path);
  return { kind: 'json', texts, rows, path, parse, members };
}

/** A member of what JSON texts hold, found in the same pass as others of them. */
export function memberOfTexts(data: JsonTexts, name: string): JsonTexts {
  const path = [...data.path, name];
  data.members.ask(path);
  return { ...data, path };
}

export type Data = Plain | Coded | Numeric | Bools | JsonTexts;

const TRUTHS: readonly (boolean | null)[] = [false, true, null];

function isData(content: readonly Value[] | Data): content is Data {
  return !Array.isArray(content);
}

export function dataOf(content: readonly Value[] | Data): Data {
  return isData(content) ? content : { kind: 'plain', values: content };
}

export function lengthOf(data: Data): number {
  switch (data.kind) {
    case 'plain':
      return data.values.length;
    case 'coded':
      return data.codes.length;
    case 'numeric':
      return data.numbers.length;
    case 'bools':
      return data.truths.length;
    case 'json':
      return data.rows;
  }
}

export function readerOf(data: Data): (row: number) => Value {
  switch (data.kind) {
    case 'plain': {
      const { values } = data;
      return (row) => values[row] as Value;
    }
    case 'coded': {
      const { codes } = data;
      const { values } = data.dictionary;
      return (row) => values[codes[row] as number] as Value;
    }
    case 'numeric': {
      const { numbers, nulls } = data;
      if (nulls === null) return (row) => numbers[row] as number;
      return (row) => (nulls[row] === 1 ? null : (numbers[row] as number));
    }
    case 'bools': {
      const { truths } = data;
      return (row) => TRUTHS[truths[row] as number] as Value;
    }
    case 'json': {
      const text = readerOf(data.texts);
      const { parse, path } = data;
      return path.length === 0 ? (row) => parse(text(row) as string) : data.members.reader(path);
    }
  }
}

export function valuesOfData(data: Data): readonly Value[] {
  if (data.kind === 'plain') return data.values;
  const cell = readerOf(data);
  const values = new Array<Value>(lengthOf(data));
  for (let row = 0; row < values.length; row += 1) values[row] = cell(row);
  return values;
}

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

/** Bools by row: 0 false, 1 true, 2 null. Not to be written to. */
export function truthsOf(data: Data): Uint8Array {
  if (data.kind === 'bools') return data.truths;
  const truths = new Uint8Array(lengthOf(data));
  if (data.kind === 'coded') {
    const { codes } = data;
    const byCode = Uint8Array.from(data.dictionary.values, (value) => (value === null ? 2 : value === true ? 1 : 0));
    for (let row = 0; row < truths.length; row += 1) truths[row] = byCode[codes[row] as number] as number;
    return truths;
  }
  const cell = readerOf(data);
  for (let row = 0; row < truths.length; row += 1) {
    const value = cell(row);
    truths[row] = value === null ? 2 : value === true ? 1 : 0;
  }
  return truths;
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

export function sliceData(data: Data, rows: number): Data {
  const end = Math.max(0, rows);
  switch (data.kind) {
    case 'plain':
      return { kind: 'plain', values: data.values.slice(0, end) };
    case 'coded':
      return { kind: 'coded', codes: data.codes.subarray(0, end), dictionary: data.dictionary };
    case 'numeric':
      return { kind: 'numeric', numbers: data.numbers.subarray(0, end), nulls: data.nulls?.subarray(0, end) ?? null };
    case 'bools':
      return { kind: 'bools', truths: data.truths.subarray(0, end) };
    case 'json':
      return jsonTexts(sliceData(data.texts, end), data.path, data.parse);
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
  const values: Value[] = [];
  for (const part of filled) {
    const cell = readerOf(part);
    const rows = lengthOf(part);
    for (let row = 0; row < rows; row += 1) values.push(cell(row));
  }
  return { kind: 'plain', values };
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

/** A dictionary pays where values repeat: at most this share of the rows may be distinct. */
const MOST_DISTINCT = 0.6;
const SAMPLE = 4_096;

/** The values in the form in which queries are fastest; exact in every case. */
export function encode(type: KustoType, values: readonly Value[]): Data {
  switch (type) {
    case 'int':
    case 'long':
    case 'real':
    case 'datetime':
    case 'timespan':
      return encodeNumbers(values);
    case 'bool':
      return { kind: 'bools', truths: Uint8Array.from(values, (value) => (value === null ? 2 : value === true ? 1 : 0)) };
    case 'string':
    case 'guid':
      return encodeTexts(values);
    default:
      return { kind: 'plain', values };
  }
}

function encodeNumbers(values: readonly Value[]): Data {
  const numbers = new Float64Array(values.length);
  let nulls: Uint8Array | null = null;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    if (typeof value === 'number') numbers[row] = value;
    else if (value === null) {
      nulls ??= new Uint8Array(values.length);
      nulls[row] = 1;
      numbers[row] = Number.NaN;
    } else return { kind: 'plain', values };
  }
  return { kind: 'numeric', numbers, nulls };
}

function encodeTexts(values: readonly Value[]): Data {
  const known = new Map<Value, number>();
  const dictionary: Value[] = [];
  const codes = new Int32Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as Value;
    let code = known.get(value);
    if (code === undefined) {
      code = dictionary.length;
      known.set(value, code);
      dictionary.push(value);
    }
    codes[row] = code;
    if (row >= SAMPLE && (row & (SAMPLE - 1)) === 0 && dictionary.length > row * 0.95) return { kind: 'plain', values };
  }
  if (values.length > 16 && dictionary.length > values.length * MOST_DISTINCT) return { kind: 'plain', values };
  return { kind: 'coded', codes, dictionary: dictionaryOf(dictionary, true) };
}
