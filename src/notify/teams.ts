import type { HttpAnswer } from '../ports.ts';
import { type AlertWords, factsOf, messageOf, numbered } from './message.ts';
import { cut, fitting } from './texts.ts';
import { type Verdict, verdictOfAnswer } from './verdict.ts';
import type { NotificationContent } from './webhook-body.ts';

const ALERTS = 6;
/** Teams takes messages of 28 KB. */
const BYTES = 27 * 1024;
/** Characters of a template's text, of up to four bytes. */
const BODY = 6_000;

/** A message with an Adaptive Card, for a Workflows webhook. */
export function teamsBody(content: NotificationContent): unknown {
  return fitting((alerts) => cardOf(content, alerts), ALERTS, BYTES);
}

function cardOf(content: NotificationContent, alerts: number): unknown {
  const message = messageOf(content, alerts);
  const color = message.firing ? 'Attention' : 'Good';
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            {
              type: 'TextBlock',
              text: plain(message.title),
              weight: 'Bolder',
              size: 'Medium',
              wrap: true,
              style: 'heading',
              color,
            },
            ...subtle(message.why),
            ...(message.body === null
              ? message.shown.map(containerOf)
              : [{ type: 'TextBlock', text: cut(message.body, BODY), wrap: true }]),
            ...subtle(message.rest),
          ],
          msteams: { width: 'full' },
        },
      },
    ],
  };
}

function subtle(text: string | null) {
  return text === null ? [] : [{ type: 'TextBlock', text: plain(text), wrap: true, isSubtle: true }];
}

/**
 * A throttled webhook answers 200 and says so in its body: HTTP error 429.
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using#rate-limiting-for-connectors
 */
export function teamsVerdict(answer: HttpAnswer): Verdict {
  const hidden = /HTTP error (\d{3})/i.exec(answer.body)?.[1];
  return verdictOfAnswer(hidden === undefined ? answer : { ...answer, status: Number(hidden) });
}

function containerOf(words: AlertWords) {
  const { alert, title, summary, response, steps, links } = words;
  const named = [...factsOf(words), ...(response === null ? [] : [['Response', response] as const])];
  const facts = named.map(([name, text]) => ({ title: name, value: plain(text) }));
  return {
    type: 'Container',
    separator: true,
    items: [
      {
        type: 'TextBlock',
        text: plain(title),
        weight: 'Bolder',
        wrap: true,
        color: alert.status === 'firing' ? 'Attention' : 'Good',
      },
      { type: 'TextBlock', text: plain(summary), wrap: true },
      { type: 'FactSet', facts },
      ...subtle(steps.length === 0 ? null : numbered(steps)),
      { type: 'ActionSet', actions: links.map(({ text, url }) => ({ type: 'Action.OpenUrl', title: text, url })) },
    ],
  };
}

/** Cards read Markdown; texts of alerts are meant as they are. */
function plain(text: string): string {
  return text.replace(/[\\*_[\]`~]/g, '\\$&');
}
