import { type AlertWords, cut, messageOf } from './message.ts';
import type { NotificationContent } from './webhook-body.ts';

/* Limits of Block Kit (https://docs.slack.dev/reference/block-kit/blocks). */
const HEADER = 150;
const SECTION = 3_000;
const FIELD = 2_000;
/** A message holds 50 blocks; an alert takes three. */
const ALERTS = 10;

/** A Slack message for an incoming webhook. */
export function slackBody(content: NotificationContent): unknown {
  const message = messageOf(content, ALERTS);
  const rest = message.rest === null ? [] : [{ type: 'context', elements: [mrkdwn(escaped(message.rest), SECTION)] }];
  return {
    text: cut(escaped(message.title), SECTION),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(message.title, HEADER) } },
      ...(message.body === null ? message.shown.flatMap(blocksOf) : sectionsOf(message.body)),
      ...rest,
    ],
  };
}

function blocksOf({ alert, title, summary, where, since, severity, value, chart, response, links }: AlertWords) {
  const sign = alert.status === 'firing' ? ':red_circle:' : ':large_green_circle:';
  const fields = [
    ['Where', where],
    ['Since', since],
    ['Severity', severity],
    ['Value', [value, chart].filter(Boolean).join(' ')],
    ['Response', response],
  ].map(([name, text]) => mrkdwn(`*${name}*\n${escaped(text ?? '')}`, FIELD));
  const buttons = links.map(({ text, url }, index) => ({
    type: 'button',
    text: { type: 'plain_text', text },
    url,
    action_id: `link-${index}`,
  }));
  return [
    { type: 'section', text: mrkdwn(`${sign} *${escaped(title)}*\n${escaped(summary)}`, SECTION) },
    { type: 'section', fields },
    { type: 'actions', elements: buttons },
  ];
}

/** What a template made; it may use Slack's markup. */
function sectionsOf(body: string) {
  const parts = Array.from({ length: Math.ceil(body.length / SECTION) }, (_, index) =>
    body.slice(index * SECTION, (index + 1) * SECTION),
  );
  return parts.map((text) => ({ type: 'section', text: mrkdwn(text, SECTION) }));
}

function mrkdwn(text: string, limit: number) {
  return { type: 'mrkdwn', text: cut(text, limit) };
}

/** The three characters that Slack reads as markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
