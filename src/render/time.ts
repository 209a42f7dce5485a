import { MINUTE } from '../model/duration.ts';
import type { Window } from '../model/window.ts';
import { type Html, html } from './html.ts';

/** What a clock and a calendar on the wall show in a zone; `month` counts from 1. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether the text names a time zone that this runtime knows, e.g. `Europe/Berlin`. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** Throws RangeError for an unknown zone: check with `isZone` where it is input. */
export function localTime(at: number, zone: string): LocalTime {
  const fields: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) fields[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = fields;
  return { year, month, day, hour, minute, second };
}

/** Milliseconds that the zone is ahead of UTC at that moment. */
export function zoneOffset(at: number, zone: string): number {
  const { year, month, day, hour, minute, second } = localTime(at, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** `2026-11-21T08:00:00Z`; milliseconds only where there are some. */
export function isoTime(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}

/** `08:00` */
export function formatClock(at: number, zone: string): string {
  const { hour, minute } = localTime(at, zone);
  return `${pad(hour)}:${pad(minute)}`;
}

/** `Sat 21 Nov 08:00:30`, where the order of things within a minute matters. */
export function formatSecond(at: number, zone: string): string {
  return `${formatMoment(at, zone)}:${pad(localTime(at, zone).second)}`;
}

/** `Sat 21 Nov` */
export function formatDay(at: number, zone: string): string {
  const { year, month, day } = localTime(at, zone);
  const weekday = WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  return `${weekday} ${day} ${MONTHS[month - 1]}`;
}

/** `Sat 21 Nov 08:00`; for places that name the zone nearby. */
export function formatMoment(at: number, zone: string): string {
  return `${formatDay(at, zone)} ${formatClock(at, zone)}`;
}

/** `2026-11-21 09:00 +01:00`, complete by itself; UTC is written as such. */
export function formatTime(at: number, zone: string): string {
  const { year, month, day } = localTime(at, zone);
  return `${year}-${pad(month)}-${pad(day)} ${formatClock(at, zone)} ${offsetWords(at, zone)}`;
}

/** `Fri 20 Nov 08:00 to Sat 21 Nov 08:00 (Europe/Berlin)`; on one day the day is said once. */
export function formatWindow({ start, end }: Window, zone: string): string {
  const until = formatDay(start, zone) === formatDay(end, zone) ? formatClock(end, zone) : formatMoment(end, zone);
  return `${formatMoment(start, zone)} to ${until} (${zone})`;
}

/** A `<time>` element that a machine can read as well; the words default to `formatMoment`. */
export function timeElement(at: number, zone: string, words = formatMoment(at, zone)): Html {
  return html`<time datetime="${isoTime(at)}">${words}</time>`;
}

function offsetWords(at: number, zone: string): string {
  if (zone === 'UTC') return 'UTC';
  const minutes = Math.round(zoneOffset(at, zone) / MINUTE);
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, made);
  return made;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
