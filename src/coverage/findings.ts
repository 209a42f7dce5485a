import type { Finding } from '../model/finding.ts';
import { fingerprint } from '../model/fingerprint.ts';
import type { Target } from '../model/target.ts';
import type { Difference } from './difference.ts';

/**
 * A difference as findings for the report: one per category that rules miss, one per target for what nobody needs. Their ids stay
 * the same while the difference does, so that looking again extends them.
 */
export function coverageFindings(target: Target, { missing, unneeded }: Difference, now: number): readonly Finding[] {
  const findings: Finding[] = missing.map(({ category, rules, severity, elsewhere, place }) => ({
    ...common(target, now),
    id: `coverage-missing-${fingerprint(category, target.id, place === 'hub' ? { place } : {})}`,
    rule: rules.length === 1 ? (rules[0] ?? null) : null,
    labels: { category },
    severity,
    summary:
      `${category} of ${target.name} is ${place === 'hub' ? 'streamed to no Event Hub' : 'routed to no Log Analytics workspace'}${elsewhere ? ', only elsewhere' : ''}: ` +
      `${rules.join(', ')} ${rules.length === 1 ? 'is' : 'are'} blind there. Enable it in a diagnostic setting; data follow within two hours.`,
  }));
  if (unneeded.length === 0) return findings;
  const settings = [...new Set(unneeded.map(({ setting }) => setting))].sort();
  const categories = [...new Set(unneeded.map(({ category }) => category))].sort();
  findings.push({
    ...common(target, now),
    id: `coverage-unneeded-${fingerprint('unneeded', target.id, {})}`,
    labels: {},
    severity: 4,
    count: categories.length,
    summary:
      `${categories.join(', ')} of ${target.name} ${categories.length === 1 ? 'goes' : 'go'} to a workspace (${settings.join(', ')}) and no rule ` +
      `needs ${categories.length === 1 ? 'it' : 'them'}: ingestion costs money. Keep what people read there, switch off the rest.`,
  });
  return findings;
}

/** A target whose settings could not be looked at: nobody knows whether its rules see anything. */
export function uncheckedFinding(target: Target, code: string, detail: string, now: number): Finding {
  return {
    ...common(target, now),
    id: `coverage-unchecked-${fingerprint('unchecked', target.id, {})}`,
    labels: {},
    severity: 3,
    code,
    summary: `The diagnostic settings of ${target.name} could not be read: ${detail}`,
  };
}

function common(target: Target, now: number): Omit<Finding, 'id' | 'labels' | 'severity' | 'summary'> {
  return {
    kind: 'coverage',
    rule: null,
    target: target.id,
    firstAt: now,
    lastAt: now,
    count: 1,
    value: null,
    code: null,
    evidence: null,
  };
}
