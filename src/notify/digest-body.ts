import type { DigestSummary } from '../model/digest.ts';
import { iso } from './texts.ts';
import type { WebhookBody } from './webhook-body.ts';

export interface DigestWebhookBody extends WebhookBody {
  readonly digest: {
    readonly id: string;
    readonly name: string;
    readonly window: { readonly start: string; readonly end: string };
    readonly publishedAt: string;
    readonly headline: string;
    /** How many alerts and findings it speaks of. */
    readonly alerts: number;
    readonly findings: number;
    readonly url: string;
  };
}

/** The announcement of a published digest: the envelope of any notification, without alerts, so that receivers of alerts parse it. */
export function digestBody(summary: DigestSummary, receiver: string, consoleUrl: string): DigestWebhookBody {
  return {
    version: '4',
    groupKey: `{}:{digest=${JSON.stringify(summary.id)}}`,
    status: 'resolved',
    receiver,
    groupLabels: { digest: summary.name },
    commonLabels: {},
    commonAnnotations: { summary: summary.headline },
    externalURL: consoleUrl,
    truncatedAlerts: 0,
    reason: 'digest',
    heldAlerts: 0,
    alerts: [],
    digest: {
      id: summary.id,
      name: summary.name,
      window: { start: iso(summary.window.start), end: iso(summary.window.end) },
      publishedAt: iso(summary.publishedAt),
      headline: summary.headline,
      alerts: summary.alerts,
      findings: summary.findings,
      url: `${consoleUrl}/digests/${encodeURIComponent(summary.id)}`,
    },
  };
}

/** The announcement as one line, for chats. */
export function digestText({ name, headline, id }: DigestSummary, consoleUrl: string): string {
  return `${name} digest: ${headline} ${consoleUrl}/digests/${encodeURIComponent(id)}`;
}
