import { LOG_CATEGORIES, metricNamespaces } from '../catalogue.ts';
import { isSlipOf } from '../suggest.ts';
import { isWritten, type LintedRule, warn } from './rule.ts';

const KNOWN = [...new Set([...metricNamespaces(), ...LOG_CATEGORIES.map(({ resourceType }) => resourceType)])];
const LOWER = new Set(KNOWN.map((type) => type.toLowerCase()));

/** A resource type that is one slip away from a known one: its inventory is empty, so the rule would be silent for ever. */
export function lintTarget(one: LintedRule): void {
  const { type } = one.rule.on;
  if (LOWER.has(type.toLowerCase())) return;
  const meant = KNOWN.find((known) => isSlipOf(type, known));
  if (meant === undefined) return;
  const path = isWritten(one, ['on', 'type']) ? ['on', 'type'] : isWritten(one, ['on']) ? ['on'] : [];
  warn(one, 'TCN-W011', path, `there is hardly a resource type ${type}`, `did you mean \`${meant}\`?`);
}
