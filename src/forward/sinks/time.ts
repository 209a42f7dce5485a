import type { Instant } from '../instant.ts';
import { NANOS, SECONDS } from '../scan.ts';
import type { JsonItem } from './item.ts';

/** When the record happened. */
export function timeOf({ record }: Pick<JsonItem, 'record'>): Instant {
  if (record.kind !== 'scanned') return record.time;
  return { seconds: record.words[record.at + SECONDS] as number, nanos: record.words[record.at + NANOS] as number };
}

/** The same as RFC 3339 to 100 ns, e.g. `2026-03-10T21:41:05.4350000Z`. */
export function timeTextOf(item: Pick<JsonItem, 'record'>): string {
  const { seconds, nanos } = timeOf(item);
  return `${secondText(seconds)}.${padded(Math.floor(nanos / 100), 7)}Z`;
}

/** The same in seconds since 1970 to the millisecond. */
export function secondsTextOf(item: Pick<JsonItem, 'record'>): string {
  const { seconds, nanos } = timeOf(item);
  return `${seconds}.${padded(Math.floor(nanos / 1e6), 3)}`;
}

let lastSecond = Number.NaN;
let lastText = '';

function secondText(seconds: number): string {
  if (seconds !== lastSecond) {
    lastSecond = seconds;
    lastText = new Date(seconds * 1000).toISOString().slice(0, 19);
  }
  return lastText;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
