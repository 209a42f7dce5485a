import type { Receiver } from '../model/config.ts';
import type { DigestSummary } from '../model/digest.ts';
import type { HttpAnswer, HttpRequest } from '../ports.ts';
import { azureCommonSchemaBody } from './azure-common-schema.ts';
import { bearer } from './bearer.ts';
import { cloudEventBody } from './cloudevents.ts';
import { communicationServicesRequest } from './communication-services.ts';
import { digestBody, digestText } from './digest-body.ts';
import { type EmailBody, emailBody, emailDigest } from './email.ts';
import { eventHubRequest } from './event-hub.ts';
import { type JiraBody, jiraBody, jiraUrl } from './jira-service-management.ts';
import { pagerDutyBody } from './pagerduty.ts';
import { serviceNowBody } from './servicenow.ts';
import { slackBody } from './slack.ts';
import { teamsBody, teamsVerdict } from './teams.ts';
import { type Verdict, verdictOfAnswer } from './verdict.ts';
import { webhookRequest } from './webhook.ts';
import { type NotificationContent, webhookBody } from './webhook-body.ts';

/** One notification: the id of all its tries, its body, and the moment of this try (epoch ms by the wall). */
export interface Delivery {
  readonly id: string;
  readonly body: string;
  readonly at: number;
  /** Of the app's identity, for those that take one: see {@link scopeFor}. */
  readonly token?: string;
}

/** The body that is archived under `id` and sent at every try. It holds no secret. */
export function bodyFor(receiver: Receiver, content: NotificationContent, id: string, at: number): string {
  return JSON.stringify(build(receiver, content, id, at));
}

function build(receiver: Receiver, content: NotificationContent, id: string, at: number): unknown {
  switch (receiver.kind) {
    case 'slack':
      return slackBody(content);
    case 'teams':
      return teamsBody(content);
    case 'pagerduty':
      return pagerDutyBody(content);
    case 'jiraServiceManagement':
      return jiraBody(content);
    case 'servicenow':
      return serviceNowBody(content);
    case 'email':
    case 'communicationServices':
      return emailBody(content);
    case 'eventGrid':
      return cloudEventBody(content, id, at);
    case 'eventHub':
      return webhookBody(content);
    case 'webhook':
      if (receiver.format === 'azure-common-schema') return azureCommonSchemaBody(content);
      return receiver.format === 'cloudevents' ? cloudEventBody(content, id, at) : webhookBody(content);
  }
}

/** The announcement of a digest; `null` for those who take nothing but alerts. */
export function digestFor(receiver: Receiver, summary: DigestSummary, consoleUrl: string): string | null {
  switch (receiver.kind) {
    case 'webhook':
      return receiver.format === undefined ? JSON.stringify(digestBody(summary, receiver.name, consoleUrl)) : null;
    case 'slack':
      return JSON.stringify({ text: digestText(summary, consoleUrl) });
    case 'teams':
      return JSON.stringify(teamsText(digestText(summary, consoleUrl)));
    case 'email':
    case 'communicationServices':
      return JSON.stringify(emailDigest(summary, consoleUrl));
    case 'eventHub':
      return JSON.stringify(digestBody(summary, receiver.name, consoleUrl));
    default:
      return null;
  }
}

/** The request of one try, with what only the request may hold: keys and signatures. E-mail over SMTP has none. */
export function requestFor(receiver: Receiver, delivery: Delivery): HttpRequest {
  const plain = webhookRequest({ ...receiver, secret: '' }, delivery);
  switch (receiver.kind) {
    case 'pagerduty':
      return { ...plain, body: JSON.stringify({ routing_key: receiver.secret, ...parsed(delivery.body) }) };
    case 'jiraServiceManagement': {
      const body = parsed(delivery.body) as unknown as JiraBody;
      const headers = { ...plain.headers, authorization: `GenieKey ${receiver.secret}` };
      return { ...plain, url: jiraUrl(receiver.url, body), headers, body: JSON.stringify(body.payload) };
    }
    case 'servicenow':
      return {
        ...plain,
        headers: { ...plain.headers, authorization: `Basic ${Buffer.from(receiver.secret).toString('base64')}` },
      };
    case 'communicationServices':
      return communicationServicesRequest(receiver, delivery, JSON.parse(delivery.body) as EmailBody, plain);
    case 'eventGrid':
      return {
        ...plain,
        headers: {
          ...plain.headers,
          'content-type': 'application/cloudevents+json; charset=utf-8',
          ...(delivery.token === undefined ? { 'aeg-sas-key': receiver.secret } : bearer(delivery.token)),
        },
      };
    case 'eventHub':
      return eventHubRequest(receiver, delivery, plain);
    case 'email':
    case 'slack':
    case 'teams':
      return plain;
    case 'webhook': {
      const request = webhookRequest(receiver, delivery);
      if (receiver.format !== 'cloudevents') return request;
      return { ...request, headers: { ...request.headers, 'content-type': 'application/cloudevents+json; charset=utf-8' } };
    }
  }
}

export function verdictFor(receiver: Receiver, answer: HttpAnswer): Verdict {
  return receiver.kind === 'teams' ? teamsVerdict(answer) : verdictOfAnswer(answer);
}

function teamsText(text: string): unknown {
  const content = { type: 'AdaptiveCard', version: '1.4', body: [{ type: 'TextBlock', text, wrap: true }] };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

/** Bodies are made by {@link bodyFor}, so they are objects. */
function parsed(body: string): Record<string, unknown> {
  return JSON.parse(body) as Record<string, unknown>;
}
