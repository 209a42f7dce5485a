const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * A time as an option or a file gives it, in epoch ms; `null` for another text. With its zone, or a date, which begins at midnight UTC: a local time
 * without a zone would mean something else elsewhere.
 */
export function moment(text: string): number | null {
  const time = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
