import { DAY, HOUR, MINUTE, SECOND } from './duration.ts';

/** A day of the calendar in UTC; `month` and `day` count from 1. */
export interface CivilDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The day in UTC of a time in epoch ms (Gregorian; after H. Hinnant, "chrono-compatible low-level date algorithms"). */
export function civilDay(time: number): CivilDay {
  const shifted = Math.floor(time / DAY) + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

/** Epoch ms at which the month of a time began, in UTC. */
export function monthStart(time: number): number {
  return (Math.floor(time / DAY) - civilDay(time).day + 1) * DAY;
}

/** Epoch ms at which the month after that of a time begins, in UTC. */
export function nextMonthStart(time: number): number {
  return monthStart(monthStart(time) + 32 * DAY);
}

/** `2026-11-21`, in UTC. */
export function dateText(time: number): string {
  const { year, month, day } = civilDay(time);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** `2026-11-21T13:05:00Z`. */
export function instantText(time: number): string {
  const rest = time - Math.floor(time / DAY) * DAY;
  const part = (unit: number, most: number) => two(Math.floor(rest / unit) % most);
  return `${dateText(time)}T${part(HOUR, 24)}:${part(MINUTE, 60)}:${part(SECOND, 60)}Z`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:[Zz]|([+-])(\d\d):?(\d\d))$/;

/** Epoch ms of a time in ISO 8601 with its zone, of any precision; `null` for any other text. */
export function parseInstant(text: string): number | null {
  const parts = INSTANT.exec(text.trim());
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return null;
  const fraction = Math.floor(Number(`0.${parts[7] ?? 0}`) * 1_000);
  const offset = (Number(parts[9] ?? 0) * HOUR + Number(parts[10] ?? 0) * MINUTE) * (parts[8] === '-' ? -1 : 1);
  return dayNumber(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * SECOND + fraction - offset;
}

/** Days since 1970-01-01, by the same algorithms as {@link civilDay}. */
function dayNumber(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
