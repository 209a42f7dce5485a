import { isBlank, isLongInteger, type Json, type JsonObject, parseLossless, trimPadding } from './json.ts';
import type { Repair } from './repairs.ts';

const MAX_DEPTH = 200;
const LITERALS: readonly (readonly [string, Json, Repair | null])[] = [
  ['true', true, null],
  ['false', false, null],
  ['null', null, null],
  ['True', true, 'foreign literal'],
  ['False', false, 'foreign literal'],
  ['None', null, 'foreign literal'],
  ['NaN', null, 'foreign literal'],
  ['Infinity', null, 'foreign literal'],
  ['-Infinity', null, 'foreign literal'],
  ['undefined', null, 'foreign literal'],
];
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_$][\w$.-]*/y;
const WORD_GOES_ON = /[\w$]/;
const NEXT_MEMBER = /,\s*(?:'(?:[^'\\]|\\.){0,200}'|"(?:[^"\\]|\\.){0,200}")\s*:/y;
const NEXT_ITEM = /,\s*(?:['"{[\d-]|true|false|null)/y;
const CLOSERS = /[\s}\]]+(?:[,{]|$)/y;

/** What a value was parsed to: `value` is undefined when there is none, and `end` is then where it went wrong. */
export interface Attempt {
  readonly value: Json | undefined;
  readonly end: number;
  /** The text ended inside of the value. */
  readonly cut: boolean;
  readonly repairs: readonly Repair[];
}

/**
 * The JSON value at `start`, read with patience: single-quoted strings (by tokenizing, with apostrophes inside of them), raw control
 * characters, stray commas, literals and bare names of other languages. What is valid JSON reads as JSON.parse would, long integers
 * as in `parseLossless`. Never throws; `end` is the first character after the value.
 */
export function parseLenient(text: string, start: number): Attempt {
  const reader = new Reader(text, start);
  const value = reader.value(0);
  return { value, end: reader.at, cut: value === undefined && reader.at >= text.length, repairs: reader.repairs };
}

/** The object or list that a text is as a whole: strictly if it can be, else with patience. `null`: the text is something else. */
export function parseText(text: string): { readonly value: Json; readonly repairs: readonly Repair[] } | null {
  const trimmed = trimPadding(text);
  if (!trimmed.startsWith('{') && !trimmed.startsWith('[')) return null;
  try {
    return { value: parseLossless(trimmed), repairs: [] };
  } catch {
    const { value, end, repairs } = parseLenient(trimmed, 0);
    return value === undefined || end < trimmed.length ? null : { value, repairs };
  }
}

type Place = 'name' | 'member' | 'item' | 'alone';

class Reader {
  readonly repairs: Repair[] = [];
  readonly text: string;
  at: number;

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  value(depth: number, place: Place = 'alone'): Json | undefined {
    this.skipBlanks();
    switch (this.text[this.at]) {
      case '{':
        return depth < MAX_DEPTH ? this.object(depth + 1) : undefined;
      case '[':
        return depth < MAX_DEPTH ? this.list(depth + 1) : undefined;
      case '"':
        return this.doubleQuoted();
      case "'":
        return this.singleQuoted(place);
      default: {
        const literal = this.literal();
        return literal === undefined ? this.number() : literal;
      }
    }
  }

  private object(depth: number): JsonObject | undefined {
    const members: Record<string, Json> = {};
    this.at++;
    for (let count = 0; ; count++) {
      if (this.closes('}', count)) return members;
      const name = this.name();
      if (name === undefined) return undefined;
      this.skipBlanks();
      if (this.text[this.at] !== ':') return undefined;
      this.at++;
      const value = this.value(depth, 'member');
      if (value === undefined) return undefined;
      define(members, name, value);
      if (!this.separates('}')) return undefined;
    }
  }

  private list(depth: number): Json[] | undefined {
    const items: Json[] = [];
    this.at++;
    for (let count = 0; ; count++) {
      if (this.closes(']', count)) return items;
      const value = this.value(depth, 'item');
      if (value === undefined) return undefined;
      items.push(value);
      if (!this.separates(']')) return undefined;
    }
  }

  /** At the closing bracket, also after a comma too many. */
  private closes(bracket: string, count: number): boolean {
    this.skipBlanks();
    if (this.text[this.at] !== bracket) return false;
    if (count > 0 && this.lastBefore(this.at) === ',') this.repairs.push('trailing comma');
    this.at++;
    return true;
  }

  /** Passes the comma; stays before the closing bracket. */
  private separates(bracket: string): boolean {
    this.skipBlanks();
    if (this.text[this.at] === ',') {
      this.at++;
      return true;
    }
    return this.text[this.at] === bracket;
  }

  private name(): string | undefined {
    this.skipBlanks();
    const quote = this.text[this.at];
    if (quote === '"') return this.doubleQuoted();
    if (quote === "'") return this.singleQuoted('name');
    const bare = this.match(NAME);
    if (bare !== undefined) this.repairs.push('unquoted name');
    return bare;
  }

  private doubleQuoted(): string | undefined {
    return this.quoted('"', () => true);
  }

  private singleQuoted(place: Place): string | undefined {
    const string = this.quoted("'", (at) => this.endsSingleQuoted(at, place));
    if (string !== undefined && this.repairs.at(-1) !== 'single quotes') this.repairs.push('single quotes');
    return string;
  }

  private quoted(quote: string, ends: (at: number) => boolean): string | undefined {
    const { text } = this;
    let string = '';
    let copied = this.at + 1;
    let control = false;
    for (let at = copied; at < text.length; at++) {
      const character = text[at];
      if (character === quote && ends(at)) {
        this.at = at + 1;
        if (control) this.repairs.push('control characters');
        return string + text.slice(copied, at);
      }
      if (character === '\\') {
        const [unescaped, length] = this.escape(at);
        string += text.slice(copied, at) + unescaped;
        at += length - 1;
        copied = at + 1;
      } else if (text.charCodeAt(at) < 32) control = true;
    }
    this.at = text.length;
    return undefined;
  }

  /** The character that the escape at `at` stands for, and the length of the escape. */
  private escape(at: number): readonly [string, number] {
    const letter = this.text[at + 1] ?? '';
    if (letter === '"' || letter === '\\' || letter === '/') return [letter, 2];
    const plain = ESCAPES[letter];
    if (plain !== undefined) return [plain, 2];
    const hex = this.text.slice(at + 2, at + 6);
    if (letter === 'u' && /^[0-9a-fA-F]{4}$/.test(hex)) return [String.fromCharCode(Number.parseInt(hex, 16)), 6];
    if (letter === "'") return ["'", 2];
    this.repairs.push('bad escape');
    return ['\\', 1];
  }

  /** Whether the apostrophe at `at` ends the string: only where what follows can follow a string in its place. */
  private endsSingleQuoted(at: number, place: Place): boolean {
    let next = at + 1;
    while (isBlank(this.text.charCodeAt(next))) next++;
    const character = this.text[next];
    if (character === undefined) return true;
    if (place === 'name') return character === ':';
    if (place === 'alone') return false;
    if (character === ',') return this.matches(place === 'member' ? NEXT_MEMBER : NEXT_ITEM, next);
    if (character === (place === 'member' ? '}' : ']')) return this.matches(CLOSERS, next);
    return false;
  }

  private number(): number | string | undefined {
    const digits = this.match(NUMBER);
    if (digits === undefined) return undefined;
    if (/^-?0\d/.test(digits)) {
      this.repairs.push('bad number');
      return digits;
    }
    const whole = /^-?(\d+)$/.exec(digits)?.[1];
    return whole !== undefined && isLongInteger(whole) ? digits : Number(digits);
  }

  private literal(): Json | undefined {
    for (const [word, value, repair] of LITERALS) {
      if (!this.text.startsWith(word, this.at) || WORD_GOES_ON.test(this.text[this.at + word.length] ?? '')) continue;
      this.at += word.length;
      if (repair !== null) this.repairs.push(repair);
      return value;
    }
    return undefined;
  }

  private skipBlanks(): void {
    while (isBlank(this.text.charCodeAt(this.at))) this.at++;
  }

  private lastBefore(at: number): string | undefined {
    let before = at - 1;
    while (isBlank(this.text.charCodeAt(before))) before--;
    return this.text[before];
  }

  private matches(pattern: RegExp, at: number): boolean {
    pattern.lastIndex = at;
    return pattern.test(this.text);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}

/** Defines an own member whatever its name: assigning to `__proto__` would reach the prototype instead. */
function define(members: Record<string, Json>, name: string, value: Json): void {
  if (name === '__proto__') {
    Object.defineProperty(members, name, { value, writable: true, enumerable: true, configurable: true });
  } else members[name] = value;
}
