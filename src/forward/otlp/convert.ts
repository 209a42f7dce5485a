import { dateOf } from '../dates.ts';
import type { Json } from '../json.ts';
import { numberOf } from '../record.ts';

/** A whole number, also from text; `null` where it is none. */
export function integerOf(value: Json): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value)) return null;
  return Number(value);
}

/** The sum of a list of counts, or the one count; `null` where a part of it is none. */
export function sumOf(value: Json): number | null {
  if (!Array.isArray(value)) return integerOf(value);
  let sum = 0;
  for (const item of value as readonly Json[]) {
    const count = integerOf(item);
    if (count === null) return null;
    sum += count;
  }
  return sum;
}

/** Seconds from 0001-01-01, where .NET begins to count, to 1970-01-01. */
const EPOCH_SECONDS = 62_135_596_800;
const DAY = 86_400;

/** A .NET tick count (100 ns since 0001-01-01, UTC) as RFC 3339 with seven fraction digits; `null` where it is none of our time. */
export function rfc3339OfTicks(ticks: string): string | null {
  if (!/^6\d{17}$/.test(ticks)) return null;
  const seconds = Number(ticks.slice(0, 11)) - EPOCH_SECONDS;
  const day = Math.floor(seconds / DAY);
  const second = seconds - day * DAY;
  const clock = `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
  return `${dateOf(day).text}${clock}.${ticks.slice(11)}Z`;
}

/** The same of ticks in a buffer, written to the beginning of `out`; `false` where `rfc3339OfTicks` has `null`. */
export function readTicks(source: Buffer, from: number, to: number, out: Buffer): boolean {
  if (to - from !== 18 || source[from] !== 54) return false;
  let count = 0;
  for (let at = from; at < from + 11; at++) {
    const digit = (source[at] as number) - 48;
    if (digit < 0 || digit > 9) return false;
    count = count * 10 + digit;
  }
  for (let at = from + 11; at < to; at++) {
    const code = source[at] as number;
    if (code < 48 || code > 57) return false;
    out[20 + at - from - 11] = code;
  }
  const seconds = count - EPOCH_SECONDS;
  const day = Math.floor(seconds / DAY);
  const second = seconds - day * DAY;
  const date = dateOf(day).bytes;
  if (date.length !== 11) return false;
  out.set(date, 0);
  putTwo(out, 11, Math.floor(second / 3600), COLON);
  putTwo(out, 14, Math.floor(second / 60) % 60, COLON);
  putTwo(out, 17, second % 60, DOT);
  out[27] = UPPER_Z;
  return true;
}

const [COLON, DOT, UPPER_Z] = [58, 46, 90] as const;

/** Two digits and what follows them. */
function putTwo(out: Buffer, at: number, number: number, next: number): void {
  const tens = Math.floor(number / 10);
  out[at] = 48 + tens;
  out[at + 1] = 48 + number - tens * 10;
  out[at + 2] = next;
}

const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

function two(number: number): string {
  return TWO[number] ?? '';
}

/** A finite number of a JSON value; digits beyond 2^53 are rounded. `null`: not a number. */
export function floatOf(value: Json): number | null {
  const number = numberOf(value);
  return number === null ? null : Number(number);
}

const SNAKE_LIMIT = 2_000;
const snakes = new Map<string, string>();

/** `EndpointName` → `endpoint_name`, `TotalE2ETimeInSeconds` → `total_e2e_time_in_seconds`, `XMSClientRequestId` → `xms_client_request_id`. */
export function snakeCase(name: string): string {
  const known = snakes.get(name);
  if (known !== undefined) return known;
  const snake = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
  if (snakes.size < SNAKE_LIMIT) snakes.set(name, snake);
  return snake;
}
