import type { Bound } from '../run/run.ts';
import { formatDatetime, TICKS_PER_DAY, TICKS_PER_SECOND } from '../time.ts';
import { argument, asText, type Scalar, type ScalarTable } from './define.ts';

/** The pieces of a datetime's text by format specifier; the fraction is handled apart. */
function datetimeParts(ticks: number): Readonly<Record<string, number>> {
  const text = formatDatetime(ticks, 'all');
  const [year, month, day, hour, minute, second] = [0, 5, 8, 11, 14, 17].map((at) =>
    Number(text.slice(at, at === 0 ? 4 : at + 2)),
  );
  return {
    y: year ?? 0,
    M: month ?? 0,
    d: day ?? 0,
    H: hour ?? 0,
    h: (((hour ?? 0) + 11) % 12) + 1,
    m: minute ?? 0,
    s: second ?? 0,
  };
}

const DATETIME_TOKEN = /y{1,4}|M{1,2}|d{1,2}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7}|tt/g;

const formatDatetimeAs: Scalar = {
  bind: (_call, args) => {
    const value = argument(args, 0);
    const format = asText(args[1] as Bound);
    return (row) => {
      const ticks = value(row) as number | null;
      if (ticks === null) return '';
      const parts = datetimeParts(ticks);
      const fraction = formatDatetime(ticks, 'all').slice(20, 27);
      return format(row).replace(DATETIME_TOKEN, (token) => {
        if (token === 'tt') return (parts.H ?? 0) < 12 ? 'AM' : 'PM';
        if (token.startsWith('f')) return fraction.slice(0, token.length);
        if (token.startsWith('F')) return fraction.slice(0, token.length).replace(/0+$/, '');
        if (token.startsWith('y'))
          return token.length <= 2
            ? String((parts.y ?? 0) % 100).padStart(token.length, '0')
            : String(parts.y).padStart(token.length, '0');
        return String(parts[token[0] ?? '']).padStart(token.length, '0');
      });
    };
  },
};

const TIMESPAN_TOKEN = /d{1,8}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7}/g;

const formatTimespanAs: Scalar = {
  bind: (_call, args) => {
    const value = argument(args, 0);
    const format = asText(args[1] as Bound);
    return (row) => {
      const ticks = value(row) as number | null;
      if (ticks === null) return '';
      const size = Math.abs(ticks);
      const seconds = Math.floor((size % TICKS_PER_DAY) / TICKS_PER_SECOND);
      const fraction = String(size % TICKS_PER_SECOND).padStart(7, '0');
      const parts: Readonly<Record<string, number>> = {
        d: Math.floor(size / TICKS_PER_DAY),
        h: Math.floor(seconds / 3600),
        H: Math.floor(seconds / 3600),
        m: Math.floor(seconds / 60) % 60,
        s: seconds % 60,
      };
      return format(row).replace(TIMESPAN_TOKEN, (token) => {
        if (token.startsWith('f')) return fraction.slice(0, token.length);
        if (token.startsWith('F')) return fraction.slice(0, token.length).replace(/0+$/, '');
        return String(parts[token[0] ?? '']).padStart(token.length, '0');
      });
    };
  },
};

export const FORMATS: ScalarTable = {
  format_datetime: formatDatetimeAs,
  format_timespan: formatTimespanAs,
};
