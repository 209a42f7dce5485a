import { TocsinError } from '../../../model/errors.ts';
import { textOf } from '../json.ts';
import type { Bound, Cell } from '../run/run.ts';
import { type Dynamic, isArray, type Value } from '../types.ts';
import { argument, asText, held, type Scalar, type ScalarTable, textual } from './define.ts';
import { termMatcher } from './terms.ts';

const SURROGATE = /[\ud800-\udfff]/;

/** Text as characters: code points, not UTF-16 units. */
function characters(text: string): readonly string[] | string {
  return SURROGATE.test(text) ? [...text] : text;
}

function slice(text: string, start: number, end?: number): string {
  const units = characters(text);
  return typeof units === 'string' ? units.slice(start, end) : units.slice(start, end).join('');
}

/** Zero-based; a negative start counts from the end, a null index gives null. */
const substring: Scalar = {
  bind: (_call, args) => {
    const text = asText(args[0] as Bound);
    const start = argument(args, 1);
    const length = args[2]?.cell;
    return (row) => {
      const from = start(row);
      const count = length === undefined ? Number.POSITIVE_INFINITY : length(row);
      if (from === null || count === null) return null;
      const value = text(row);
      const size = characters(value).length;
      const begin = Number(from) < 0 ? size + Number(from) : Number(from);
      return Number(count) <= 0 || begin < 0 ? '' : slice(value, begin, begin + Number(count));
    };
  },
};

const split: Scalar = {
  bind: (_call, args) => {
    const text = asText(args[0] as Bound);
    const separator = asText(args[1] as Bound);
    const index = args[2]?.cell;
    return (row) => {
      const by = separator(row);
      const parts = by === '' ? [text(row)] : text(row).split(by);
      if (index === undefined) return parts;
      const wanted = Number(index(row));
      const part = parts[wanted < 0 ? parts.length + wanted : wanted];
      return part === undefined ? null : [part];
    };
  },
};

/** The length bounds where an occurrence may begin. */
const indexOf: Scalar = {
  bind: (_call, args) => {
    const text = asText(args[0] as Bound);
    const needle = asText(args[1] as Bound);
    const numbers = args.slice(2).map((arg) => arg.cell);
    return (row) => {
      const [start = 0, length = -1, occurrence = 1] = numbers.map((cell) => Number(cell(row)));
      const value = text(row);
      const wanted = needle(row);
      if (wanted === '') return null;
      const from = start < 0 ? Math.max(0, value.length + start) : start;
      const found = nth(value, wanted, from, occurrence);
      return length >= 0 && found >= from + length ? -1 : found;
    };
  },
};

function nth(text: string, needle: string, from: number, occurrence: number): number {
  let at = from - 1;
  for (let found = 0; found < occurrence; found += 1) {
    at = text.indexOf(needle, at + 1);
    if (at < 0) return -1;
  }
  return at;
}

const strcatArray: Scalar = {
  bind: (_call, args) => {
    const items = argument(args, 0);
    const delimiter = asText(args[1] as Bound);
    return (row) => {
      const value = items(row);
      return isArray(value) ? value.map((item: Dynamic) => textOf(item, 'dynamic')).join(delimiter(row)) : '';
    };
  },
};

function sized(f: (text: string) => Value): Scalar {
  return textual(f);
}

/** At most 1024 times. @throws TocsinError TCN-L010 for a text of more than 64 Mi characters. */
const strrep: Scalar = {
  bind: (_call, args, run) => {
    const text = asText(args[0] as Bound);
    const count: Cell = argument(args, 1);
    const delimiter = args[2] === undefined ? () => '' : asText(args[2]);
    return held((row) => {
      const times = Math.min(1024, Math.max(0, Number(count(row))));
      const [value, between] = [text(row), delimiter(row)];
      if ((value.length + between.length) * times > LONGEST)
        throw new TocsinError('TCN-L010', 'a text of more than 64 Mi characters');
      return new Array<string>(times).fill(value).join(between);
    }, run);
  },
};

const LONGEST = 64 * 1_048_576;

/** Which of the terms is found first in the list's order, or -1. */
const hasAnyIndex: Scalar = {
  bind: (_call, args) => {
    const text = asText(args[0] as Bound);
    const list = argument(args, 1);
    return (row) => {
      const terms = list(row);
      const value = text(row);
      if (!isArray(terms)) return null;
      return terms.findIndex((term: Dynamic) => termMatcher(true, true)(textOf(term, 'dynamic'), true)(value));
    };
  },
};

/** Text after text of the first list, each only where none before it was found. A replacement that is no text keeps what was found. */
const replaceStrings: Scalar = {
  bind: (_call, args) => {
    const text = asText(args[0] as Bound);
    const [lookups, rewrites] = [argument(args, 1), argument(args, 2)];
    return (row) => {
      const [from, into] = [lookups(row), rewrites(row)];
      if (!isArray(from) || !isArray(into)) return text(row);
      let pieces: readonly Piece[] = [{ text: text(row), settled: false }];
      for (const [index, item] of from.entries()) {
        if (typeof item !== 'string' || item === '') continue;
        const replacement = into[index];
        pieces = pieces.flatMap((piece) => (piece.settled ? [piece] : pieced(piece.text, item, replacement ?? null)));
      }
      return pieces.map((piece) => piece.text).join('');
    };
  },
};

interface Piece {
  readonly text: string;
  readonly settled: boolean;
}

function pieced(text: string, wanted: string, replacement: Dynamic): readonly Piece[] {
  const found: Piece = { text: typeof replacement === 'string' ? replacement : wanted, settled: true };
  return text.split(wanted).flatMap((part, index) => [...(index === 0 ? [] : [found]), { text: part, settled: false }]);
}

/** Characters of the first list by those at the same place of the second, whose last stands for all that it lacks. */
function translate(from: string, into = '', text = ''): string {
  const [search, replacement] = [[...from], [...into]];
  const by = new Map<string, string>();
  for (const [index, char] of search.entries()) {
    if (!by.has(char)) by.set(char, replacement[Math.min(index, replacement.length - 1)] ?? '');
  }
  return [...text].map((char) => by.get(char) ?? char).join('');
}

/** Code points, one by one or in arrays, as text. */
const makeString: Scalar = {
  bind: (_call, args) => {
    const cells = args.map((arg) => arg.cell);
    return (row) =>
      cells
        .flatMap((cell): readonly Value[] => {
          const value = cell(row);
          return isArray(value) ? value : [value];
        })
        .map((point) => (validCodePoint(point) ? String.fromCodePoint(Number(point)) : ''))
        .join('');
  },
};

function validCodePoint(point: Value): boolean {
  return typeof point === 'number' && Number.isInteger(point) && point >= 0 && point <= 0x10ffff;
}

const codePoints = textual((text) => [...text].map((char) => char.codePointAt(0) ?? 0));

export const STRINGS: ScalarTable = {
  strlen: sized((text) => characters(text).length),
  string_size: sized((text) => Buffer.byteLength(text)),
  tolower: textual((text) => text.toLowerCase()),
  toupper: textual((text) => text.toUpperCase()),
  strcat: textual((...texts) => texts.join('')),
  strcat_delim: textual((delimiter = '', ...texts) => texts.join(delimiter)),
  strcat_array: strcatArray,
  array_strcat: strcatArray,
  strcmp: textual((a, b = '') => (a < b ? -1 : a > b ? 1 : 0)),
  strrep,
  reverse: textual((text) => [...text].reverse().join('')),
  substring,
  split,
  indexof: indexOf,
  has_any_index: hasAnyIndex,
  replace_string: textual((text, from = '', to = '') => (from === '' ? text : text.replaceAll(from, () => to))),
  replace_strings: replaceStrings,
  translate: textual(translate),
  to_utf8: codePoints,
  unicode_codepoints_from_string: codePoints,
  make_string: makeString,
  unicode_codepoints_to_string: makeString,
  isascii: textual((text) => Buffer.byteLength(text) === text.length),
  isutf8: textual((text) => Buffer.from(text).toString() === text),
};
