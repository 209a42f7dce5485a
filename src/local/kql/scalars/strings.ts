import { unsupported } from '../errors.ts';
import { textOf } from '../json.ts';
import { regexOf } from '../regex.ts';
import type { Bound, Cell } from '../run/run.ts';
import { type Dynamic, isArray, type Value } from '../types.ts';
import { argument, asText, type Scalar, type ScalarTable, textual } from './define.ts';
import { checkPattern } from './terms.ts';

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
      const begin = Number(from) < 0 ? Math.max(0, size + Number(from)) : Number(from);
      return Number(count) <= 0 ? '' : slice(value, begin, begin + Number(count));
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

/** `extract(pattern, group, text [, typeof(…)])`: an empty string where nothing matches, null for other types. */
const extract: Scalar = {
  check: (call) => {
    checkPattern(0)(call);
    if (call.args.length > 3) throw unsupported('extract() with a type', call.at);
  },
  bind: (_call, args) => {
    const find = matcher(args[0] as Bound, '');
    const group = argument(args, 1);
    const text = asText(args[2] as Bound);
    return (row) => find(row)?.exec(text(row))?.[Number(group(row))] ?? '';
  },
};

function matcher(pattern: Bound, flags: string): (row: number) => RegExp | null {
  const source = asText(pattern);
  if (!pattern.constant) return (row) => regexOf(source(row), flags);
  const fixed = regexOf(source(0), flags);
  return () => fixed;
}

const replaceRegex: Scalar = {
  check: checkPattern(1),
  bind: (_call, args) => {
    const text = asText(args[0] as Bound);
    const find = matcher(args[1] as Bound, 'g');
    const rewrite = asText(args[2] as Bound);
    return (row) => {
      const regex = find(row);
      const into = rewrite(row)
        .replace(/\$/g, '$$$$')
        .replace(/\\(\d)/g, (_, group: string) => (group === '0' ? '$&' : `$${group}`));
      return regex === null ? text(row) : text(row).replace(regex, into);
    };
  },
};

/** `trim(pattern, text)` and its one-sided forms: whole matches at the ends are cut off. */
function trim(atStart: boolean, atEnd: boolean): Scalar {
  return {
    check: checkPattern(0),
    bind: (_call, args) => {
      const [pattern, subject] = args as readonly [Bound, Bound];
      const text = asText(subject);
      const source = asText(pattern);
      const trimmer = (row: number): ((value: string) => string) => {
        const start = atStart ? regexOf(`^(?:${source(row)})`) : null;
        const end = atEnd ? regexOf(`(?:${source(row)})$`) : null;
        return (value) => cutEnd(cutStart(value, start), end);
      };
      const fixed = pattern.constant ? trimmer(0) : null;
      return (row) => (fixed ?? trimmer(row))(text(row));
    },
  };
}

function cutStart(text: string, pattern: RegExp | null): string {
  return pattern === null ? text : text.replace(pattern, '');
}

function cutEnd(text: string, pattern: RegExp | null): string {
  return pattern === null ? text : text.replace(pattern, '');
}

/** The length bounds where an occurrence may begin. */
const indexOf: Scalar = {
  bind: (_call, args) => {
    const text = asText(args[0] as Bound);
    const needle = asText(args[1] as Bound);
    const numbers = args.slice(2).map((arg) => arg.cell);
    return (row) => {
      const [start = 0, length = -1, occurrence = 1] = numbers.map((cell) => Number(cell(row)));
      const value = text(row);
      const from = start < 0 ? Math.max(0, value.length + start) : start;
      const found = nth(value, needle(row), from, occurrence);
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

const countOf: Scalar = {
  check: (call) => {
    const kind = call.args[2];
    if (kind !== undefined && (kind.kind !== 'literal' || kind.value !== 'normal'))
      throw unsupported('countof() of this kind', call.at);
  },
  bind: (_call, args) => {
    const text = asText(args[0] as Bound);
    const needle = asText(args[1] as Bound);
    return (row) => {
      const wanted = needle(row);
      if (wanted === '') return 0;
      const value = text(row);
      let count = 0;
      for (let at = value.indexOf(wanted); at >= 0; at = value.indexOf(wanted, at + 1)) count += 1;
      return count;
    };
  },
};

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

function safely(f: (text: string) => string): (text: string) => string {
  return (text) => {
    try {
      return f(text);
    } catch {
      return '';
    }
  };
}

const strrep: Scalar = {
  bind: (_call, args) => {
    const text = asText(args[0] as Bound);
    const count: Cell = argument(args, 1);
    const delimiter = args[2] === undefined ? () => '' : asText(args[2]);
    return (row) => Array.from({ length: Math.min(1024, Math.max(0, Number(count(row)))) }, () => text(row)).join(delimiter(row));
  },
};

export const STRINGS: ScalarTable = {
  strlen: sized((text) => characters(text).length),
  string_size: sized((text) => Buffer.byteLength(text)),
  tolower: textual((text) => text.toLowerCase()),
  toupper: textual((text) => text.toUpperCase()),
  strcat: textual((...texts) => texts.join('')),
  strcat_delim: textual((delimiter = '', ...texts) => texts.join(delimiter)),
  strcat_array: strcatArray,
  strcmp: textual((a, b = '') => (a < b ? -1 : a > b ? 1 : 0)),
  strrep,
  reverse: textual((text) => [...text].reverse().join('')),
  substring,
  split,
  extract,
  indexof: indexOf,
  countof: countOf,
  replace_string: textual((text, from = '', to = '') => (from === '' ? text : text.replaceAll(from, () => to))),
  replace_regex: replaceRegex,
  replace: {
    ...replaceRegex,
    check: checkPattern(0),
    bind: (call, [pattern, rewrite, text], run) => replaceRegex.bind(call, [text, pattern, rewrite] as Bound[], run),
  },
  trim: trim(true, true),
  trim_start: trim(true, false),
  trim_end: trim(false, true),
  isascii: textual((text) => [...text].every((char) => char.charCodeAt(0) < 128)),
  base64_encode_tostring: textual((text) => Buffer.from(text).toString('base64')),
  base64_decode_tostring: textual((text) => Buffer.from(text, 'base64').toString()),
  url_encode_component: textual((text) => encodeURIComponent(text)),
  url_decode: textual(safely(decodeURIComponent)),
};
