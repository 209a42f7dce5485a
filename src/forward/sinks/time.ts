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
  const micros = Math.floor(nanos / 1000);
  const millis = Math.floor(micros / 1000);
  return `${secondText(seconds)}.${THOUSANDTHS[millis]}${THOUSANDTHS[micros - millis * 1000]}${Math.floor(nanos / 100) % 10}Z`;
}

/** The same in seconds since 1970 to the millisecond. */
export function secondsTextOf(item: Pick<JsonItem, 'record'>): string {
  const { seconds, nanos } = timeOf(item);
  return `${seconds}.${THOUSANDTHS[Math.floor(nanos / 1e6)]}`;
}

const DAY = 86_400;
const REMEMBERED = 1_000;
const days = new Map<number, string>();
const THOUSANDTHS = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'));
const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** The records of a batch are of few days. */
function secondText(seconds: number): string {
  const day = Math.floor(seconds / DAY);
  let date = days.get(day);
  if (date === undefined) {
    date = new Date(day * DAY * 1000).toISOString().slice(0, 11);
    if (days.size >= REMEMBERED) days.clear();
    days.set(day, date);
  }
  const second = seconds - day * DAY;
  const hour = Math.floor(second / 3600);
  const minute = Math.floor(second / 60) - hour * 60;
  return `${date}${TWO[hour]}:${TWO[minute]}:${TWO[second - hour * 3600 - minute * 60]}`;
}
