import type { Window } from '../../model/window.ts';

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;

/** An ISO 8601 duration of days, hours, minutes and seconds, in ms; `null` for another text. */
export function parseIsoDuration(text: string): number | null {
  const match = DURATION.exec(text);
  if (match === null || text.length < 3) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

/** `PT1H`, `start/end`, `start/duration` or `duration/end`; `null` where it is none of these. */
export function parseTimespan(text: string, now: number): Window | null {
  const [first = '', second] = text.split('/');
  if (second === undefined) {
    const length = parseIsoDuration(first);
    return length === null ? null : { start: now - length, end: now };
  }
  const [start, end] = [instant(first), instant(second)];
  const [before, after] = [parseIsoDuration(first), parseIsoDuration(second)];
  if (start !== null && end !== null) return { start, end };
  if (start !== null && after !== null) return { start, end: start + after };
  if (end !== null && before !== null) return { start: end - before, end };
  return null;
}

function instant(text: string): number | null {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

export function intersect(a: Window, b: Window): Window {
  return { start: Math.max(a.start, b.start), end: Math.min(a.end, b.end) };
}
