import type { Alert } from '../model/alert.ts';
import { alertLabels } from '../model/alert-labels.ts';
import { formatDuration } from '../model/duration.ts';
import type { Labels } from '../model/labels.ts';
import type { Group, NotifyReason } from '../model/notification.ts';
import type { Severity } from '../model/rule.ts';
import { parseResourceId } from '../model/target.ts';
import type { CustomTexts } from './template.ts';
import { cut, iso } from './texts.ts';

/** What a webhook body is made of. */
export interface NotificationContent {
  readonly receiver: string;
  readonly group: Pick<Group, 'labels'>;
  readonly reason: NotifyReason;
  /** In the order in which they are shown. */
  readonly alerts: readonly Alert[];
  /** Alerts that were left out before. */
  readonly truncated: number;
  /** Alerts of the group that fire and are silenced, inhibited or muted. */
  readonly held?: number;
  /** From the receiver's templates. */
  readonly custom?: CustomTexts;
  /** Base URL of the console, without a slash at the end. */
  readonly consoleUrl: string;
  /** A link by which this receiver may say that it takes care of the alert; absent: the alert's page. */
  readonly ackLink?: (alert: Alert) => string;
}

/** Alertmanager's body, version 4, and our own fields. Times are ISO 8601 in UTC; an end that has not come is year 1, as there. */
export interface WebhookBody {
  readonly version: '4';
  readonly groupKey: string;
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  readonly externalURL: string;
  readonly truncatedAlerts: number;
  readonly reason: NotifyReason | 'digest';
  /** Further alerts of the group that fire and are silenced, inhibited or muted. */
  readonly heldAlerts: number;
  readonly alerts: readonly WebhookAlert[];
  /** What the receiver's templates made, and why one could not. */
  readonly title?: string;
  readonly text?: string;
  readonly templateError?: string;
}

export interface WebhookAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
  readonly severity: Severity;
  readonly value: number | null;
  readonly values: Readonly<Record<string, number>>;
  readonly reason: Alert['reason'];
  /** Who takes care of it; `null` where nobody does. */
  readonly acknowledgement: { readonly by: string; readonly comment: string; readonly at: string } | null;
  readonly response: {
    readonly owner: string;
    /** As rule files write it, e.g. `15m`. */
    readonly within: string;
    readonly action: string;
    readonly runbook: string | null;
    readonly steps: readonly string[];
  };
  readonly links: {
    readonly console: string;
    readonly silence: string;
    readonly ack: string;
    readonly query: string;
    readonly portal: string | null;
  };
  /** `null` where the body would have become too large. */
  readonly evidence: {
    readonly condition: string;
    readonly unit: 'ratio' | 'number';
    readonly threshold: number | null;
    readonly points: readonly { readonly at: string; readonly value: number }[];
    /** Of an anomaly: between what values the series usually is at the times of its points. */
    readonly band?: readonly { readonly at: string; readonly lower: number | null; readonly upper: number | null }[];
  } | null;
}

/** Receivers such as Azure action groups and Logic Apps stop at 256 KiB; what is left of it is for the envelope. */
export const ALERTS_BYTES = 160 * 1024;
export const EVIDENCE_BYTES = 64 * 1024;
/** An alert that is larger by itself (another system may push one of half a megabyte) has its texts cut, each at so many characters. */
const ALERT_BYTES = 48 * 1024;
const CUTS = [1_000, 250];

const NOT_ENDED = '0001-01-01T00:00:00Z';

/**
 * The body of one notification. Charts' points go to the first alerts until their share is used up, and alerts that do not fit are
 * counted in `truncatedAlerts`, never dropped in silence.
 */
export function webhookBody({
  receiver,
  group,
  reason,
  alerts,
  truncated,
  held = 0,
  custom,
  consoleUrl,
  ackLink,
}: NotificationContent): WebhookBody {
  const shown = withinBudget(alerts.map((alert) => webhookAlert(alert, consoleUrl, ackLink)));
  return {
    version: '4',
    groupKey: groupKeyText(group.labels),
    status: alerts.some((alert) => alert.status === 'firing') ? 'firing' : 'resolved',
    receiver,
    groupLabels: group.labels,
    commonLabels: common(shown.map((alert) => alert.labels)),
    commonAnnotations: common(shown.map((alert) => alert.annotations)),
    externalURL: consoleUrl,
    truncatedAlerts: truncated + alerts.length - shown.length,
    reason,
    heldAlerts: held,
    alerts: shown,
    ...customMembers(custom),
  };
}

function acknowledgementOf({ by, comment, at }: NonNullable<Alert['acknowledgement']>): WebhookAlert['acknowledgement'] {
  return { by, comment, at: iso(at) };
}

function customMembers(custom: CustomTexts | undefined): Pick<WebhookBody, 'title' | 'text' | 'templateError'> {
  const { title = null, body = null, problem = null } = custom ?? {};
  return {
    ...(title === null ? {} : { title }),
    ...(body === null ? {} : { text: body }),
    ...(problem === null ? {} : { templateError: problem }),
  };
}

function webhookAlert(alert: Alert, consoleUrl: string, ackLink: NotificationContent['ackLink']): WebhookAlert {
  const page = `${consoleUrl}/alerts/${alert.fingerprint}`;
  const resource = parseResourceId(alert.target);
  return {
    status: alert.status,
    labels: alertLabels(alert),
    annotations: {
      ...alert.details,
      summary: alert.summary,
      description: alert.response.action,
      condition: alert.condition,
      ...(alert.response.runbook === null ? {} : { runbook_url: alert.response.runbook }),
    },
    startsAt: iso(alert.startsAt),
    endsAt: alert.status === 'firing' ? NOT_ENDED : iso(alert.endsAt ?? alert.updatedAt),
    generatorURL: page,
    fingerprint: alert.fingerprint,
    severity: alert.severity,
    value: alert.value,
    values: {
      ...(alert.value === null ? {} : { value: alert.value }),
      ...(alert.evidence.threshold === null ? {} : { threshold: alert.evidence.threshold }),
    },
    reason: alert.reason,
    acknowledgement: alert.acknowledgement === undefined ? null : acknowledgementOf(alert.acknowledgement),
    response: { ...alert.response, within: formatDuration(alert.response.within) },
    links: {
      console: page,
      silence: `${page}#silence`,
      ack: ackLink?.(alert) ?? `${page}#ack`,
      query: `${page}#series`,
      portal: resource === null ? null : `https://portal.azure.com/#resource${alert.target}`,
    },
    evidence: {
      condition: alert.condition,
      unit: alert.evidence.unit,
      threshold: alert.evidence.threshold,
      points: alert.evidence.points.map((point) => ({ at: iso(point.at), value: point.value })),
      ...(alert.evidence.band === undefined
        ? {}
        : { band: alert.evidence.band.map(({ at, lower, upper }) => ({ at: iso(at), lower, upper })) }),
    },
  };
}

function withinBudget(alerts: readonly WebhookAlert[]): readonly WebhookAlert[] {
  const kept: WebhookAlert[] = [];
  let alertBytes = 0;
  let evidenceBytes = 0;
  for (const alert of alerts) {
    const bare = bounded({ ...alert, evidence: null });
    const evidenceSize = size(alert.evidence);
    const room = evidenceBytes + evidenceSize <= EVIDENCE_BYTES;
    alertBytes += size(bare);
    if (alertBytes > ALERTS_BYTES && kept.length > 0) break;
    if (room) evidenceBytes += evidenceSize;
    kept.push(room ? { ...bare, evidence: alert.evidence } : bare);
  }
  return kept;
}

function bounded(alert: WebhookAlert): WebhookAlert {
  return CUTS.reduce((smaller, longest) => (size(smaller) <= ALERT_BYTES ? smaller : withTextsCut(smaller, longest)), alert);
}

function withTextsCut({ labels, annotations, response, ...rest }: WebhookAlert, longest: number): WebhookAlert {
  const cutAll = (texts: Labels): Labels =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, cut(text, longest)]));
  const { owner, action, steps } = response;
  return {
    ...rest,
    labels: cutAll(labels),
    annotations: cutAll(annotations),
    response: {
      ...response,
      owner: cut(owner, longest),
      action: cut(action, longest),
      steps: steps.map((step) => cut(step, longest)),
    },
  };
}

/** The way Alertmanager writes it: receivers treat it as one opaque text per group. */
export function groupKeyText(labels: Labels): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((name) => `${name}=${JSON.stringify(labels[name])}`);
  return `{}:{${pairs.join(', ')}}`;
}

function common(all: readonly Labels[]): Labels {
  const [first = {}, ...rest] = all;
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => rest.every((labels) => labels[name] === value)));
}

function size(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
