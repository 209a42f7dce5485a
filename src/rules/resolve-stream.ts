import type { StreamSignal, StreamTerm } from '../model/rule.ts';
import { LOG_CATEGORIES } from './catalogue.ts';
import type { RawStream, RawWhere } from './schema.ts';
import type { Scope } from './scope.ts';
import { adviceFor } from './suggest.ts';

/** Members that say when a record was made: it counts in the minute in which it came into the hub. */
const TIMES = /^(?:time|timeStamp|timeGenerated|eventTimestamp|eventTimeString)$/i;

/** Checks a stream signal; `null` after a diagnostic. */
export function resolveStream(raw: RawStream, scope: Scope): StreamSignal | null {
  const categories = typeof raw.category === 'string' ? [raw.category] : raw.category;
  const known = [...new Set(LOG_CATEGORIES.map(({ category }) => category))];
  for (const [index, category] of categories.entries()) {
    if (known.some((one) => one.toLowerCase() === category.toLowerCase())) continue;
    const path = typeof raw.category === 'string' ? ['stream', 'category'] : ['stream', 'category', index];
    const hint = adviceFor(category, known, 'categories');
    scope.report('TCN-R019', path, `there is no log category ${category}`, {
      hint,
      severity: hint === null ? 'warning' : 'error',
    });
  }
  const by = raw.by ?? [];
  for (const [index, name] of by.entries()) checkMember(name, ['stream', 'by', index], scope);
  checkTerm(raw, ['stream'], scope);
  if (raw.over !== undefined) checkTerm(raw.over, ['stream', 'over'], scope);
  if (scope.failed()) return null;
  return { kind: 'stream', categories, ...termOf(raw), over: raw.over === undefined ? null : termOf(raw.over), by };
}

function checkTerm({ where, value }: NonNullable<RawStream['over']>, path: readonly string[], scope: Scope): void {
  for (const name of Object.keys(where ?? {})) checkMember(name, [...path, 'where', name], scope, true);
  if (value !== undefined) checkMember(value, [...path, 'value'], scope);
}

function checkMember(name: string, path: readonly (string | number)[], scope: Scope, key = false): void {
  if (!TIMES.test(name)) return;
  const hint = 'a record counts in the minute in which it came into the hub';
  scope.report('TCN-R014', path, `a stream rule cannot look at ${name}`, { key, hint });
}

function termOf({ where, value }: NonNullable<RawStream['over']>): StreamTerm {
  return { where: listed(where), value: value ?? null };
}

function listed(written: RawWhere | undefined): StreamTerm['where'] {
  return Object.fromEntries(
    Object.entries(written ?? {}).map(([name, values]) => [name, (Array.isArray(values) ? values : [values]).map(String)]),
  );
}
