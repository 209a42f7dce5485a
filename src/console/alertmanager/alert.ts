import type { Alert } from '../../model/alert.ts';
import { alertLabels } from '../../model/alert-labels.ts';
import { MINUTE } from '../../model/duration.ts';
import type { Labels } from '../../model/labels.ts';

/** `gettableAlert` of Alertmanager's OpenAPI. */
export interface AlertJson {
  readonly annotations: Labels;
  readonly endsAt: string;
  readonly fingerprint: string;
  readonly receivers: readonly { readonly name: string }[];
  readonly startsAt: string;
  readonly status: {
    readonly state: 'unprocessed' | 'active' | 'suppressed';
    readonly silencedBy: readonly string[];
    readonly inhibitedBy: readonly string[];
    readonly mutedBy: readonly string[];
  };
  readonly updatedAt: string;
  readonly generatorURL: string;
  readonly labels: Labels;
}

/** `alertGroup` of the same. */
export interface GroupJson {
  readonly alerts: readonly AlertJson[];
  readonly labels: Labels;
  readonly receiver: { readonly name: string };
}

/** An alert that fires, and what keeps it from being notified. */
export interface Standing {
  readonly alert: Alert;
  readonly receivers: readonly string[];
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
  readonly mutedBy: readonly string[];
}

/** Alertmanager says until when an alert counts as firing; ours fire until they are said to have ended. */
const STANDS = 5 * MINUTE;

export function alertJson(
  { alert, receivers, silencedBy, inhibitedBy, mutedBy }: Standing,
  now: number,
  consoleUrl: string,
): AlertJson {
  const suppressed = silencedBy.length + inhibitedBy.length + mutedBy.length > 0;
  return {
    annotations: annotationsOf(alert),
    endsAt: iso(alert.endsAt ?? now + STANDS),
    fingerprint: alert.fingerprint,
    receivers: receivers.map((name) => ({ name })),
    startsAt: iso(alert.startsAt),
    status: { state: suppressed ? 'suppressed' : 'active', silencedBy, inhibitedBy, mutedBy },
    updatedAt: iso(alert.updatedAt),
    generatorURL: alert.pushed === true && alert.source !== '' ? alert.source : `${consoleUrl}/alerts/${alert.fingerprint}`,
    labels: shownLabels(alert),
  };
}

/** A label without a value is none. */
export function shownLabels(alert: Alert): Labels {
  return Object.fromEntries(Object.entries(alertLabels(alert)).filter(([, value]) => value !== ''));
}

function annotationsOf({ pushed, details = {}, summary, response, condition, acknowledgement }: Alert): Labels {
  const ack: Labels = acknowledgement === undefined ? {} : { acknowledged_by: acknowledgement.by };
  if (pushed === true) return { ...details, ...ack };
  return {
    ...details,
    summary,
    description: response.action,
    condition,
    ...(response.runbook === null ? {} : { runbook_url: response.runbook }),
    ...ack,
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
