import { invalid, unsupported } from '../errors.ts';
import type { Call } from '../plan.ts';
import { type Match, matchesOf, needPattern, type Pattern, patternOf, quoted } from '../regex.ts';
import type { Bound } from '../run/run.ts';
import { type Dynamic, isArray, type Value } from '../types.ts';
import { convertText } from './conversion.ts';
import { argument, asText, type Scalar, type ScalarTable, textual } from './define.ts';

/** Refuses a literal pattern that is none. */
function checkPattern(index: number): (call: Call) => void {
  return (call) => {
    const pattern = call.args[index];
    if (pattern?.kind !== 'literal') return;
    const made = patternOf(String(pattern.value));
    if (typeof made === 'string') {
      throw invalid(`the regular expression ${JSON.stringify(pattern.value)}: ${made}`, call.at);
    }
  };
}

function patternAt(pattern: Bound, wrap: (source: string) => string = (source) => source): (row: number) => Pattern {
  const source = asText(pattern);
  if (!pattern.constant) return (row) => needPattern(wrap(source(row)));
  const fixed = needPattern(wrap(source(0)));
  return () => fixed;
}

const matchesRegex: Scalar = {
  check: checkPattern(1),
  bind: (_call, args) => {
    const [haystack, pattern] = args as readonly [Bound, Bound];
    const text = asText(haystack);
    const find = patternAt(pattern);
    return (row) => find(row).test(text(row));
  },
};

/** `extract(pattern, group, text [, typeof(…)])`: an empty string where nothing matches, null for other types. */
const extract: Scalar = {
  check: checkPattern(0),
  bind: (call, args) => {
    const find = patternAt(args[0] as Bound);
    const group = argument(args, 1);
    const text = asText(args[2] as Bound);
    const convert = call.type === 'string' ? null : convertText(call.type);
    return (row) => {
      const found = find(row).find(text(row))?.groups[Number(group(row))];
      return convert === null ? (found ?? '') : found === undefined ? null : convert(found);
    };
  },
};

/** All matches: of one group a list, of several a list of lists; null where nothing matches. */
const extractAll: Scalar = {
  check: (call) => {
    checkPattern(0)(call);
    const pattern = call.args[0];
    if (pattern?.kind !== 'literal') return;
    const made = patternOf(String(pattern.value));
    if (typeof made !== 'string' && (made.groupCount < 1 || made.groupCount > 16)) {
      throw invalid(`${call.name}() needs a pattern with 1 to 16 groups`, call.at);
    }
  },
  bind: (_call, args) => {
    const find = patternAt(args[0] as Bound);
    const chosen = args.length > 2 ? argument(args, 1) : null;
    const text = asText(args[args.length - 1] as Bound);
    return (row) => {
      const pattern = find(row);
      const groups = groupsOf(pattern, chosen?.(row) ?? null);
      const found = [...matchesOf(pattern, text(row))];
      if (found.length === 0) return null;
      const [only] = groups;
      if (groups.length === 1 && only !== undefined) return found.map((match) => match.groups[only] ?? '');
      return found.map((match) => groups.map((group) => match.groups[group] ?? ''));
    };
  },
};

function groupsOf(pattern: Pattern, chosen: Value): readonly number[] {
  if (!isArray(chosen)) return Array.from({ length: pattern.groupCount }, (_, index) => index + 1);
  return chosen.map((group: Dynamic) => (typeof group === 'string' ? (pattern.groupNames[group] ?? -1) : Number(group)));
}

/** `\1` … `\9` stand for groups, `\0` for the whole match. */
function replaced(text: string, pattern: Pattern, rewrite: string): string {
  let out = '';
  let at = 0;
  for (const match of matchesOf(pattern, text)) {
    out += text.slice(at, match.index) + expanded(rewrite, match);
    at = match.end;
  }
  return at === 0 && out === '' ? text : out + text.slice(at);
}

function expanded(rewrite: string, match: Match): string {
  if (!rewrite.includes('\\')) return rewrite;
  return rewrite.replace(/\\(\d|\\)/g, (_, what: string) => (what === '\\' ? '\\' : (match.groups[Number(what)] ?? '')));
}

function replacer(text: number, pattern: number, rewrite: number): Scalar {
  return {
    check: checkPattern(pattern),
    bind: (_call, args) => {
      const subject = asText(args[text] as Bound);
      const find = patternAt(args[pattern] as Bound);
      const into = asText(args[rewrite] as Bound);
      return (row) => replaced(subject(row), find(row), into(row));
    },
  };
}

/** `trim(pattern, text)` and its one-sided forms: a match at the end is cut off. */
function trim(atStart: boolean, atEnd: boolean): Scalar {
  return {
    check: checkPattern(0),
    bind: (_call, args) => {
      const [pattern, subject] = args as readonly [Bound, Bound];
      const text = asText(subject);
      const start = patternAt(pattern, (source) => `^(?:${source})`);
      const end = patternAt(pattern, (source) => `(?:${source})$`);
      return (row) => {
        let value = text(row);
        if (atStart) value = value.slice(start(row).find(value)?.end ?? 0);
        if (atEnd) value = value.slice(0, end(row).find(value)?.index ?? value.length);
        return value;
      };
    },
  };
}

const countOf: Scalar = {
  check: (call) => {
    const kind = call.args[2];
    if (kind === undefined) return;
    if (kind.kind !== 'literal' || (kind.value !== 'normal' && kind.value !== 'regex')) {
      throw unsupported(`${call.name}() of a computed kind`, call.at);
    }
    if (kind.value === 'regex') checkPattern(1)(call);
  },
  bind: (_call, args) => {
    const text = asText(args[0] as Bound);
    const regex = args[2] !== undefined && asText(args[2])(0) === 'regex';
    if (regex) {
      const find = patternAt(args[1] as Bound);
      return (row) => [...matchesOf(find(row), text(row))].length;
    }
    const needle = asText(args[1] as Bound);
    return (row) => occurrences(text(row), needle(row));
  },
};

/** Plain occurrences may overlap; those of a pattern do not. */
function occurrences(text: string, wanted: string): number {
  if (wanted === '') return 0;
  let count = 0;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) count += 1;
  return count;
}

/** `indexof_regex(text, pattern [, start [, length [, occurrence]]])` */
const indexOfRegex: Scalar = {
  check: checkPattern(1),
  bind: (_call, args) => {
    const text = asText(args[0] as Bound);
    const find = patternAt(args[1] as Bound);
    const numbers = args.slice(2).map((arg) => arg.cell);
    return (row) => {
      const [start = 0, length = -1, occurrence = 1] = numbers.map((cell) => Number(cell(row)));
      if (start < 0 || occurrence < 0 || length < -1) return null;
      const value = text(row);
      const stop = length < 0 ? value.length : start + length;
      let seen = 0;
      for (const match of matchesOf(find(row), value.slice(start, stop))) {
        seen += 1;
        if (seen === occurrence) return start + match.index;
      }
      return -1;
    };
  },
};

const extractJson: Scalar = {
  check: (call) => {
    const path = call.args[0];
    if (path?.kind === 'literal' && pathOf(String(path.value)) === null) {
      throw invalid(`${call.name}(): the path ${JSON.stringify(path.value)}`, call.at);
    }
  },
  bind: (call, args, run) => {
    const path = asText(args[0] as Bound);
    const source = args[1] as Bound;
    const convert = call.type === 'string' ? null : convertText(call.type);
    return (row) => {
      const steps = pathOf(path(row));
      const root = source.type === 'dynamic' ? (source.cell(row) as Dynamic) : run.json(asText(source)(row));
      const found = steps === null ? null : memberAt(root, steps);
      const text = asText({ type: 'dynamic', constant: true, cell: () => found })(0);
      return convert === null ? text : found === null ? null : convert(text);
    };
  },
};

/** `$.a['b c'][0]` as its steps; `null` for what is no path. */
export function pathOf(path: string): readonly (string | number)[] | null {
  if (!path.startsWith('$')) return null;
  const steps: (string | number)[] = [];
  const step = /\.([^.[\]]+)|\[\s*(?:(-?\d+)|'([^']*)'|"([^"]*)")\s*\]/y;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const found = step.exec(path);
    if (found === null) return null;
    const [, name, index, single, double] = found;
    steps.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index));
  }
  return steps;
}

function memberAt(root: Dynamic, steps: readonly (string | number)[]): Dynamic {
  let at: Dynamic = root;
  for (const step of steps) {
    if (typeof step === 'number') {
      at = isArray(at) ? (at[step < 0 ? at.length + step : step] ?? null) : null;
    } else {
      const bag = at as Record<string, Dynamic> | null;
      at = typeof bag === 'object' && bag !== null && Object.hasOwn(bag, step) ? (bag[step] ?? null) : null;
    }
  }
  return at;
}

export const PATTERNS: ScalarTable = {
  'matches regex': matchesRegex,
  extract,
  extract_all: extractAll,
  extractall: extractAll,
  extract_json: extractJson,
  extractjson: extractJson,
  replace_regex: replacer(0, 1, 2),
  replace: replacer(2, 0, 1),
  regex_quote: textual((text) => quoted(text).replaceAll('\\/', '/')),
  trim: trim(true, true),
  trim_start: trim(true, false),
  trim_end: trim(false, true),
  countof: countOf,
  indexof_regex: indexOfRegex,
};
