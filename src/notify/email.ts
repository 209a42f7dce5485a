import type { DigestSummary } from '../model/digest.ts';
import { digestText } from './digest-body.ts';
import { type AlertWords, factsOf, incidentKey, type Message, messageOf, plainLines } from './message.ts';
import { cut, iso } from './texts.ts';
import type { NotificationContent } from './webhook-body.ts';

/** A message in both forms, without addresses: those are the receiver's. */
export interface EmailBody {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Mail programs show messages of one thread together. */
  readonly thread: string;
}

const ALERTS = 20;
const SUBJECT = 200;
const BARS = 24;
const BAR_HEIGHT = 32;
const MUTED = '#5f6368';

/** One e-mail for what changed in the group. Mail programs show tables and colours, no scripts, no SVG and no pictures unasked. */
export function emailBody(content: NotificationContent): EmailBody {
  const message = messageOf(content, ALERTS);
  const { title, why, shown, rest, body } = message;
  const alerts = body === null ? shown.map(cardOf).join('') : `<p style="white-space:pre-wrap">${escaped(body)}</p>`;
  return {
    subject: cut(oneLine(message.headline), SUBJECT),
    text: textOf(message),
    html: page(
      title,
      [
        `<h1 class="${message.firing ? 'bad' : 'good'}" style="margin:0 0 12px;font-size:18px;line-height:1.35;color:${toneOf(message.firing)}">${escaped(title)}</h1>`,
        why === null ? '' : `<p style="margin:0 0 12px;font-weight:bold">${escaped(why)}</p>`,
        alerts,
        rest === null ? '' : `<p class="muted" style="color:${MUTED}">${escaped(rest)}</p>`,
      ].join(''),
    ),
    thread: incidentKey(content.group),
  };
}

export function emailDigest(summary: DigestSummary, consoleUrl: string): EmailBody {
  const text = digestText(summary, consoleUrl);
  const url = `${consoleUrl}/digests/${encodeURIComponent(summary.id)}`;
  return {
    subject: cut(oneLine(`${summary.name} digest: ${summary.headline}`), SUBJECT),
    text,
    html: page(summary.headline, `<p>${escaped(summary.headline)}</p><p><a href="${escaped(url)}">Read the digest</a></p>`),
    thread: `digest-${summary.name}`,
  };
}

function textOf({ title, why, shown, rest, body, url }: Message): string {
  const alerts = body === null ? shown.map((words) => plainLines(words).join('\n')) : [body];
  const link = body === null ? '' : url;
  return [title, why ?? '', ...alerts, rest ?? '', link].filter((part) => part !== '').join('\n\n');
}

/** What happened, then what to do, then the facts, then where to go: read on a phone at night. */
function cardOf(words: AlertWords): string {
  const { alert, title, summary, response, steps, links } = words;
  const facts = factsOf({ ...words, chart: '' }).map(
    ([name, text]) =>
      `<tr><td class="muted" style="padding:2px 12px 2px 0;color:${MUTED};vertical-align:top;white-space:nowrap">${name}</td><td style="padding:2px 0">${escaped(text)}</td></tr>`,
  );
  const how = steps.map((step) => `<li style="margin:0 0 4px">${escaped(step)}</li>`).join('');
  const actions = links
    .filter(({ url }) => /^https?:\/\//.test(url))
    .map(
      ({ text, url }) =>
        `<a class="link" href="${escaped(url)}" style="display:inline-block;margin:0 8px 8px 0;padding:8px 12px;border:1px solid #c4c7c5;border-radius:6px;color:#0b57d0;text-decoration:none">${escaped(text)}</a>`,
    );
  return [
    `<table class="card" role="presentation" width="100%" cellspacing="0" cellpadding="0" style="margin:0 0 16px;border-left:4px solid ${toneOf(alert.status === 'firing')};background:#f6f7f9"><tr><td style="padding:12px 16px">`,
    `<p style="margin:0 0 2px;font-size:16px;font-weight:bold">${escaped(summary)}</p>`,
    `<p class="muted" style="margin:0 0 10px;color:${MUTED}">${escaped(title)}</p>`,
    response === null ? '' : `<p style="margin:0 0 8px"><strong>Response:</strong> ${escaped(response)}</p>`,
    how === '' ? '' : `<ol style="margin:0 0 8px;padding-left:24px">${how}</ol>`,
    `<table role="presentation" cellspacing="0" cellpadding="0">${facts.join('')}</table>`,
    chartOf(words),
    `<p style="margin:12px 0 0">${actions.join('')}</p></td></tr></table>`,
  ].join('');
}

/** The newest points as bars between zero and the greatest, those on the wrong side of the threshold in red. */
function chartOf({ alert: { evidence, condition }, value }: AlertWords): string {
  const points = evidence.points.filter((point) => Number.isFinite(point.value)).slice(-BARS);
  const greatest = Math.max(...points.map((point) => Math.abs(point.value)), 0);
  const [oldest, newest] = [points[0], points.at(-1)];
  if (points.length < 2 || greatest === 0 || oldest === undefined || newest === undefined) return '';
  const below = condition.startsWith('<');
  const { threshold } = evidence;
  const bars = points.map((point) => {
    const height = Math.max(1, Math.round((Math.abs(point.value) / greatest) * BAR_HEIGHT));
    const wrong = threshold !== null && (below ? point.value < threshold : point.value > threshold);
    return `<td style="padding:0 1px;vertical-align:bottom"><table role="presentation" cellspacing="0" cellpadding="0"><tr><td width="8" height="${height}" bgcolor="${wrong ? '#d93025' : '#9aa0a6'}" style="font-size:0;line-height:0">&nbsp;</td></tr></table></td>`;
  });
  const clock = (time: number): string => iso(time).slice(11, 16);
  const caption = `${clock(oldest.at)} to ${clock(newest.at)} UTC${threshold === null ? '' : '; red: beyond the threshold'}`;
  return `<table role="img" aria-label="Course of the value, now ${escaped(value)}" cellspacing="0" cellpadding="0" style="margin:8px 0 0"><tr height="${BAR_HEIGHT}">${bars.join('')}</tr></table><p class="muted" style="margin:2px 0 0;font-size:12px;color:${MUTED}">${caption}</p>`;
}

function toneOf(firing: boolean): string {
  return firing ? '#b3261e' : '#1b7a3d';
}

/** Colours stand in attributes for programs that read no style sheet; those that do may have a dark scheme. */
const DARK =
  '@media (prefers-color-scheme:dark){body,.page{background:#1b1c1f!important;color:#e8eaed!important}.card{background:#2a2b2f!important}.muted{color:#b0b4ba!important}.bad{color:#ff8a80!important}.good{color:#7fd8a0!important}.link{color:#a8c7fa!important;border-color:#5f6368!important}}';

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${escaped(title)}</title><style>${DARK}</style></head><body style="margin:0;padding:0;font:14px/1.5 system-ui,'Segoe UI',Arial,sans-serif;color:#202124;background:#ffffff;overflow-wrap:anywhere"><div class="page" style="max-width:640px;margin:0 auto;padding:16px;box-sizing:border-box">${content}</div></body></html>`;
}

/** A line break in a subject would begin another header. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
