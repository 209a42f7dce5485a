import { unsupported } from './errors.ts';
import { placeOf } from './syntax.ts';

/*
 * Tables of other resources: `workspace("w").T`, `app("a").requests`, `resource("id").T`. The parser does not know these names. Offline
 * there is one archive, of everything that is watched, so they stand for its table: the prefix is blanked out, which keeps all places.
 */

const TOKENS =
  /\/\/[^\n]*|[hH]?@"(?:[^"]|"")*"|[hH]?@'(?:[^']|'')*'|[hH]?"(?:[^"\\\n]|\\.)*"|[hH]?'(?:[^'\\\n]|\\.)*'|```[\s\S]*?```|[A-Za-z_]\w*|[\s\S]/g;
const PREFIXES: ReadonlySet<string> = new Set(['workspace', 'app', 'resource']);
const ELSEWHERE: ReadonlySet<string> = new Set(['arg', 'adx']);

/** The query without prefixes of other resources. @throws QueryProblem for what is not in any archive: `arg("")`, `adx(…)`. */
export function withoutPrefixes(text: string): string {
  const tokens = [...text.matchAll(TOKENS)].map((match) => ({ text: match[0], at: match.index }));
  const solid = tokens.filter((token) => !/^\s|^\/\//.test(token.text));
  let result = text;
  for (const [index, token] of solid.entries()) {
    const follows = (offset: number): string => solid[index + offset]?.text ?? '';
    if (follows(1) !== '(' || solid[index - 1]?.text === '.') continue;
    if (ELSEWHERE.has(token.text) && isCall(follows(2))) throw unsupported(`${token.text}()`, placeOf(text, token.at));
    if (!PREFIXES.has(token.text) || follows(3) !== ')' || follows(4) !== '.') continue;
    const end = (solid[index + 4]?.at ?? token.at) + 1;
    result = result.slice(0, token.at) + result.slice(token.at, end).replace(/[^\n]/g, ' ') + result.slice(end);
  }
  return result;
}

function isCall(argument: string): boolean {
  return /^[hH]?@?["']/.test(argument) || argument === ')';
}
