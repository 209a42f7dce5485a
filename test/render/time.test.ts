import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/model/duration.ts';
import {
  formatClock,
  formatDay,
  formatMoment,
  formatSecond,
  formatTime,
  formatWindow,
  isoTime,
  isZone,
  timeElement,
  zoneOffset,
} from '../../src/render/time.ts';

const at = (text: string) => Date.parse(text);

describe('times in a zone', () => {
  it('are those of the wall clock there', () => {
    expect(formatClock(at('2026-11-21T08:00:00Z'), 'Europe/Berlin')).toBe('09:00');
    expect(formatClock(at('2026-07-01T23:30:00Z'), 'Asia/Kolkata')).toBe('05:00');
    expect(formatDay(at('2026-07-01T23:30:00Z'), 'Asia/Kolkata')).toBe('Thu 2 Jul');
    expect(formatMoment(at('2026-01-01T00:00:00Z'), 'UTC')).toBe('Thu 1 Jan 00:00');
    expect(formatSecond(at('2026-01-01T00:00:07Z'), 'UTC')).toBe('Thu 1 Jan 00:00:07');
  });

  it('say their offset, which changes with the season', () => {
    expect(formatTime(at('2026-11-21T08:00:00Z'), 'Europe/Berlin')).toBe('2026-11-21 09:00 +01:00');
    expect(formatTime(at('2026-07-21T08:00:00Z'), 'Europe/Berlin')).toBe('2026-07-21 10:00 +02:00');
    expect(formatTime(at('2026-07-21T08:00:00Z'), 'America/St_Johns')).toBe('2026-07-21 05:30 -02:30');
    expect(formatTime(at('2026-07-21T08:00:00Z'), 'UTC')).toBe('2026-07-21 08:00 UTC');
  });

  it('know both sides of a change of the clock', () => {
    expect(zoneOffset(at('2026-10-25T00:59:59.500Z'), 'Europe/Berlin')).toBe(2 * HOUR);
    expect(zoneOffset(at('2026-10-25T01:00:00Z'), 'Europe/Berlin')).toBe(HOUR);
  });

  it('say the day once when a window lies in one', () => {
    const window = { start: at('2026-11-21T08:00:00Z'), end: at('2026-11-21T09:00:00Z') };
    expect(formatWindow(window, 'UTC')).toBe('Sat 21 Nov 08:00 to 09:00 (UTC)');
    expect(formatWindow({ ...window, end: at('2026-11-22T09:00:00Z') }, 'UTC')).toBe(
      'Sat 21 Nov 08:00 to Sun 22 Nov 09:00 (UTC)',
    );
  });
});

it('a time on a page can be read by a machine as well', () => {
  expect(timeElement(at('2026-11-21T08:00:00Z'), 'Europe/Berlin').toString()).toBe(
    '<time datetime="2026-11-21T08:00:00Z">Sat 21 Nov 09:00</time>',
  );
});

it('RFC 3339 texts name the moment they were made of', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (time) => {
      expect(Date.parse(isoTime(time))).toBe(time);
    }),
  );
});

it('zones are told from other texts', () => {
  expect([isZone('Europe/Berlin'), isZone('UTC'), isZone('Mars/Olympus'), isZone('')]).toEqual([true, true, false, false]);
});
