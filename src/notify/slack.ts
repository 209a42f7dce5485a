import { type AlertWords, factsOf, messageOf, numbered } from './message.ts';
import { cut } from './texts.ts';
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

function blocksOf(words: AlertWords) {
  const { alert, title, summary, fired, since, response, steps, links } = words;
  const sign = alert.status === 'firing' ? ':red_circle:' : ':large_green_circle:';
  const local = `${localTime(alert.startsAt, fired)}${escaped(since.slice(fired.length))}`;
  const fields = factsOf(words).map(([name, text]) => mrkdwn(`*${name}*\n${name === 'Since' ? local : escaped(text)}`, FIELD));
  const buttons = links.map(({ text, url }, index) => ({
    type: 'button',
    text: { type: 'plain_text', text },
    url,
    action_id: `link-${index}`,
  }));
  return [
    sectionOf(`${sign} *${escaped(title)}*\n${escaped(summary)}`),
    { type: 'section', fields },
    ...(response === null ? [] : [sectionOf(`*Response*\n${escaped([response, numbered(steps)].join('\n').trim())}`)]),
    { type: 'actions', elements: buttons },
  ];
}

/** Slack writes it in the zone of whoever reads. */
function localTime(time: number, fallback: string): string {
  return `<!date^${Math.floor(time / 1_000)}^{date_short_pretty} {time}|${fallback}>`;
}

/** What a template made; it may use Slack's markup. */
function sectionsOf(body: string) {
  const characters = [...body];
  return Array.from({ length: Math.ceil(characters.length / SECTION) }, (_, index) =>
    sectionOf(characters.slice(index * SECTION, (index + 1) * SECTION).join('')),
  );
}

function sectionOf(text: string) {
  return { type: 'section', text: mrkdwn(text, SECTION) };
}

function mrkdwn(text: string, limit: number) {
  // Half of an escaped character would be shown as it is.
  return { type: 'mrkdwn', text: cut(text, limit).replace(/&[a-z]*…$/, '…') };
}

/** The three characters that Slack reads as markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
