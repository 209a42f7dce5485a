import type { LintedRule } from './rule.ts';
import { report } from './signal.ts';

/**
 * A query that filters by its own time. Tocsin reads a window some time after its end, and again later; `ago()` counts from that moment,
 * so it leaves out a part of the window, or all of it.
 */
export function lintQuery(linted: LintedRule): void {
  const { signal } = linted.rule;
  if (signal.kind !== 'log') return;
  const lines = blanked(signal.query).split('\n');
  for (const [index, line] of lines.entries()) {
    const found = /\bTimeGenerated\b[^|]*?\b(ago|now)\s*\(/.exec(line);
    if (found === null) continue;
    const [whole, name = ''] = found;
    const column = found.index + whole.lastIndexOf(name) + 1;
    const message = `${name}() counts from the time of reading, which is after the window's end`;
    report(linted, 'TCN-W010', { line: index + 1, column }, message, 'leave the condition out: Tocsin asks for the window only');
  }
}

/** The query with its texts and comments blanked out, positions kept. */
function blanked(query: string): string {
  return query.replace(/\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, (text) => ' '.repeat(text.length));
}
