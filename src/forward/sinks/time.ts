import { dateOf } from '../dates.ts';
import type { Instant } from '../instant.ts';
import { ProtoWriter } from '../otlp/writer.ts';
import { NANOS, SECONDS } from '../scanned.ts';
import type { JsonItem } from './item.ts';

/** When the record happened. */
export function timeOf({ record }: Pick<JsonItem, 'record'>): Instant {
  if (record.kind !== 'scanned') return record.time;
  return { seconds: record.words[record.at + SECONDS] as number, nanos: record.words[record.at + NANOS] as number };
}

/** The same as RFC 3339 to 100 ns, e.g. `2026-03-10T21:41:05.4350000Z`. */
export function timeTextOf(item: Pick<JsonItem, 'record'>): string {
  const writer = new ProtoWriter(0);
  writeTimeText(writer, item);
  return writer.finish().toString('latin1');
}

/** The same in seconds since 1970 to the millisecond, by its bytes. */
export function writeSeconds(writer: ProtoWriter, item: Pick<JsonItem, 'record'>): void {
  const { seconds, nanos } = timeOf(item);
  writer.reserve(24);
  if (seconds >= 1e9 && seconds < 1e10) writeDigits(writer, seconds, 10);
  else writer.rawAscii(String(seconds));
  writer.rawByte(DOT);
  writeDigits(writer, Math.floor(nanos / 1e6), 3);
}

/** `timeTextOf` by its bytes. */
export function writeTimeText(writer: ProtoWriter, item: Pick<JsonItem, 'record'>): void {
  const { seconds, nanos } = timeOf(item);
  const day = Math.floor(seconds / DAY);
  const second = seconds - day * DAY;
  const hour = Math.floor(second / 3600);
  const minute = Math.floor(second / 60) - hour * 60;
  const { bytes: date } = dateOf(day);
  writer.reserve(date.length + 24);
  writer.rawBytes(date);
  writeDigits(writer, hour, 2);
  writer.rawByte(COLON);
  writeDigits(writer, minute, 2);
  writer.rawByte(COLON);
  writeDigits(writer, second - hour * 3600 - minute * 60, 2);
  writer.rawByte(DOT);
  writeDigits(writer, Math.floor(nanos / 100), 7);
  writer.rawByte(UPPER_Z);
}

const [ZERO, COLON, DOT, UPPER_Z] = [48, 58, 46, 90] as const;

function writeDigits(writer: ProtoWriter, value: number, count: number): void {
  let rest = value;
  for (let scale = POWERS[count - 1] as number; scale >= 1; scale /= 10) {
    const digit = Math.floor(rest / scale);
    writer.rawByte(ZERO + digit);
    rest -= digit * scale;
  }
}

const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const DAY = 86_400;
