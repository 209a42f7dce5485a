import { invalid, unsupported } from '../errors.ts';
import type { Call } from '../plan.ts';
import { msOfTicks, TICKS_PER_DAY, TICKS_PER_SECOND } from '../time.ts';
import { argument, asText, type Scalar, type ScalarTable } from './define.ts';

/* Time zones by their IANA names, from the runtime's own tables. */

type Offset = (utcTicks: number) => number;

const zones = new Map<string, Offset | null>();

/** How far local time is ahead of UTC, in ticks; `null` for a zone that is not known. */
function zoneOf(name: string): Offset | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const made = makeZone(name);
  if (zones.size >= 1000) zones.clear();
  zones.set(name, made);
  return made;
}

function makeZone(name: string): Offset | null {
  // An offset such as "+02:00" is no zone of Kusto's.
  if (!/^[A-Za-z]/.test(name)) return null;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    return (ticks) => {
      const text = format.formatToParts(new Date(msOfTicks(ticks))).find((part) => part.type === 'timeZoneName')?.value ?? '';
      const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text) ?? [];
      const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
      return (sign === '-' ? -size : size) * TICKS_PER_SECOND;
    };
  } catch {
    return null;
  }
}

/** A local time that comes twice means the first; one that is skipped is moved on by the gap. */
function toUtc(local: number, offset: Offset): number {
  const [before, after] = [offset(local - TICKS_PER_DAY), offset(local + TICKS_PER_DAY)];
  const candidates = [local - before, local - after].filter((utc) => offset(utc) === local - utc);
  return candidates.length === 0 ? local - before : Math.min(...candidates);
}

function checkZone(call: Call): void {
  const zone = call.args[1];
  if (zone === undefined) throw unsupported(`${call.name}() without a time zone`, call.at);
  if (zone.kind === 'literal' && zoneOf(String(zone.value)) === null) {
    throw invalid(`${call.name}() knows no time zone ${JSON.stringify(zone.value)}`, call.at);
  }
}

function shifted(f: (ticks: number, offset: Offset) => number): Scalar {
  return {
    check: checkZone,
    bind: (_call, args) => {
      const value = argument(args, 0);
      const zone = args[1] === undefined ? () => '' : asText(args[1]);
      return (row) => {
        const ticks = value(row) as number | null;
        const offset = zoneOf(zone(row));
        return ticks === null || offset === null ? null : f(ticks, offset);
      };
    },
  };
}

export const ZONES: ScalarTable = {
  datetime_utc_to_local: shifted((ticks, offset) => ticks + offset(ticks)),
  datetime_local_to_utc: shifted(toUtc),
};
