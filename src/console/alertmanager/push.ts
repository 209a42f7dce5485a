import { MINUTE } from '../../model/duration.ts';
import type { Labels } from '../../model/labels.ts';
import type { PushedAlert } from '../../model/push.ts';

/** How long a pushed alert fires unless it is pushed again or says its end, as in Alertmanager. */
const RESOLVE_TIMEOUT = 5 * MINUTE;

const MOST_TIME = 8.64e15;
const MOST_LABELS = 64;
const LONGEST = 4_096;

/** The alerts of a push in order; each that is not understood is a text that says why. A text: the whole is not. */
export function pushedAlerts(json: unknown, now: number): readonly (PushedAlert | string)[] | string {
  if (!Array.isArray(json)) return 'a list of alerts is expected';
  return (json as readonly unknown[]).map((each) => pushedAlert(each, now));
}

function pushedAlert(json: unknown, now: number): PushedAlert | string {
  if (!isObject(json)) return 'an alert is an object';
  const labels = labelsOf(json.labels, 'labels');
  if (typeof labels === 'string') return labels;
  if (Object.keys(labels).length === 0) return 'an alert needs at least one label';
  const annotations = labelsOf(json.annotations ?? {}, 'annotations');
  if (typeof annotations === 'string') return annotations;
  const start = timeOf(json.startsAt, 'startsAt');
  const end = timeOf(json.endsAt, 'endsAt');
  if (typeof start === 'string') return start;
  if (typeof end === 'string') return end;
  const startsAt = start ?? Math.min(now, end ?? now);
  if (end !== null && end < startsAt) return 'an alert cannot end before it starts';
  const generatorUrl = typeof json.generatorURL === 'string' ? json.generatorURL.slice(0, LONGEST) : '';
  return { labels, annotations, startsAt, endsAt: end ?? now + RESOLVE_TIMEOUT, timeout: end === null, generatorUrl };
}

function labelsOf(json: unknown, what: string): Labels | string {
  if (!isObject(json)) return `${what} are an object of texts`;
  const entries = Object.entries(json);
  if (entries.length > MOST_LABELS) return `more than ${MOST_LABELS} ${what}`;
  const found: [string, string][] = [];
  for (const [name, value] of entries) {
    if (typeof value !== 'string') return `${what}: ${JSON.stringify(name)} is no text`;
    if (name === '' || name.length > LONGEST || value.length > LONGEST) return `${what}: a name or value is empty or too long`;
    if (value !== '') found.push([name, value]);
  }
  return Object.fromEntries(found);
}

/** Go's zero time, which clients send for "not set", is before any other. */
function timeOf(value: unknown, what: string): number | null | string {
  if (value === undefined || value === null || value === '') return null;
  const time = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  if (!(Math.abs(time) <= MOST_TIME)) return `${what} is not a time such as 2026-11-21T08:00:00Z`;
  return time <= 0 ? null : time;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
