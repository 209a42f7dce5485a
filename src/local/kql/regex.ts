/*
 * Kusto's regular expressions are RE2's. They are rewritten for JavaScript's engine in Unicode mode; what RE2 refuses (lookaround,
 * backreferences) and what cannot be rewritten is refused.
 */

const SPACE = '\\t\\n\\f\\r ';
const POSIX: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: '0-9A-Za-z',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\t\\n\\v\\f\\r ',
  blank: '\\t ',
  punct: '!-\\/:-@\\[-`\\{-~',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** The expression for JavaScript, or `null` when it is not one that can be rewritten. `extra` adds flags such as `g`. */
export function regexOf(pattern: string, extra = ''): RegExp | null {
  const prefix = /^\(\?([ims]+)\)/.exec(pattern);
  const flags = new Set(`u${prefix?.[1] ?? ''}${extra}`);
  const source = rewrite(pattern.slice(prefix?.[0].length ?? 0), flags.has('s'));
  if (source === null) return null;
  try {
    return new RegExp(source, [...flags].join(''));
  } catch {
    return null;
  }
}

function rewrite(pattern: string, dotAll: boolean): string | null {
  let out = '';
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at] as string;
    if (char === '\\') {
      const piece = escapeOf(pattern.slice(at), false);
      if (piece === null) return null;
      out += piece.text;
      at += piece.length;
    } else if (char === '[') {
      const piece = characterClass(pattern.slice(at));
      if (piece === null) return null;
      out += piece.text;
      at += piece.length;
    } else if (char === '(' && pattern[at + 1] === '?') {
      const group = /^\(\?(?:P?<([A-Za-z_]\w*)>|:)/.exec(pattern.slice(at));
      if (group === null) return null;
      out += group[1] === undefined ? '(?:' : `(?<${group[1]}>`;
      at += group[0].length;
    } else {
      const quantifier = char === '{' ? /^\{\d+(?:,\d*)?\}/.exec(pattern.slice(at))?.[0] : undefined;
      out += quantifier ?? (char === '.' && !dotAll ? '[^\\n]' : literal(char));
      at += quantifier?.length ?? 1;
    }
  }
  return out;
}

/** Braces that are no quantifier and a lone `]` are plain characters in RE2. */
function literal(char: string): string {
  return /[{}\]]/.test(char) ? `\\${char}` : char;
}

interface Piece {
  readonly text: string;
  readonly length: number;
}

function escapeOf(rest: string, inClass: boolean): Piece | null {
  const char = rest[1];
  if (char === undefined) return null;
  if (/[dDwWtnrfv]/.test(char)) return { text: `\\${char}`, length: 2 };
  if (char === 's') return { text: inClass ? SPACE : `[${SPACE}]`, length: 2 };
  if (char === 'S') return inClass ? null : { text: `[^${SPACE}]`, length: 2 };
  if (!inClass && (char === 'b' || char === 'B')) return { text: `\\${char}`, length: 2 };
  if (!inClass && char === 'A') return { text: '(?<![\\s\\S])', length: 2 };
  if (!inClass && char === 'z') return { text: '(?![\\s\\S])', length: 2 };
  const property = /^\\([pP])(?:\{(\^?)(\w+)\}|(\w))/.exec(rest);
  if (property !== null) {
    const negated = (property[1] === 'P') !== (property[2] === '^');
    return { text: `\\${negated ? 'P' : 'p'}{${propertyName(property[3] ?? property[4] ?? '')}}`, length: property[0].length };
  }
  const hex = /^\\x(?:([\da-f]{2})|\{([\da-f]+)\})/i.exec(rest);
  if (hex !== null) return { text: `\\u{${hex[1] ?? hex[2]}}`, length: hex[0].length };
  if (/[A-Za-z0-9]/.test(char)) return null;
  const special = inClass ? /[\^$\\.*+?()[\]{}|/-]/ : /[\^$\\.*+?()[\]{}|/]/;
  return { text: special.test(char) ? `\\${char}` : char, length: 2 };
}

function propertyName(name: string): string {
  return name.length <= 2 ? name : `Script=${name}`;
}

function characterClass(rest: string): Piece | null {
  let at = 1;
  let text = '[';
  if (rest[at] === '^') {
    text += '^';
    at += 1;
  }
  let first = true;
  while (at < rest.length) {
    const char = rest[at] as string;
    if (char === ']' && !first) return { text: `${text}]`, length: at + 1 };
    const posix = /^\[:(\w+):\]/.exec(rest.slice(at));
    if (posix !== null) {
      const members = POSIX[posix[1] ?? ''];
      if (members === undefined) return null;
      text += members;
      at += posix[0].length;
    } else if (char === '\\') {
      const piece = escapeOf(rest.slice(at), true);
      if (piece === null) return null;
      text += piece.text;
      at += piece.length;
    } else {
      text += /[[\](){}/|]/.test(char) ? `\\${char}` : char;
      at += 1;
    }
    first = false;
  }
  return null;
}

/** Text as an expression that matches just it. */
export function quoted(text: string): string {
  return text.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
}
