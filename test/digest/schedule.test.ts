import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueDigests } from '../../src/digest/schedule.ts';
import type { DigestSchedule } from '../../src/model/config.ts';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';

const at = (text: string) => Date.parse(text);
const iso = (time: number) => new Date(time).toISOString();

function daily(changes: Partial<DigestSchedule> = {}): DigestSchedule {
  return { name: 'daily', period: 'daily', at: '08:00', zone: 'Europe/Berlin', receivers: ['team'], ...changes };
}

describe('a daily digest', () => {
  it('is due at its minute, of the day before', () => {
    const last = { daily: at('2026-11-20T07:00:00Z') };
    expect(dueDigests([daily()], last, at('2026-11-21T06:59:59.999Z'))).toEqual([]);
    const [due] = dueDigests([daily()], last, at('2026-11-21T07:00:00Z'));
    expect(due?.window).toEqual({ start: at('2026-11-20T07:00:00Z'), end: at('2026-11-21T07:00:00Z') });
    expect(due?.previous).toEqual({ start: at('2026-11-19T07:00:00Z'), end: at('2026-11-20T07:00:00Z') });
    expect(due?.first).toBe(false);
  });

  it('is not due again once its window has one', () => {
    const last = { daily: at('2026-11-21T07:00:00Z') };
    expect(dueDigests([daily()], last, at('2026-11-21T07:05:00Z'))).toEqual([]);
  });

  it('is made up once after a long sleep, for the newest window', () => {
    const due = dueDigests([daily()], { daily: at('2026-11-10T07:00:00Z') }, at('2026-11-21T13:00:00Z'));
    expect(due.map(({ window }) => iso(window.end))).toEqual(['2026-11-21T07:00:00.000Z']);
  });

  it('covers 25 hours when the clock goes back and 23 when it goes forward', () => {
    const hours = (now: string) => {
      const [due] = dueDigests([daily()], {}, at(now));
      return due === undefined ? null : (due.window.end - due.window.start) / HOUR;
    };
    expect(hours('2026-10-25T12:00:00Z')).toBe(25);
    expect(hours('2026-03-29T12:00:00Z')).toBe(23);
    expect(hours('2026-06-01T12:00:00Z')).toBe(24);
  });

  it('comes once on a day whose clock skips or repeats its time', () => {
    const schedule = daily({ at: '02:30' });
    const ends = (from: string, days: number) => {
      const found = new Set<number>();
      for (let now = at(from); now < at(from) + days * DAY; now += 10 * MINUTE) {
        for (const { window } of dueDigests([schedule], {}, now)) found.add(window.end);
      }
      return [...found].map(iso);
    };
    expect(ends('2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
    expect(ends('2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-24T00:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });
});

describe('a weekly digest', () => {
  it('comes on Mondays', () => {
    const schedule = daily({ name: 'weekly', period: 'weekly', zone: 'America/New_York' });
    const [due] = dueDigests([schedule], {}, at('2026-11-21T12:00:00Z'));
    expect(iso(due?.window.start ?? 0)).toBe('2026-11-09T13:00:00.000Z');
    expect(iso(due?.window.end ?? 0)).toBe('2026-11-16T13:00:00.000Z');
    expect(due?.first).toBe(true);
  });
});

it('windows of a schedule follow each other without gap or overlap, whenever the timer runs', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kolkata');
  const clock = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
  const steps = fc.array(fc.integer({ min: MINUTE, max: 20 * HOUR }), { minLength: 3, maxLength: 12 });
  fc.assert(
    fc.property(
      zones,
      clock,
      fc.integer({ min: at('2026-01-02T00:00:00Z'), max: at('2026-12-20T00:00:00Z') }),
      steps,
      (zone, [h, m], start, gaps) => {
        const schedule = daily({ zone, at: `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}` });
        let now = start;
        let last: number | null = null;
        for (const gap of gaps) {
          now += gap;
          const [due] = dueDigests([schedule], last === null ? {} : { daily: last }, now);
          if (due === undefined) continue;
          expect(due.window.end).toBeLessThanOrEqual(now);
          expect(due.previous.end).toBe(due.window.start);
          if (last !== null) expect(due.window.start).toBe(last);
          last = due.window.end;
        }
      },
    ),
    { numRuns: 40 },
  );
});
