import { describe, expect, it } from 'vitest';
import { containsTime, intervalsAt } from '../../src/alerts/time-interval.ts';
import { parseInterval, type WrittenInterval } from '../../src/model/time-interval.ts';

const inside = (written: WrittenInterval, time: string): boolean => {
  const { interval, problems } = parseInterval(written);
  expect(problems).toEqual([]);
  return containsTime(interval, Date.parse(time));
};

describe('a time interval', () => {
  const office = { times: [{ start: '09:00', end: '17:00' }], weekdays: ['monday:friday'], location: 'Europe/Stockholm' };

  it('includes its start and not its end', () => {
    expect(inside(office, '2026-11-20T08:00:00Z')).toBe(true);
    expect(inside(office, '2026-11-20T07:59:59Z')).toBe(false);
    expect(inside(office, '2026-11-20T15:59:59Z')).toBe(true);
    expect(inside(office, '2026-11-20T16:00:00Z')).toBe(false);
    expect(inside(office, '2026-11-21T10:00:00Z')).toBe(false);
  });

  it('keeps to the clock of its zone when the clock is moved', () => {
    expect(inside(office, '2026-07-20T07:00:00Z')).toBe(true);
    expect(inside(office, '2026-07-20T15:00:00Z')).toBe(false);
    const night = { times: [{ start: '02:00', end: '03:00' }], location: 'Europe/Stockholm' };
    expect(inside(night, '2026-03-29T01:00:00Z')).toBe(false);
    expect(inside(night, '2026-10-25T00:30:00Z')).toBe(true);
    expect(inside(night, '2026-10-25T01:30:00Z')).toBe(true);
  });

  it('ends a day at 24:00', () => {
    const late = { times: [{ start: '22:00', end: '24:00' }] };
    expect(inside(late, '2026-11-20T23:59:59Z')).toBe(true);
    expect(inside(late, '2026-11-20T00:00:00Z')).toBe(false);
  });

  it('counts days from the end of the month, whatever its length', () => {
    expect(inside({ daysOfMonth: ['-1'] }, '2028-02-29T12:00:00Z')).toBe(true);
    expect(inside({ daysOfMonth: ['-1'] }, '2028-02-28T12:00:00Z')).toBe(false);
    expect(inside({ daysOfMonth: ['20:-1'] }, '2026-02-20T12:00:00Z')).toBe(true);
    expect(inside({ daysOfMonth: ['-31:-28'] }, '2026-02-01T12:00:00Z')).toBe(true);
    expect(inside({ daysOfMonth: ['31'] }, '2026-02-28T12:00:00Z')).toBe(false);
  });

  it('takes months and years by name and number', () => {
    expect(inside({ months: ['january:march', '12'], years: ['2026:2027'] }, '2026-12-01T00:00:00Z')).toBe(true);
    expect(inside({ months: ['january:march', '12'], years: ['2026:2027'] }, '2028-01-01T00:00:00Z')).toBe(false);
  });

  it('without conditions contains every time', () => {
    expect(inside({}, '1999-01-01T00:00:00Z')).toBe(true);
  });

  it.each([
    [{ times: [{ start: '17:00', end: '09:00' }] }, 'times'],
    [{ times: [{ start: '9:00', end: '24:01' }] }, 'times'],
    [{ weekdays: ['friday:monday'] }, 'weekdays'],
    [{ weekdays: ['fryday'] }, 'weekdays'],
    [{ daysOfMonth: ['0'] }, 'daysOfMonth'],
    [{ daysOfMonth: ['-1:5'] }, 'daysOfMonth'],
    [{ daysOfMonth: ['32'] }, 'daysOfMonth'],
    [{ months: ['13'] }, 'months'],
    [{ years: ['26'] }, 'years'],
    [{ location: 'Europe/Atlantis' }, 'location'],
  ] satisfies [WrittenInterval, string][])('that cannot be is refused: %j', (written, field) => {
    expect(parseInterval(written).problems.map(({ path }) => path[0])).toEqual([field]);
  });

  it('is asked for by name', () => {
    const defined = [
      { name: 'weekend', intervals: [parseInterval({ weekdays: ['saturday', 'sunday'] }).interval] },
      { name: 'never', intervals: [] },
    ];
    const saturday = Date.parse('2026-11-21T12:00:00Z');
    expect(intervalsAt(['never', 'weekend', 'unheard-of'], defined, saturday)).toEqual(['weekend']);
    expect(intervalsAt(['weekend'], defined, saturday - 86_400_000)).toEqual([]);
  });
});
