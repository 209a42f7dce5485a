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
