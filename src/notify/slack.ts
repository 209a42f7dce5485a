import { cut } from './cut.ts';
import { type AlertWords, messageOf, numbered } from './message.ts';
import type { NotificationContent } from './webhook-body.ts';

/* Limits of Block Kit (https://docs.slack.dev/reference/block-kit/blocks). */
const HEADER = 150;
const SECTION = 3_000;
const FIELD = 2_000;
/** A message holds 50 blocks; an alert takes four. */
const ALERTS = 10;

/** A Slack message for an incoming webhook. */
export function slackBody(content: NotificationContent): unknown {
  const message = messageOf(content, ALERTS);
  return {
    text: cut(escaped(message.headline), SECTION),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(message.title, HEADER) } },
      ...contextOf(message.why),
      ...(message.body === null ? message.shown.flatMap(blocksOf) : sectionsOf(message.body)),
      ...contextOf(message.rest),
    ],
  };
}

function contextOf(text: string | null) {
  return text === null ? [] : [{ type: 'context', elements: [mrkdwn(escaped(text), SECTION)] }];
}

function blocksOf({ alert, title, summary, where, fired, since, severity, value, chart, response, steps, links }: AlertWords) {
  const sign = alert.status === 'firing' ? ':red_circle:' : ':large_green_circle:';
  const fields = [
    ['Where', escaped(where)],
    ['Since', `${localTime(alert.startsAt, fired)}${escaped(since.slice(fired.length))}`],
    ['Severity', escaped(severity)],
    ['Value', escaped([value, chart].filter(Boolean).join(' '))],
  ].map(([name, text]) => mrkdwn(`*${name}*\n${text}`, FIELD));
  const answer =
    response === null
      ? []
      : [[`*Response*\n${escaped(response)}`, ...(steps.length > 0 ? [escaped(numbered(steps))] : [])].join('\n')];
  const buttons = links.map(({ text, url }, index) => ({
    type: 'button',
    text: { type: 'plain_text', text },
    url,
    action_id: `link-${index}`,
  }));
  return [
    { type: 'section', text: mrkdwn(`${sign} *${escaped(title)}*\n${escaped(summary)}`, SECTION) },
    { type: 'section', fields },
    ...answer.map((text) => ({ type: 'section', text: mrkdwn(text, SECTION) })),
    { type: 'actions', elements: buttons },
  ];
}

/** Slack writes it in the zone of whoever reads. */
function localTime(time: number, fallback: string): string {
  return `<!date^${Math.floor(time / 1_000)}^{date_short_pretty} {time}|${fallback}>`;
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
