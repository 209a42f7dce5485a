/*
 * Which RE2 patterns JavaScript's engine may run, and how they are written there: those that mean the same, that repeat nothing but
 * single characters, and in which at most one repetition can end in several places.
 */

interface Fast {
  /** With the flag `g`: `lastIndex` says where to begin. */
  readonly regex: RegExp;
  /** No repetition without bound at all. */
  readonly linear: boolean;
}

interface Token {
  readonly kind: 'character' | 'class' | 'anchor' | 'open' | 'close' | 'or' | 'quantifier';
  /** In JavaScript's syntax. */
  readonly text: string;
}

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

/** The pattern for JavaScript, or `null` when it is left to the automaton. */
export function safeJavaScript(pattern: string): Fast | null {
  const caseless = pattern.startsWith('(?i)');
  const tokens = tokensOf(caseless ? pattern.slice(4) : pattern);
  if (tokens === null || (caseless && tokens.some((token) => /\\[wWbB]|\\[pP]/.test(token.text)))) return null;
  const open = openRepetitions(tokens);
  if (open === null || open > 1) return null;
  try {
    const regex = new RegExp(tokens.map((token) => token.text).join(''), caseless ? 'giu' : 'gu');
    return { regex, linear: !tokens.some((token) => token.kind === 'quantifier' && /[*+]|,\}/.test(token.text)) };
  } catch {
    return null;
  }
}

/** How many repetitions may end in several places; `null` when a group is repeated, which may take exponential time. */
function openRepetitions(tokens: readonly Token[]): number | null {
  let open = 0;
  let choices = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'or') choices += 1;
    if (token.kind !== 'quantifier') continue;
    const repeated = tokens[at - 1];
    if (repeated === undefined || (repeated.kind !== 'character' && repeated.kind !== 'class')) return null;
    if (/^[?]/.test(token.text)) choices += 1;
    else if (!endsAtNext(repeated, tokens, at + 1)) open += 1;
    // After an open repetition even one with a single end is walked again from each of the open one's ends.
    else if (open > 0 && follows(tokens, at + 1)) open += 1;
  }
  return choices > 8 ? null : open;
}

/** Whether anything but ends of groups comes from a token on. */
function follows(tokens: readonly Token[], from: number): boolean {
  return tokens.slice(from).some((token) => token.kind !== 'close');
}

/** Whether what follows a repetition cannot be part of it, so that it has one end only. */
function endsAtNext(repeated: Token, tokens: readonly Token[], from: number): boolean {
  let at = from;
  while (tokens[at]?.kind === 'open' || tokens[at]?.kind === 'close') at += 1;
  const next = tokens[at];
  if (next === undefined) return true;
  if (next.kind !== 'character' || tokens[at + 1]?.kind === 'quantifier') return false;
  const character = next.text.startsWith('\\') ? next.text.slice(1) : next.text;
  if ([...character].length !== 1 || /[a-z]/i.test(next.text.startsWith('\\') ? character : '')) return false;
  return !new RegExp(`^${repeated.text}$`, 'iu').test(character);
}

function tokensOf(pattern: string): readonly Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  while (at < pattern.length) {
    const rest = pattern.slice(at);
    const piece = pieceOf(rest);
    if (piece === null) return null;
    tokens.push(piece);
    at += piece.length;
  }
  return tokens;
}

type Piece = Token & { readonly length: number };

function pieceOf(rest: string): Piece | null {
  const char = rest[0] as string;
  const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(rest);
  if (quantifier !== null) return { kind: 'quantifier', text: quantifier[0], length: quantifier[0].length };
  switch (char) {
    case '\\':
      return escapeOf(rest, false);
    case '[':
      return classOf(rest);
    case '(': {
      const group = /^\((?:\?P?<([A-Za-z_]\w*)>|\?:|(?!\?))/.exec(rest);
      if (group === null) return null;
      const text = group[0].startsWith('(?:') ? '(?:' : group[1] === undefined ? '(' : `(?<${group[1]}>`;
      return { kind: 'open', text, length: group[0].length };
    }
    case ')':
      return { kind: 'close', text: ')', length: 1 };
    case '|':
      return { kind: 'or', text: '|', length: 1 };
    case '^':
    case '$':
      return { kind: 'anchor', text: char, length: 1 };
    case '.':
      return { kind: 'class', text: '[^\\n]', length: 1 };
    default: {
      const whole = String.fromCodePoint(rest.codePointAt(0) ?? 0);
      return { kind: 'character', text: /[{}\]]/.test(whole) ? `\\${whole}` : whole, length: whole.length };
    }
  }
}

function escapeOf(rest: string, inClass: boolean): Piece | null {
  const char = rest[1];
  if (char === undefined) return null;
  if (/[dDwW]/.test(char)) return { kind: 'class', text: `\\${char}`, length: 2 };
  if (/[tnrfv]/.test(char)) return { kind: 'class', text: `\\${char}`, length: 2 };
  if (char === 's') return { kind: 'class', text: inClass ? SPACE : `[${SPACE}]`, length: 2 };
  if (char === 'S') return inClass ? null : { kind: 'class', text: `[^${SPACE}]`, length: 2 };
  if (!inClass && (char === 'b' || char === 'B')) return { kind: 'anchor', text: `\\${char}`, length: 2 };
  const property = /^\\([pP])(?:\{(\^?)(\w+)\}|(\w))/.exec(rest);
  if (property !== null) {
    const negated = (property[1] === 'P') !== (property[2] === '^');
    const name = property[3] ?? property[4] ?? '';
    const text = `\\${negated ? 'P' : 'p'}{${name.length <= 2 ? name : `Script=${name}`}}`;
    return { kind: 'class', text, length: property[0].length };
  }
  const hex = /^\\x(?:([\da-f]{2})|\{([\da-f]{1,6})\})/i.exec(rest);
  if (hex !== null) return { kind: 'class', text: `\\u{${hex[1] ?? hex[2]}}`, length: hex[0].length };
  if (/[A-Za-z0-9]/.test(char) || char > '~') return null;
  const special = inClass ? /[\^$\\.*+?()[\]{}|/-]/ : /[\^$\\.*+?()[\]{}|/]/;
  return { kind: 'character', text: special.test(char) ? `\\${char}` : char, length: 2 };
}

function classOf(rest: string): Piece | null {
  let at = rest[1] === '^' ? 2 : 1;
  let text = rest.slice(0, at);
  let first = true;
  while (at < rest.length) {
    const char = rest[at] as string;
    if (char === ']' && !first) return { kind: 'class', text: `${text}]`, length: at + 1 };
    const posix = /^\[:(\w+):\]/.exec(rest.slice(at, at + 12));
    if (posix !== null) {
      const members = POSIX[posix[1] ?? ''];
      if (members === undefined) return null;
      text += members;
      at += posix[0].length;
    } else if (char === '\\') {
      const piece = escapeOf(rest.slice(at, at + 40), true);
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
