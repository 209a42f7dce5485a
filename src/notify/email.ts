import type { DigestSummary } from '../model/digest.ts';
import { digestText } from './digest-body.ts';
import { type AlertWords, cut, incidentKey, type Message, messageOf } from './message.ts';
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

/** One e-mail for what changed in the group. Mail programs show tables and colours, no scripts, no SVG and no pictures unasked. */
export function emailBody(content: NotificationContent): EmailBody {
  const message = messageOf(content, ALERTS);
  const headline = message.firing ? '#b3261e' : '#1b7a3d';
  const { shown, rest } = message;
  return {
    subject: cut(oneLine(message.title), SUBJECT),
    text: textOf(message),
    html: page(
      message.title,
      `<h1 style="margin:0 0 16px;font-size:18px;color:${headline}">${escaped(message.title)}</h1>${message.body === null ? shown.map(cardOf).join('') : `<p style="white-space:pre-wrap">${escaped(message.body)}</p>`}${
        rest === null ? '' : `<p style="color:#5f6368">${escaped(rest)}</p>`
      }`,
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

function textOf({ title, shown, rest, body, url }: Message): string {
  if (body !== null) return [title, body, rest ?? '', url].filter((part) => part !== '').join('\n\n');
  const alerts = shown.map((words) =>
    [
      words.title,
      words.summary,
      ...rows(words).map(([name, value]) => `${name}: ${value}`),
      ...words.links.map(({ text, url: link }) => `${text}: ${link}`),
    ].join('\n'),
  );
  return [title, ...alerts, rest ?? '', url].filter((part) => part !== '').join('\n\n');
}

function rows({ where, since, severity, value, chart, response }: AlertWords): readonly (readonly [string, string])[] {
  return [
    ['Where', where],
    ['Since', since],
    ['Severity', severity],
    ['Value', [value, chart].filter(Boolean).join(' ')],
    ['Response', response],
  ];
}

function cardOf(words: AlertWords): string {
  const { alert, title, summary, links } = words;
  const edge = alert.status === 'firing' ? '#b3261e' : '#1b7a3d';
  const facts = rows({ ...words, chart: '' })
    .map(
      ([name, value]) =>
        `<tr><td style="padding:2px 12px 2px 0;color:#5f6368;vertical-align:top">${name}</td><td style="padding:2px 0">${escaped(value)}</td></tr>`,
    )
    .join('');
  const actions = links
    .filter(({ url }) => /^https?:\/\//.test(url))
    .map(({ text, url }) => `<a href="${escaped(url)}" style="margin-right:16px;color:#0b57d0">${escaped(text)}</a>`)
    .join('');
  return `<table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="margin:0 0 16px;border-left:4px solid ${edge};background:#f8f9fa"><tr><td style="padding:12px 16px"><p style="margin:0 0 4px;font-weight:bold">${escaped(title)}</p><p style="margin:0 0 8px">${escaped(summary)}</p><table role="presentation" cellspacing="0" cellpadding="0">${facts}</table>${chartOf(words)}<p style="margin:12px 0 0">${actions}</p></td></tr></table>`;
}

/** The newest points as bars between zero and the greatest, those on the wrong side of the threshold in red. */
function chartOf({ alert: { evidence, condition }, value }: AlertWords): string {
  const points = evidence.points.filter((point) => Number.isFinite(point.value)).slice(-BARS);
  const greatest = Math.max(...points.map((point) => Math.abs(point.value)), 0);
  if (points.length < 2 || greatest === 0) return '';
  const below = condition.startsWith('<');
  const bars = points.map((point) => {
    const height = Math.max(1, Math.round((Math.abs(point.value) / greatest) * BAR_HEIGHT));
    const { threshold } = evidence;
    const wrong = threshold !== null && (below ? point.value < threshold : point.value > threshold);
    return `<td style="padding:0 1px;vertical-align:bottom"><table role="presentation" cellspacing="0" cellpadding="0"><tr><td width="8" height="${height}" bgcolor="${wrong ? '#b3261e' : '#9aa0a6'}" style="font-size:0;line-height:0">&nbsp;</td></tr></table></td>`;
  });
  return `<table role="img" aria-label="Course of the value, now ${escaped(value)}" cellspacing="0" cellpadding="0" style="margin:8px 0 0"><tr height="${BAR_HEIGHT}">${bars.join('')}</tr></table>`;
}

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head><body style="margin:0;padding:24px;font:14px/1.5 system-ui,'Segoe UI',Arial,sans-serif;color:#202124;background:#ffffff"><div style="max-width:640px;margin:0 auto">${content}</div></body></html>`;
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
