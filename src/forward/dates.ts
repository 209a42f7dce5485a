const DAY_MS = 86_400_000;
const REMEMBERED = 1_000;

/** A day as RFC 3339 begins with it, `2026-03-10T`. */
export interface DateText {
  readonly text: string;
  readonly bytes: Buffer;
}

const dates = new Map<number, DateText>();

/** By the day since 1970. The records of a batch are of few days, so each is written once. */
export function dateOf(day: number): DateText {
  let date = dates.get(day);
  if (date === undefined) {
    const text = new Date(day * DAY_MS).toISOString().slice(0, 11);
    date = { text, bytes: Buffer.from(text, 'latin1') };
    if (dates.size >= REMEMBERED) dates.clear();
    dates.set(day, date);
  }
  return date;
}
