import { type ByteTexts, textReader } from './byte-texts.ts';
import { JsonMembers, type JsonRows } from './json-members.ts';
import { readMembers, readMembersOfBytes } from './json-path.ts';
import type { Dynamic, Value } from './types.ts';

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

/** Bytes are looked through where they lie. */
function jsonRows(texts: Data): JsonRows {
  const text = readerOf(texts) as (row: number) => string;
  if (texts.kind !== 'bytes') return { text, members: (row, names, into) => readMembers(text(row), names, into) };
  const { blocks, places, starts, ends } = texts;
  return {
    text,
    members: (row, names, into) => {
      const block = blocks[places[row] as number];
      return block === undefined
        ? readMembers(text(row), names, into)
        : readMembersOfBytes(block, starts[row] as number, ends[row] as number, names, into);
    },
  };
}

export function jsonTexts(texts: Data, path: readonly string[], parse: (text: string) => Dynamic): JsonTexts {
  const rows = lengthOf(texts);
  const members = new JsonMembers(jsonRows(texts), rows, parse);
  members.ask(path);
  return { kind: 'json', texts, rows, path, parse, members };
}

/** A member of what JSON texts hold, found in the same pass as others of them. */
export function memberOfTexts(data: JsonTexts, name: string): JsonTexts {
  const path = [...data.path, name];
  data.members.ask(path);
  return { ...data, path };
}

export type Data = Plain | Coded | Numeric | Bools | JsonTexts | ByteTexts;

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
    case 'bytes':
      return data.places.length;
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
    case 'bytes':
      return textReader(data);
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
