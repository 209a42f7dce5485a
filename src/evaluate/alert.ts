import type { Alert, Evidence, HistoryEntry, Transition } from '../model/alert.ts';
import { formatDuration } from '../model/duration.ts';
import { TocsinError } from '../model/errors.ts';
import type { Labels } from '../model/labels.ts';
import type { ResponsePlan, Rule } from '../model/rule.ts';
import type { Instance } from '../model/state.ts';
import { parseResourceId } from '../model/target.ts';
import { conditionWords, spokenWindow, thresholdOf, unitOf } from './condition-words.ts';
import { isOpen } from './life.ts';
import { renderTemplate, type TemplateScope } from './template.ts';

interface Telling {
  readonly kind: Transition['kind'];
  /** Window end at which it became so. */
  readonly at: number;
  readonly evidence: Evidence;
  /** Instead of the rule's own summary. */
  readonly summary?: string;
  /** The history line's words; by default the instance's reason. */
  readonly words?: string;
  /** What makes the transition one of its kind within the episode; by default `at`. */
  readonly mark?: number;
}

/**
 * What receivers learn of a series. The id is made of fingerprint, episode, kind and time, so that judging the same again yields
 * the same id.
 */
export function transitionOf(rule: Rule, instance: Instance, telling: Telling): Transition {
  const { kind, at } = telling;
  const startsAt = instance.firedAt ?? at;
  return {
    id: `${instance.fingerprint}-${startsAt}-${kind}-${telling.mark ?? at}`,
    kind,
    at,
    alert: alertOf(rule, instance, startsAt, telling),
  };
}

function alertOf(rule: Rule, instance: Instance, startsAt: number, telling: Telling): Alert {
  if (rule.respond === null) throw new TocsinError('TCN-R004', rule.id);
  const scope = scopeOf(rule, instance.target, instance.labels, instance.value, { ...instance, evidence: telling.evidence });
  const history: HistoryEntry[] = [
    { at: telling.at, what: telling.kind, reason: telling.words ?? instance.reason, value: instance.value },
  ];
  return {
    fingerprint: instance.fingerprint,
    rule: rule.id,
    target: instance.target,
    labels: scope.labels,
    ...(instance.details !== undefined && { details: instance.details }),
    severity: rule.severity,
    status: isOpen(instance) ? 'firing' : 'resolved',
    reason: instance.reason,
    activeAt: instance.activeAt,
    startsAt,
    endsAt: instance.resolvedAt,
    value: instance.value,
    condition: conditionWords(rule),
    summary: telling.summary ?? renderTemplate(rule.summary, scope),
    response: responseOf(rule.respond, scope),
    evidence: telling.evidence,
    history,
    updatedAt: telling.at,
    source: `${rule.source.file}:${rule.source.line}`,
  };
}

/** What texts of the rule may name. Labels of the rule stand over those of the series, and are no part of its identity. */
export function scopeOf(
  rule: Rule,
  target: string,
  labels: Labels,
  value: number | null,
  { details, evidence }: { readonly details?: Labels; readonly evidence?: Pick<Evidence, 'band'> | null } = {},
): TemplateScope {
  return {
    rule: rule.id,
    target: { id: target, name: parseResourceId(target)?.name ?? target.slice(target.lastIndexOf('/') + 1) },
    labels: { ...labels, ...rule.labels },
    ...(details !== undefined && { details }),
    value,
    threshold: thresholdOf(rule),
    band: evidence?.band?.at(-1) ?? null,
    unit: rule.condition.kind === 'forecast' ? 'number' : unitOf(rule),
    thresholdUnit: unitOf(rule),
    window: formatDuration(spokenWindow(rule)),
  };
}

function responseOf(plan: ResponsePlan, scope: TemplateScope): ResponsePlan {
  const render = (text: string) => renderTemplate(text, scope);
  return {
    owner: render(plan.owner),
    within: plan.within,
    action: render(plan.action),
    runbook: plan.runbook === null ? null : renderTemplate(plan.runbook, scope, encodeURIComponent),
    steps: plan.steps.map(render),
  };
}
