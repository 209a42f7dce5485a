import { RE2JS } from 're2js';
import { TocsinError } from '../../model/errors.ts';
import { safeJavaScript } from './regex-fast.ts';

/*
 * Kusto's regular expressions are RE2's: what RE2 refuses is refused, and no pattern takes more than linear time. Patterns that cannot
 * backtrack much run on JavaScript's own engine, which is some ten times faster; all others on an RE2 automaton.
 */

export interface Match {
  readonly index: number;
  readonly end: number;
  /** The whole match, then every group; `undefined` for a group that took no part. */
  readonly groups: readonly (string | undefined)[];
}

export interface Pattern {
  readonly groupCount: number;
  /** The number of every named group. */
  readonly groupNames: Readonly<Record<string, number>>;
  test(text: string): boolean;
  /** The first match that begins at `from` or later. */
  find(text: string, from?: number): Match | null;
}

const known = new Map<string, Pattern | string>();

/** The pattern, or the text of what is wrong with it. */
export function patternOf(source: string): Pattern | string {
  const found = known.get(source);
  if (found !== undefined) return found;
  const made = compile(source);
  if (known.size >= 500) known.clear();
  known.set(source, made);
  return made;
}

/** A pattern that the query makes while it runs. @throws TocsinError TCN-R015 when it is none. */
export function needPattern(source: string): Pattern {
  const pattern = patternOf(source);
  if (typeof pattern === 'string')
    throw new TocsinError('TCN-R015', `the regular expression ${JSON.stringify(source)}: ${pattern}`);
  return pattern;
}

/** Longer texts go to the automaton even where JavaScript's engine needs no more than quadratic time. */
const FAST_LENGTH = 2_000;

function compile(source: string): Pattern | string {
  let automaton: RE2JS;
  try {
    automaton = RE2JS.compile(source);
  } catch (error) {
    return String((error as Error).message).replace(/^error parsing regexp: /, '');
  }
  const slow = automatonPattern(automaton);
  const fast = safeJavaScript(source);
  if (fast === null) return slow;
  const { regex, linear } = fast;
  const within = (text: string): boolean => linear || text.length <= FAST_LENGTH;
  return {
    ...slow,
    test: (text) => {
      if (!within(text)) return slow.test(text);
      regex.lastIndex = 0;
      return regex.test(text);
    },
    find: (text, from = 0) => {
      if (!within(text)) return slow.find(text, from);
      regex.lastIndex = from;
      const found = regex.exec(text);
      return found === null ? null : { index: found.index, end: found.index + found[0].length, groups: found };
    },
  };
}

function automatonPattern(automaton: RE2JS): Pattern {
  const groupCount = automaton.groupCount();
  return {
    groupCount,
    groupNames: automaton.namedGroups(),
    test: (text) => automaton.test(text),
    find: (text, from = 0) => {
      const matcher = automaton.matcher(text);
      if (!matcher.find(from)) return null;
      const groups = Array.from({ length: groupCount + 1 }, (_, group) => matcher.group(group) ?? undefined);
      return { index: matcher.start(), end: matcher.end(), groups };
    },
  };
}

/** All matches from left to right; an empty one right after another does not count, as in RE2. */
export function* matchesOf(pattern: Pattern, text: string): Generator<Match> {
  let from = 0;
  let last = -1;
  while (from <= text.length) {
    const match = pattern.find(text, from);
    if (match === null) return;
    const empty = match.end === match.index;
    if (!empty || match.index !== last) yield match;
    last = match.end;
    from = empty ? match.end + ((text.codePointAt(match.end) ?? 0) > 0xffff ? 2 : 1) : match.end;
  }
}

/** Text as an expression that matches just it. */
export function quoted(text: string): string {
  return text.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
}
