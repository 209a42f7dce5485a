import { incidentKey, messageOf, plainLines } from './message.ts';
import { cut } from './texts.ts';
import type { NotificationContent } from './webhook-body.ts';

/* An API integration of Jira Service Management speaks Opsgenie’s alert API. */

const PRIORITIES = ['P1', 'P2', 'P3', 'P4', 'P5'] as const;
/* Limits of the alert API. */
const MESSAGE = 130;
const DESCRIPTION = 15_000;
const NOTE = 25_000;
const ALERTS = 20;

export interface JiraBody {
  readonly alias: string;
  /** Whether the alert is opened or closed; it decides the address and is no field of the API. */
  readonly action: 'create' | 'close';
  readonly payload: unknown;
}

/** One alert for the group, found again by its alias. */
export function jiraBody(content: NotificationContent): JiraBody {
  const message = messageOf(content, ALERTS);
  const alias = incidentKey(content.group);
  const [worst] = content.alerts;
  if (!message.firing) return { alias, action: 'close', payload: { source: 'Tocsin', note: cut(message.headline, NOTE) } };
  const alerts = message.body ?? message.shown.map((words) => plainLines(words).join('\n')).join('\n\n');
  const payload = {
    message: cut(message.headline, MESSAGE),
    alias,
    description: cut([message.why ?? '', alerts, message.rest ?? ''].filter(Boolean).join('\n\n'), DESCRIPTION),
    priority: PRIORITIES[worst?.severity ?? 4],
    source: 'Tocsin',
    entity: cut(worst?.target ?? 'tocsin', 512),
    tags: ['tocsin', ...(worst === undefined ? [] : [cut(worst.rule, 50)])],
    details: { reason: content.reason, console: message.url, owner: worst?.response.owner ?? '' },
  };
  return { alias, action: 'create', payload };
}

/** Creating is a POST to the alerts, closing one to the alert of this alias. */
export function jiraUrl(base: string, { alias, action }: Pick<JiraBody, 'alias' | 'action'>): string {
  if (action === 'create') return base;
  return `${base.replace(/\/$/, '')}/${encodeURIComponent(alias)}/close?identifierType=alias`;
}
