import { quoted } from '../regex.ts';
import type { Bound } from '../run/run.ts';
import { type Dynamic, isArray } from '../types.ts';
import { asText, type Scalar, type ScalarTable } from './define.ts';

/*
 * The string predicates. A term is a run of letters and digits; everything else, the underscore too, parts terms. `has` looks for a
 * whole term, `contains` for any part.
 */

type Matcher = (text: string) => boolean;
type MakeMatcher = (needle: string, caseless: boolean) => Matcher;

const TERM = /[\p{L}\p{N}]/u;

function isTermAt(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
  return (
    !Number.isNaN(code) &&
    TERM.test(
      code >= 0xdc00 && code <= 0xdfff ? text.slice(index - 1, index + 1) : String.fromCodePoint(text.codePointAt(index) ?? 0),
    )
  );
}

/** Finds the needle where it begins (`before`) or ends (`after`) at the edge of a term. */
export function termMatcher(before: boolean, after: boolean): MakeMatcher {
  return (needle, caseless) => {
    if (needle === '') return () => true;
    const edgeBefore = before && isTermAt(needle, 0);
    const edgeAfter = after && isTermAt(needle, needle.length - 1);
    const pattern = new RegExp(quoted(needle), caseless ? 'gi' : 'g');
    return (text) => {
      pattern.lastIndex = 0;
      for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
        const end = found.index + found[0].length;
        if (
          !(edgeBefore && found.index > 0 && isTermAt(text, found.index - 1)) &&
          !(edgeAfter && end < text.length && isTermAt(text, end))
        ) {
          return true;
        }
        pattern.lastIndex = found.index + 1;
      }
      return false;
    };
  };
}

const contains: MakeMatcher = (needle, caseless) => {
  if (!caseless) return (text) => text.includes(needle);
  const pattern = new RegExp(quoted(needle), 'i');
  return (text) => pattern.test(text);
};

const startsWith: MakeMatcher = (needle, caseless) => {
  if (!caseless) return (text) => text.startsWith(needle);
  const wanted = needle.toLowerCase();
  return (text) => text.slice(0, needle.length).toLowerCase() === wanted;
};

const endsWith: MakeMatcher = (needle, caseless) => {
  if (!caseless) return (text) => text.endsWith(needle);
  const wanted = needle.toLowerCase();
  return (text) => text.length >= needle.length && text.slice(text.length - needle.length).toLowerCase() === wanted;
};

function predicate(make: MakeMatcher, caseless: boolean, negated: boolean): Scalar {
  return {
    bind: (_call, args) => {
      const [haystack, needle] = args as readonly [Bound, Bound];
      const text = asText(haystack);
      const wanted = asText(needle);
      if (needle.constant) {
        const matches = make(wanted(0), caseless);
        return (row) => matches(text(row)) !== negated;
      }
      return (row) => make(wanted(row), caseless)(text(row)) !== negated;
    },
  };
}

/** All four forms of a predicate: plain, `_cs`, `!` and both. */
function family(name: string, make: MakeMatcher): ScalarTable {
  return {
    [name]: predicate(make, true, false),
    [`${name}_cs`]: predicate(make, false, false),
    [`!${name}`]: predicate(make, true, true),
    [`!${name}_cs`]: predicate(make, false, true),
  };
}

function listPredicate(every: boolean): Scalar {
  const make = termMatcher(true, true);
  return {
    bind: (_call, args) => {
      const [haystack, ...needles] = args as readonly [Bound, ...Bound[]];
      const text = asText(haystack);
      const matchersAt = (row: number): readonly Matcher[] =>
        needles.flatMap((needle) => needlesOf(needle, row)).map((needle) => make(needle, true));
      const fixed = needles.every((needle) => needle.constant) ? matchersAt(0) : null;
      return (row) => {
        const matchers = fixed ?? matchersAt(row);
        const value = text(row);
        return every ? matchers.every((matches) => matches(value)) : matchers.some((matches) => matches(value));
      };
    },
  };
}

function needlesOf(needle: Bound, row: number): readonly string[] {
  const value = needle.cell(row);
  if (needle.type !== 'dynamic' || !isArray(value)) return [asText(needle)(row)];
  return value.map((item: Dynamic) => asText({ type: 'dynamic', constant: true, cell: () => item })(0));
}

export const TERMS: ScalarTable = {
  ...family('has', termMatcher(true, true)),
  ...family('hasprefix', termMatcher(true, false)),
  ...family('hassuffix', termMatcher(false, true)),
  ...family('contains', contains),
  ...family('startswith', startsWith),
  ...family('endswith', endsWith),
  has_any: listPredicate(false),
  has_all: listPredicate(true),
};
