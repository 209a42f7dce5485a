import type { Labels } from './labels.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** One condition on a label, as Alertmanager has them. A label that is missing counts as empty; expressions describe the whole value. */
export interface Matcher {
  readonly name: string;
  readonly op: MatchOperator;
  readonly value: string;
}

export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** Compiled expressions by their text; silences come and go, so it is emptied when it has grown. */
const compiled = new Map<string, Pattern | string>();
const MOST_COMPILED = 1_000;

/** Whether every matcher holds; none is no condition. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matches(matcher, labels));
}

/** Whether the matcher holds. An expression that cannot be compiled, which parsing refuses, matches nothing either way. */
function matches({ name, op, value }: Matcher, labels: Labels): boolean {
  const actual = labels[name] ?? '';
  if (op === '=') return actual === value;
  if (op === '!=') return actual !== value;
  const pattern = patternOf(value);
  return typeof pattern !== 'string' && pattern.matches(actual) === (op === '=~');
}

/** What is wrong with a matcher that has its form, `null` when nothing is. */
export function matcherProblem({ name, op, value }: Matcher): string | null {
  if (name === '') return 'a label name is missing';
  if (op === '=' || op === '!=') return null;
  const pattern = patternOf(value);
  return typeof pattern === 'string' ? `${JSON.stringify(value)} is no RE2 expression: ${pattern}` : null;
}

/** Reads `name="value"` and lists of them, `{a="b", c!~"d|e"}`, quotes and braces optional. A text says what is wrong. */
export function parseMatchers(written: string): readonly Matcher[] | string {
  const text = written.trim();
  const braced = text.startsWith('{');
  if (braced !== text.endsWith('}')) return 'a brace stands alone';
  let rest = braced ? text.slice(1, -1).trim() : text;
  const found: Matcher[] = [];
  while (rest !== '') {
    const match = ONE.exec(rest);
    if (match === null) return `expected name="value" at ${JSON.stringify(rest.slice(0, 40))}`;
    const [whole, name = '', op = '', value = ''] = match;
    const matcher = { name: unquoted(name), op: op as MatchOperator, value: unquoted(value) };
    const problem = matcherProblem(matcher);
    if (problem !== null) return problem;
    found.push(matcher);
    rest = rest.slice(whole.length).trim();
  }
  return found;
}

/** The matcher as it is written, quoted. */
export function matcherText({ name, op, value }: Matcher): string {
  return `${PLAIN_NAME.test(name) ? name : quoted(name)}${op}${quoted(value)}`;
}

const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;
const BARE = String.raw`[^\s{}!=~,\\"'${'`'}]+`;
const ONE = new RegExp(String.raw`^(${QUOTED}|${BARE})\s*(=~|!~|!=|=)\s*(${QUOTED}|${BARE}|)\s*(?:,\s*|$)`, 'su');
const PLAIN_NAME = new RegExp(`^${BARE}$`, 'u');

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t' };

/** Of backslashes in quotes only those before a quote, a backslash, `n` and `t` are escapes: expressions are full of others. */
function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(["\\nt])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function patternOf(source: string): Pattern | string {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  const pattern = compilePattern(source);
  compiled.set(source, pattern);
  return pattern;
}
