/* RE2's syntax, read into a tree. Captures are of no use to matchers: groups only group, and lazy repetition is repetition. */

export type Node =
  | { readonly kind: 'one'; readonly test: RegExp }
  | { readonly kind: 'assert'; readonly at: Assertion }
  | { readonly kind: 'all' | 'any'; readonly items: readonly Node[] }
  | { readonly kind: 'repeat'; readonly item: Node; readonly min: number; readonly max: number };

export type Assertion = 'text start' | 'text end' | 'line start' | 'line end' | 'boundary' | 'no boundary';

interface Flags {
  readonly fold: boolean;
  readonly lines: boolean;
  readonly dotAll: boolean;
}

const MOST_REPEATS = 1000;
const DEEPEST = 100;

/** Says what is wrong with an expression. */
export class Refused extends Error {}

/** The tree of an expression, given as its characters. Throws {@link Refused}. */
export function parsePattern(source: readonly string[]): Node {
  let at = 0;
  let depth = 0;

  const peek = (text: string): boolean => [...text].every((character, index) => source[at + index] === character);
  const take = (text: string): boolean => {
    if (!peek(text)) return false;
    at += text.length;
    return true;
  };

  function alternatives(flags: Flags): Node {
    depth += 1;
    if (depth > DEEPEST) throw new Refused('nested too deeply');
    const scope = { flags };
    const items = [sequence(scope)];
    while (take('|')) items.push(sequence(scope));
    depth -= 1;
    return items.length === 1 && items[0] !== undefined ? items[0] : { kind: 'any', items };
  }

  function sequence(scope: { flags: Flags }): Node {
    const items: Node[] = [];
    while (at < source.length && !peek('|') && !peek(')')) {
      if (take('\\Q')) {
        while (at < source.length && !take('\\E')) items.push(literal(source[at++] ?? '', scope.flags));
        const last = items.pop();
        if (last !== undefined) items.push(repeated(last));
        continue;
      }
      const item = atom(scope);
      if (item !== null) items.push(repeated(item));
    }
    return { kind: 'all', items };
  }

  function repeated(item: Node): Node {
    let node = item;
    for (let times = 0; ; times++) {
      const span = repetition();
      if (span === null) return node;
      if (times > 0) throw new Refused('two repetitions after each other');
      take('?');
      node = { kind: 'repeat', item: node, ...span };
    }
  }

  function repetition(): { readonly min: number; readonly max: number } | null {
    if (take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (take('?')) return { min: 0, max: 1 };
    const written = peek('{') ? /^\{(\d{1,5})(?:(,)(\d{0,5}))?\}/.exec(source.slice(at, at + 14).join('')) : null;
    if (written === null) return null;
    const [whole, low, comma, high] = written;
    at += whole.length;
    const min = Number(low);
    const max = comma === undefined ? min : high === '' ? Number.POSITIVE_INFINITY : Number(high);
    if (min > max || min > MOST_REPEATS || (max > MOST_REPEATS && max !== Number.POSITIVE_INFINITY)) {
      throw new Refused(`repetition ${whole} is not possible`);
    }
    return { min, max };
  }

  /** `null` for a group that only sets flags. */
  function atom(scope: { flags: Flags }): Node | null {
    const { flags } = scope;
    if (take('(')) return group(scope);
    if (take('[')) return characterClass(flags);
    if (take('.')) return { kind: 'one', test: flags.dotAll ? /./su : /[^\n]/u };
    if (take('^')) return { kind: 'assert', at: flags.lines ? 'line start' : 'text start' };
    if (take('$')) return { kind: 'assert', at: flags.lines ? 'line end' : 'text end' };
    if (peek('*') || peek('+') || peek('?')) throw new Refused(`nothing before ${source[at]}`);
    if (take('\\')) return escaped(flags);
    return literal(source[at++] ?? '', flags);
  }

  function group(scope: { flags: Flags }): Node | null {
    let { flags } = scope;
    if (take('?')) {
      const name = /^P?<[A-Za-z0-9_]+>/.exec(source.slice(at, at + 80).join(''));
      if (name !== null) at += name[0].length;
      else {
        const set = /^([ismU]*)(?:-([ismU]+))?([:)])/.exec(source.slice(at, at + 12).join(''));
        if (set === null) throw new Refused('group of a kind that RE2 does not have');
        const [whole, on = '', off = '', end] = set;
        at += whole.length;
        const flag = (letter: string, now: boolean): boolean => !off.includes(letter) && (on.includes(letter) || now);
        flags = { fold: flag('i', flags.fold), lines: flag('m', flags.lines), dotAll: flag('s', flags.dotAll) };
        if (end === ')') {
          scope.flags = flags;
          return null;
        }
      }
    }
    const inner = alternatives(flags);
    if (!take(')')) throw new Refused('a group is not closed');
    return inner;
  }

  function escaped(flags: Flags): Node {
    if (take('A')) return { kind: 'assert', at: 'text start' };
    if (take('z')) return { kind: 'assert', at: 'text end' };
    if (take('b')) return { kind: 'assert', at: 'boundary' };
    if (take('B')) return { kind: 'assert', at: 'no boundary' };
    const set = escapedSet();
    return { kind: 'one', test: oneOf(set ?? characterText(escapedCharacter()), false, flags) };
  }

  /** `\d`, `\pL` and their like as part of a JavaScript class; `null` where no such set stands here. */
  function escapedSet(): string | null {
    const letter = source[at] ?? '';
    const known = SETS[letter];
    if (known !== undefined) {
      at += 1;
      return known;
    }
    if (letter !== 'p' && letter !== 'P') return null;
    const written = /^[pP](?:([A-Z])|\{(\^?)([A-Za-z_]+)\})/.exec(source.slice(at, at + 50).join(''));
    if (written === null) throw new Refused('property of characters is not understood');
    at += written[0].length;
    const negative = (letter === 'P') !== (written[2] === '^');
    return propertySet(written[1] ?? written[3] ?? '', negative);
  }

  function escapedCharacter(): string {
    const rest = source.slice(at, at + 12).join('');
    const hex = /^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(rest);
    const code = hex === null ? null : Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    if (hex !== null && code !== null && code <= 0x10ffff) {
      at += hex[0].length;
      return String.fromCodePoint(code);
    }
    const octal = /^0[0-7]{0,2}|^[1-7][0-7]{1,2}/.exec(rest);
    if (octal !== null) {
      at += octal[0].length;
      return String.fromCodePoint(Number.parseInt(octal[0], 8));
    }
    const character = source[at++];
    if (character === undefined) throw new Refused('a backslash at the end');
    const control = CONTROLS[character];
    if (control !== undefined) return control;
    if (/^[A-Za-z0-9]$|^[^\0-\x7f]/u.test(character)) throw new Refused(`\\${character} is not in RE2`);
    return character;
  }

  function characterClass(flags: Flags): Node {
    const negated = take('^');
    const parts: string[] = [];
    for (let first = true; first || !peek(']'); first = false) {
      if (at >= source.length) throw new Refused('a class is not closed');
      const posix = /^\[:(\^?)([a-z]+):\]/.exec(source.slice(at, at + 14).join(''));
      if (posix !== null) {
        const set = POSIX[posix[2] ?? ''];
        if (set === undefined) throw new Refused(`there is no class ${posix[0]}`);
        at += posix[0].length;
        parts.push(set[posix[1] === '^' ? 1 : 0]);
        continue;
      }
      const escapes = take('\\');
      const set = escapes ? escapedSet() : null;
      parts.push(set ?? range(escapes ? escapedCharacter() : (source[at++] ?? '')));
    }
    take(']');
    return { kind: 'one', test: oneOf(parts.join(''), negated, flags) };
  }

  /** From this character to the one behind a `-`, or just itself. */
  function range(low: string): string {
    if (!peek('-') || source[at + 1] === ']' || source[at + 1] === undefined) return characterText(low);
    at += 1;
    const high = take('\\') ? escapedCharacter() : (source[at++] ?? '');
    if ((high.codePointAt(0) ?? 0) < (low.codePointAt(0) ?? 0)) throw new Refused(`range ${low}-${high} is empty`);
    return `${characterText(low)}-${characterText(high)}`;
  }

  const node = alternatives({ fold: false, lines: false, dotAll: false });
  if (at < source.length) throw new Refused('a parenthesis is not open');
  return node;
}

/* Sets as the inside of a JavaScript class with the flag `u`. RE2's are of ASCII. */
const SETS: Readonly<Record<string, string>> = {
  d: '0-9',
  D: '\\0-/:-\\u{10FFFF}',
  w: '0-9A-Za-z_',
  W: '\\0-/:-@\\[-\\^`\\{-\\u{10FFFF}',
  s: '\\t\\n\\f\\r ',
  S: '\\0-\\x08\\x0B\\x0E-\\x1F!-\\u{10FFFF}',
};
const POSIX: Readonly<Record<string, readonly [inside: string, outside: string]>> = {
  alnum: ['0-9A-Za-z', '\\0-/:-@\\[-`\\{-\\u{10FFFF}'],
  alpha: ['A-Za-z', '\\0-@\\[-`\\{-\\u{10FFFF}'],
  ascii: ['\\0-\\x7F', '\\x80-\\u{10FFFF}'],
  blank: ['\\t ', '\\0-\\x08\\n-\\x1F!-\\u{10FFFF}'],
  cntrl: ['\\0-\\x1F\\x7F', ' -~\\x80-\\u{10FFFF}'],
  digit: ['0-9', '\\0-/:-\\u{10FFFF}'],
  graph: ['!-~', '\\0- \\x7F-\\u{10FFFF}'],
  lower: ['a-z', '\\0-`\\{-\\u{10FFFF}'],
  print: [' -~', '\\0-\\x1F\\x7F-\\u{10FFFF}'],
  punct: ['!-/:-@\\[-`\\{-~', '\\0- 0-9A-Za-z\\x7F-\\u{10FFFF}'],
  space: ['\\t-\\r ', '\\0-\\x08\\x0E-\\x1F!-\\u{10FFFF}'],
  upper: ['A-Z', '\\0-@\\[-\\u{10FFFF}'],
  word: ['0-9A-Za-z_', '\\0-/:-@\\[-\\^`\\{-\\u{10FFFF}'],
  xdigit: ['0-9A-Fa-f', '\\0-/:-@G-`g-\\u{10FFFF}'],
};
const CONTROLS: Readonly<Record<string, string>> = { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function literal(character: string, flags: Flags): Node {
  return { kind: 'one', test: oneOf(characterText(character), false, flags) };
}

function oneOf(inside: string, negated: boolean, { fold }: Flags): RegExp {
  return new RegExp(`[${negated ? '^' : ''}${inside}]`, fold ? 'iu' : 'u');
}

function characterText(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A general category (`L`, `Lu`) or a script (`Greek`). */
function propertySet(name: string, negative: boolean): string {
  const letter = negative ? 'P' : 'p';
  if (name === 'Any') return negative ? '' : '\\0-\\u{10FFFF}';
  for (const set of [`\\${letter}{gc=${name}}`, `\\${letter}{sc=${name}}`]) {
    try {
      new RegExp(`[${set}]`, 'u');
      return set;
    } catch {
      // The other kind of property may have this name.
    }
  }
  throw new Refused(`there is no property \\p{${name}}`);
}
