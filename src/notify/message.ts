import { createHash } from 'node:crypto';
import type { Alert } from '../model/alert.ts';
import { alertLabels, SEVERITY_WORDS } from '../model/alert-labels.ts';
import { formatDuration } from '../model/duration.ts';
import { labelKey } from '../model/labels.ts';
import type { NotifyReason } from '../model/notification.ts';
import { parseResourceId } from '../model/target.ts';
import { cut, iso } from './texts.ts';
import type { NotificationContent } from './webhook-body.ts';

/** One alert in the words that every medium shows: what, where, since when, how bad, what to do, where to look. */
export interface AlertWords {
  readonly alert: Alert;
  readonly title: string;
  readonly summary: string;
  readonly where: string;
  /** When it fired, in UTC, and how long it lasted where it is over. `since` begins with `fired`. */
  readonly fired: string;
  readonly since: string;
  readonly severity: string;
  /** The value against its threshold, and the course of the series as a line of blocks. */
  readonly value: string;
  readonly chart: string;
  /** Who, within what time, does what, and how, step by step; nothing of an alert that is over. */
  readonly response: string | null;
  readonly steps: readonly string[];
  readonly links: readonly { readonly text: string; readonly url: string }[];
}

/* Characters of one alert's texts; the whole text is on its page. */
const SUMMARY = 1_000;
const WHERE = 500;
const STEPS = 5;
const STEP = 200;

/** A notification in words. `shown` has at most as many alerts as the medium takes; `rest` says what is not shown. */
export interface Message {
  readonly firing: boolean;
  readonly title: string;
  /** The title and the summary of the first alert, for a line that a lock screen shows. */
  readonly headline: string;
  /** Why it comes now, where the alerts themselves do not say it, and who takes care of what. */
  readonly why: string | null;
  readonly shown: readonly AlertWords[];
  readonly rest: string | null;
  /** Stands in place of the alerts where the receiver has a template for it. */
  readonly body: string | null;
  readonly url: string;
}

export function messageOf(content: NotificationContent, limit: number): Message {
  const { alerts, group, reason, truncated, held = 0, custom, consoleUrl } = content;
  const body = custom?.body ?? null;
  const firing = alerts.filter((alert) => alert.status === 'firing').length;
  const resolved = alerts.length - firing;
  const state = firing > 0 ? `FIRING ${firing}` : `RESOLVED ${resolved}`;
  const [first] = alerts;
  const subject = group.labels.alertname ?? first?.rule ?? 'alerts';
  const resource = first === undefined ? '' : alertLabels(first).resource;
  const where = resource ? ` · ${resource}` : '';
  const hidden = Math.max(0, alerts.length - limit) + truncated;
  const rest = [
    hidden > 0 ? `${hidden} more not shown here` : '',
    held > 0 ? `${held} more ${held === 1 ? 'fires and is' : 'fire and are'} silenced, inhibited or muted` : '',
    custom?.problem ?? '',
  ];
  const why = [REASONS[reason] ?? '', ...alerts.slice(0, limit).map((alert) => careWords(alert) ?? '')];
  const title = custom?.title ?? `[${state}] ${subject}${where}`;
  return {
    firing: firing > 0,
    title,
    headline:
      custom?.title != null || first === undefined ? title : `${title}: ${cut(first.summary.trim() || first.rule, SUMMARY)}`,
    why: sentences(why),
    body,
    shown: alerts.slice(0, limit).map((alert) => wordsOf(alert, content)),
    rest: sentences(rest),
    url: first === undefined ? consoleUrl : `${consoleUrl}/alerts/${first.fingerprint}`,
  };
}

function sentences(parts: readonly string[]): string | null {
  const said = parts.filter((part) => part !== '');
  return said.length === 0 ? null : `${said.join('. ')}.`;
}

/** What a reader should know of why the message comes now, where the alerts themselves do not say it. */
const REASONS: Partial<Record<NotifyReason, string>> = {
  'repeat due': 'Reminder: nothing has changed',
  released: 'Was silenced, inhibited or muted until now',
  escalated: 'Escalated to you: nobody has acknowledged it',
  'got worse': 'It got worse after it was acknowledged: somebody must look again',
  'acknowledgement over': 'The acknowledgement is over: nobody takes care of it now',
};

/** Who takes care of an alert; `null` where nobody does. Receivers treat it as a sentence without its full stop. */
function careWords({ status, acknowledgement, labels, rule }: Alert): string | null {
  if (status !== 'firing' || acknowledgement === undefined) return null;
  const { by, comment } = acknowledgement;
  const what = [rule, ...Object.values(labels)].join(' ');
  return `${by} takes care of ${what}${comment === '' ? '' : ` (${comment})`}`;
}

function wordsOf(alert: Alert, { consoleUrl, ackLink }: NotificationContent): AlertWords {
  const page = `${consoleUrl}/alerts/${alert.fingerprint}`;
  const resource = parseResourceId(alert.target);
  const { owner, within, action, runbook, steps } = alert.response;
  const firing = alert.status === 'firing';
  const fired = `${minuteOf(alert.startsAt)} UTC`;
  const dimensions = Object.entries(alert.labels).map(([name, value]) => `${name} ${value}`);
  const place = [resource === null ? alert.target : `${resource.name} (${resource.resourceGroup})`, ...dimensions];
  return {
    alert,
    title: `${alert.rule}${firing ? '' : ' (resolved)'}`,
    summary: cut(alert.summary.trim() || alert.rule, SUMMARY),
    where: cut(place.filter(Boolean).join(', ') || 'not said', WHERE),
    fired,
    since: `${fired}${alert.endsAt === null ? '' : `, for ${formatDuration(alert.endsAt - alert.startsAt)}`}`,
    severity: `${SEVERITY_WORDS[alert.severity]} (Sev${alert.severity})`,
    value: badness(alert),
    chart: sparkline(alert.evidence.points.map(({ value }) => value)),
    response: firing ? cut(`${owner} within ${formatDuration(within)}: ${action}`, SUMMARY) : null,
    steps: firing ? steps.slice(0, STEPS).map((step) => cut(step, STEP)) : [],
    links: [
      { text: 'Open alert', url: page },
      ...(firing ? [{ text: 'Acknowledge', url: ackLink?.(alert) ?? `${page}#ack` }] : []),
      ...(firing ? [{ text: 'Silence', url: `${page}#silence` }] : []),
      ...(runbook === null ? [] : [{ text: 'Runbook', url: runbook }]),
      ...(resource === null ? [] : [{ text: 'Azure portal', url: `https://portal.azure.com/#resource${alert.target}` }]),
      { text: 'Query', url: `${page}#series` },
    ],
  };
}

/** The value against its condition. A condition that compares nothing stands alone where there is no value. */
function badness(alert: Alert): string {
  const compares = /^[<>=!]/.test(alert.condition);
  return alert.value === null && !compares ? alert.condition : `${valueText(alert)} (fires when ${alert.condition})`;
}

function valueText({ value, evidence }: Alert): string {
  if (value === null) return 'no value';
  if (evidence.valueIn === 'days') return `${Math.round(value)} d`;
  if (evidence.valueIn === 'failed tries') return value === 1 ? '1 failed try' : `${value} failed tries`;
  return evidence.unit === 'ratio' ? `${Number((value * 100).toPrecision(3))}%` : String(Number(value.toPrecision(4)));
}

const BLOCKS = [...'▁▂▃▄▅▆▇█'];
const CHART_POINTS = 24;

/** The newest points between the least and the greatest of them; empty for fewer than two. */
export function sparkline(values: readonly number[]): string {
  const newest = values.slice(-CHART_POINTS).filter(Number.isFinite);
  if (newest.length < 2) return '';
  const [low, high] = [Math.min(...newest), Math.max(...newest)];
  const step = (value: number): number => (high === low ? 0 : Math.round(((value - low) / (high - low)) * (BLOCKS.length - 1)));
  return newest.map((value) => BLOCKS[step(value)]).join('');
}

/** What names a group to services that keep incidents: as long as any of them takes, whatever the length of its labels. */
export function incidentKey(group: NotificationContent['group']): string {
  return `tocsin-${createHash('sha256').update(labelKey(group.labels)).digest('hex')}`;
}

/** `2026-11-21 08:00`, in UTC. */
function minuteOf(time: number): string {
  return iso(time).slice(0, 16).replace('T', ' ');
}

/** Steps as numbered lines. */
export function numbered(steps: readonly string[]): string {
  return steps.map((step, index) => `${index + 1}. ${step}`).join('\n');
}

/** What every medium lists of an alert, each with its name. */
export function factsOf({
  where,
  since,
  severity,
  value,
  chart,
}: AlertWords): readonly (readonly [name: string, text: string])[] {
  return [
    ['Where', where],
    ['Since', since],
    ['Severity', severity],
    ['Value', [value, chart].filter(Boolean).join(' ')],
  ];
}

/** An alert as lines of plain text, for services that show nothing else. */
export function plainLines(words: AlertWords): readonly string[] {
  const { title, summary, response, steps, links } = words;
  return [
    `${title}: ${summary}`,
    ...factsOf(words).map(([name, text]) => `${name}: ${text}`),
    ...(response === null ? [] : [`Response: ${response}`]),
    ...(steps.length === 0 ? [] : [numbered(steps)]),
    ...links.map(({ text, url }) => `${text}: ${url}`),
  ];
}
