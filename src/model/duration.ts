const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
type Unit = keyof typeof UNITS;

export const SECOND = UNITS.s;
export const MINUTE = UNITS.m;
export const HOUR = UNITS.h;
export const DAY = UNITS.d;

const FORM = /^(?:\d+[smhdw])+$/;

/** Milliseconds of a duration as rule files write it (`90s`, `5m`, `1h30m`, `7d`); `null` when it is not one. */
export function parseDuration(text: string): number | null {
  if (!FORM.test(text)) return null;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw])/g)) total += Number(count) * UNITS[unit as Unit];
  return total;
}

/** The shortest such text for a number of milliseconds, to the second: `90000` → `1m30s`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  let rest = Math.round(ms / UNITS.s) * UNITS.s;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(rest / UNITS[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * UNITS[unit];
  }
  return text === '' ? '0s' : text;
}
