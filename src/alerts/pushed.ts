import type { Alert, Transition } from '../model/alert.ts';
import { HOUR } from '../model/duration.ts';
import { fingerprint } from '../model/fingerprint.ts';
import type { Labels } from '../model/labels.ts';
import type { PushedAlert } from '../model/push.ts';
import type { Severity } from '../model/rule.ts';

/** What other systems call severities, by ours; anything else is a warning. */
const SEVERITIES: readonly (readonly string[])[] = [
  ['critical', 'page', 'fatal', 'emergency', 'sev0', 'p1'],
  ['error', 'high', 'major', 'sev1', 'p2'],
  ['warning', 'warn', 'medium', 'minor', 'sev2', 'p3'],
  ['info', 'informational', 'low', 'notice', 'sev3', 'p4'],
  ['none', 'verbose', 'debug', 'sev4', 'p5'],
];

/** Labels that say where something is, the best first. */
const PLACES = ['target', 'resource_id', 'resourceId', 'instance', 'pod', 'job'];

const WITHIN = HOUR;

/** The identity of a pushed alert: its labels and nothing else, as for whoever pushes it. */
export function pushFingerprint(labels: Labels): string {
  return fingerprint('', '', labels);
}

/**
 * A pushed alert as one of ours. What only a rule can say comes from annotations by their usual names: what to do from `description` (or
 * `message`), how bad it is from `condition`, the owner from the label or annotation `owner` or `team`, the runbook from `runbook_url`.
 */
function alertOfPush({ labels, annotations, generatorUrl = '' }: PushedAlert, startsAt: number, now: number): Alert {
  const rule = labels.alertname ?? 'unnamed';
  const summary = annotations.summary ?? annotations.title ?? annotations.description ?? annotations.message ?? rule;
  return {
    fingerprint: pushFingerprint(labels),
    rule,
    target: PLACES.map((name) => labels[name] ?? '').find((place) => place !== '') ?? '',
    labels,
    details: annotations,
    severity: severityOf(labels.severity ?? ''),
    status: 'firing',
    reason: 'breach',
    activeAt: startsAt,
    startsAt,
    endsAt: null,
    value: null,
    condition: annotations.condition ?? 'another system says so',
    summary,
    response: {
      owner: labels.owner ?? labels.team ?? annotations.owner ?? annotations.team ?? 'unassigned',
      within: WITHIN,
      action: annotations.description ?? annotations.message ?? summary,
      runbook: annotations.runbook_url ?? annotations.runbook ?? null,
      steps: [],
    },
    evidence: { points: [], threshold: null, unit: 'number' },
    history: [],
    updatedAt: now,
    source: generatorUrl,
    pushed: true,
  };
}

/** That a pushed alert fires, fires with other texts than before (`corrected`), or ended. Told twice, it has the same id. */
export function transitionOfPush(kind: Transition['kind'], pushed: PushedAlert, episode: number, now: number): Transition {
  const alert = alertOfPush(pushed, episode, now);
  const over: Partial<Alert> = kind === 'resolved' ? { status: 'resolved', reason: 'recovered', endsAt: pushed.endsAt } : {};
  const mark = kind === 'corrected' ? `-${now}` : '';
  return { id: `${alert.fingerprint}-${episode}-${kind}${mark}`, kind, at: now, alert: { ...alert, ...over } };
}

function severityOf(word: string): Severity {
  const found = SEVERITIES.findIndex((words) => words.includes(word.toLowerCase()));
  return (found < 0 ? 2 : found) as Severity;
}
