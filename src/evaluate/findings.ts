import type { Evidence, StateReason } from '../model/alert.ts';
import { DAY, formatDuration } from '../model/duration.ts';
import type { Finding } from '../model/finding.ts';
import { fingerprint } from '../model/fingerprint.ts';
import type { Rule } from '../model/rule.ts';
import type { Instance } from '../model/state.ts';
import { scopeOf } from './alert.ts';
import type { DuePlan } from './due.ts';
import { renderTemplate } from './template.ts';

/** What a report rule found: one finding per series and UTC day, which every further breach extends. */
export function reportFinding(rule: Rule, instance: Instance, at: number, evidence: Evidence, summary?: string): Finding {
  const { day, count, firstAt } = instance.report ?? { day: Math.floor(at / DAY), count: 1, firstAt: at };
  return {
    ...common(rule, instance.target),
    id: `report-${instance.fingerprint}-${day}`,
    kind: 'report',
    labels: { ...instance.labels, ...rule.labels },
    firstAt,
    lastAt: at,
    count,
    value: instance.value,
    summary:
      summary ??
      renderTemplate(rule.summary, scopeOf(rule, instance.target, instance.labels, instance.value, { ...instance, evidence })),
    evidence,
  };
}

/** A breach that came to light only when the window was read again, of a series that has no alert to correct. */
export function lateBreach(
  rule: Rule,
  series: Pick<Instance, 'fingerprint' | 'target' | 'labels' | 'value'>,
  at: number,
  evidence: Evidence,
): Finding {
  const text = renderTemplate(rule.summary, scopeOf(rule, series.target, series.labels, series.value, { evidence }));
  return {
    ...common(rule, series.target),
    id: `late-${series.fingerprint}-${at}`,
    kind: 'late breach',
    labels: { ...series.labels, ...rule.labels },
    firstAt: at,
    lastAt: at,
    count: 1,
    value: series.value,
    summary: `Seen only when late data had arrived: ${text}`,
    evidence,
  };
}

/** A target that could not be judged from the window that ended `since` to the one that ended `at`. One per such episode. */
export function blindFinding(
  rule: Rule,
  target: string,
  since: number,
  at: number,
  reason: StateReason,
  code: string | null,
): Finding {
  const { name } = scopeOf(rule, target, {}, null).target;
  const span = formatDuration(at - since + rule.every);
  return {
    ...common(rule, target),
    id: `blind-${fingerprint(rule.id, target, {})}-${since}`,
    kind: 'blind',
    labels: rule.labels,
    firstAt: since,
    lastAt: at,
    count: Math.round((at - since) / rule.every) + 1,
    value: null,
    summary: `${rule.id} has had no verdict on ${name} for ${span}: ${reason}. What was firing there is taken to be firing still.`,
    code: code ?? 'TCN-E003',
    evidence: null,
  };
}

/** Windows that will never be judged, because nothing ran for too long. */
export function catchUpFinding(rule: Rule, skipped: NonNullable<DuePlan['skipped']>, targets: readonly string[]): Finding {
  const shard = [...targets].sort()[0] ?? '';
  const span = formatDuration(skipped.to - skipped.from);
  return {
    ...common(rule, null),
    id: `catch-up-${fingerprint(rule.id, shard, {})}-${Math.floor(skipped.to / DAY)}`,
    kind: 'catch-up',
    labels: rule.labels,
    firstAt: skipped.from,
    lastAt: skipped.to,
    count: skipped.count,
    value: null,
    summary: `${rule.id} was not evaluated for ${span}: ${skipped.count} windows were given up, the newer ones were caught up.`,
    code: 'TCN-E002',
    evidence: null,
  };
}

function common(rule: Rule, target: string | null): Pick<Finding, 'rule' | 'target' | 'severity' | 'code'> {
  return { rule: rule.id, target, severity: rule.severity, code: null };
}
