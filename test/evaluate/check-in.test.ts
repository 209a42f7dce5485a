import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkInStatus, dueAfter } from '../../src/evaluate/check-in.ts';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';
import { NO_CHECK_INS } from '../../src/model/heartbeat.ts';
import type { CheckInSchedule } from '../../src/model/rule.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const DAILY = { schedule: { kind: 'period', period: DAY } as CheckInSchedule, grace: HOUR, maxRun: HOUR };
const at = (start: number | null, finish: number | null, fail: number | null = null) => ({ start, finish, fail, note: '' });

describe('a job due every day, with an hour of grace', () => {
  it.each([
    ['that never checked in is new', NO_CHECK_INS, 'new'],
    ['is up a day after its check-in, less a moment', at(null, NOW - DAY + 1), 'up'],
    ['is late from then on', at(null, NOW - DAY), 'grace'],
    ['is still late a moment before the grace ends', at(null, NOW - DAY - HOUR + 1), 'grace'],
    ['is down when the grace has ended', at(null, NOW - DAY - HOUR), 'down'],
    ['is started five minutes after it began', at(NOW - 5 * MINUTE, NOW - 2 * HOUR), 'started'],
    ['is started also when it never finished', at(NOW - 5 * MINUTE, null), 'started'],
    ['is down when it has run for maxRun', at(NOW - HOUR, NOW - 2 * HOUR), 'down'],
    ['is up when it finished after it began', at(NOW - 3 * HOUR, NOW - 2 * HOUR), 'up'],
    ['is down when it says so', at(null, NOW - 2 * HOUR, NOW - HOUR), 'down'],
    ['is up again with the next finish', at(null, NOW - HOUR, NOW - 2 * HOUR), 'up'],
    ['is started when it tries again after a failure', at(NOW - MINUTE, NOW - DAY, NOW - HOUR), 'started'],
  ])('%s', (_, checkIns, status) => {
    expect(checkInStatus(DAILY, checkIns, NOW).status).toBe(status);
  });

  it('that never came is down a period and the grace after it was first expected', () => {
    expect(checkInStatus(DAILY, NO_CHECK_INS, NOW, NOW - DAY - HOUR + 1).status).toBe('new');
    expect(checkInStatus(DAILY, NO_CHECK_INS, NOW, NOW - DAY - HOUR)).toMatchObject({ status: 'down', why: 'overdue' });
  });

  it('that began late has maxRun more, but not again for beginning again', () => {
    const check = { ...DAILY, maxRun: 3 * HOUR };
    const finish = NOW - DAY - 2 * HOUR;
    expect(checkInStatus(check, at(NOW - 2 * HOUR, finish), NOW).status).toBe('started');
    expect(checkInStatus(check, at(NOW - MINUTE, NOW - DAY - 4 * HOUR), NOW)).toMatchObject({ status: 'down', why: 'overdue' });
  });
});

describe('a job due at ten in Brisbane', () => {
  const check = {
    schedule: { kind: 'cron', cron: '0 10 * * *', zone: 'Australia/Brisbane' } as CheckInSchedule,
    grace: HOUR,
    maxRun: HOUR,
  };
  const last = at(null, Date.parse('2000-01-01T00:00:00Z'));
  it.each([
    ['2000-01-01T23:59:00Z', 'up'],
    ['2000-01-02T00:00:00Z', 'grace'],
    ['2000-01-02T01:00:00Z', 'down'],
  ])('at %s is %s', (now, status) => {
    expect(checkInStatus(check, last, Date.parse(now)).status).toBe(status);
  });
});

describe('the time after which a check-in is due', () => {
  it('is the first occurrence after it, across changes of the clock', () => {
    const berlin = { kind: 'cron', cron: '30 2 * * *', zone: 'Europe/Berlin' } as const;
    expect(dueAfter(berlin, Date.parse('2026-03-28T12:00:00Z'))).toBe(Date.parse('2026-03-29T01:00:00Z'));
    expect(dueAfter(berlin, Date.parse('2026-10-24T12:00:00Z'))).toBe(Date.parse('2026-10-25T00:30:00Z'));
  });

  it('is the one that croner finds, whatever the expression and the zone', () => {
    const field = (most: number) => fc.oneof(fc.constant('*'), fc.integer({ min: 0, max: most }).map(String));
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe');
    const seconds = fc.integer({ min: Date.parse('2024-01-01') / 1000, max: Date.parse('2030-01-01') / 1000 });
    fc.assert(
      fc.property(field(59), field(23), zone, seconds, (minute, hour, place, second) => {
        const cron = `${minute} ${hour} * * *`;
        const next = dueAfter({ kind: 'cron', cron, zone: place }, second * 1000);
        expect(next).toBe(new Cron(cron, { timezone: place, paused: true }).nextRun(new Date(second * 1000))?.getTime());
      }),
      { numRuns: 60 },
    );
  });
});

describe('whatever came when', () => {
  const time = fc.option(fc.integer({ min: NOW - 5 * DAY, max: NOW }));
  it('a job is up, late or down by when it finished, if it neither runs nor failed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * DAY }), (age) => {
        const expected = age < DAY ? 'up' : age < DAY + HOUR ? 'grace' : 'down';
        expect(checkInStatus(DAILY, at(null, NOW - age), NOW).status).toBe(expected);
      }),
    );
  });

  it('once down by time, it stays down until something comes', () => {
    fc.assert(
      fc.property(time, time, time, fc.nat(10 * DAY), (start, finish, fail, later) => {
        const before = checkInStatus(DAILY, at(start, finish, fail), NOW);
        if (before.status !== 'down') return;
        expect(checkInStatus(DAILY, at(start, finish, fail), NOW + later).status).toBe('down');
      }),
    );
  });
});
