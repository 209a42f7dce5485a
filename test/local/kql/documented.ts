import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AGGREGATES } from '../../../src/local/kql/aggregates/index.ts';
import { PLUGINS } from '../../../src/local/kql/lower/evaluate.ts';
import { OPERATORS } from '../../../src/local/kql/lower/relations.ts';
import { STRUCTURAL } from '../../../src/local/kql/lower/structural.ts';
import { WINDOWS } from '../../../src/local/kql/run/windows.ts';
import { SCALARS } from '../../../src/local/kql/scalars/index.ts';

/*
 * The lists of docs/kql.md, made from the tables that the engine works by. `node test/local/kql/documented.ts` writes them.
 */

export const PAGE = fileURLToPath(new URL('../../../docs/kql.md', import.meta.url));
const MARK = '<!-- Made from the code by test/local/kql/documented.ts; edit the tables there. -->';

/** Operators whose word is not the parser's name for them. */
const WORDS: Readonly<Record<string, string>> = {
  Filter: 'where',
  Search: 'search, find',
  GetSchema: 'getschema',
  Take: 'take (limit)',
  Sort: 'sort (order)',
};
/** What the plan calls things that have no name in the language. */
const INTERNAL: ReadonlySet<string> = new Set(['member', 'negate', 'tuple_item', 'pack_all filled']);
const COMPARISONS =
  /^(?:and|or|between|in|contains|startswith|endswith|has|hasprefix|hassuffix)(?:_cs)?$|^has_(?:any|all)$|[^\w]/;

function lists(): string {
  const operators = Object.keys(OPERATORS).map((kind) => {
    const name = kind.replace(/Operator$/, '');
    return WORDS[name] ?? name.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase();
  });
  const scalars = [...Object.keys(SCALARS), ...Object.keys(STRUCTURAL)].filter((name) => !INTERNAL.has(name));
  const functions = scalars.filter((name) => !COMPARISONS.test(name));
  return [
    MARK,
    '',
    ...section('Operators', [...operators, 'datatable', 'print', 'range', 'materialize', 'toscalar']),
    ...section('Plugins of evaluate', Object.keys(PLUGINS)),
    ...section('Aggregates', Object.keys(AGGREGATES)),
    ...section('Window functions', Object.keys(WINDOWS)),
    ...section('Functions', functions),
    ...section(
      'Operators between values',
      scalars.filter((name) => COMPARISONS.test(name)),
    ),
  ].join('\n');
}

function section(title: string, names: readonly string[]): readonly string[] {
  const sorted = [...new Set(names)].sort((a, b) => (a < b ? -1 : 1));
  return [`### ${title}`, '', wrapped(sorted.map((name) => `\`${name}\``)), ''];
}

function wrapped(words: readonly string[]): string {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line.length + word.length > 130) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join('\n');
}

/** The page with its lists as they must be. */
export async function page(): Promise<string> {
  const text = await readFile(PAGE, 'utf8');
  const at = text.indexOf(MARK);
  return `${at < 0 ? text : text.slice(0, at)}${lists()}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(PAGE, await page());
