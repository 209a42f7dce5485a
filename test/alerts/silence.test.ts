import { describe, expect, it } from 'vitest';
import { canUpdate, expired, silenceCovers, silenceStatus, silencesOf } from '../../src/alerts/silence.ts';
import type { Matcher } from '../../src/model/matcher.ts';
import type { Silence } from '../../src/model/silence.ts';
import { TARGET } from './make.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;
const chat: Matcher = { name: 'ModelDeploymentName', op: '=', value: 'chat' };

function silence(fields: Partial<Silence> = {}): Silence {
  return {
    id: 's1',
    matchers: [[chat]],
    resources: [],
    author: 'kim',
    comment: 'load test',
    startsAt: NOW - HOUR,
    endsAt: NOW + HOUR,
    recurrence: null,
    updatedAt: NOW - HOUR,
    ...fields,
  };
}

describe('a silence', () => {
  it('works from its start until before its end', () => {
    expect(silenceStatus(silence(), NOW - HOUR - 1)).toBe('pending');
    expect(silenceStatus(silence(), NOW - HOUR)).toBe('active');
    expect(silenceStatus(silence(), NOW + HOUR - 1)).toBe('active');
    expect(silenceStatus(silence(), NOW + HOUR)).toBe('expired');
  });

  it('covers what every matcher of any one set describes', () => {
    const either = silence({
      matchers: [[chat, { name: 'env', op: '=', value: 'test' }], [{ name: 'env', op: '=~', value: 'dev.*' }]],
    });
    expect(silenceCovers(either, { ModelDeploymentName: 'chat' })).toBe(false);
    expect(silenceCovers(either, { ModelDeploymentName: 'chat', env: 'test' })).toBe(true);
    expect(silenceCovers(either, { env: 'dev-2' })).toBe(true);
  });

  it('covers resources under maintenance and all below them, however Azure writes their ids', () => {
    const group = silence({ matchers: [], resources: ['/subscriptions/S1/resourceGroups/RG-AI/'] });
    expect(silenceCovers(group, { target: TARGET })).toBe(true);
    expect(silenceCovers(group, { target: TARGET.replace('rg-ai', 'rg-ai-2') })).toBe(false);
    expect(silenceCovers({ ...group, matchers: [[chat]] }, { target: TARGET, ModelDeploymentName: 'other' })).toBe(false);
  });

  it('covers nothing when it says nothing', () => {
    expect(silenceCovers(silence({ matchers: [] }), { ModelDeploymentName: 'chat' })).toBe(false);
  });

  it('can come back every week at a time of its zone, also over a change of the clock', () => {
    const sundays = silence({
      startsAt: Date.parse('2026-01-01T00:00:00Z'),
      endsAt: null,
      recurrence: { cron: '0 2 * * 0', zone: 'Europe/Stockholm', duration: 2 * HOUR },
    });
    const at = (time: string) => silenceStatus(sundays, Date.parse(time));
    expect(at('2026-11-22T00:59:59Z')).toBe('pending');
    expect(at('2026-11-22T01:00:00Z')).toBe('active');
    expect(at('2026-11-22T02:59:59Z')).toBe('active');
    expect(at('2026-11-22T03:00:00Z')).toBe('pending');
    expect(at('2026-07-05T00:00:00Z')).toBe('active');
    expect(at('2026-07-05T02:00:00Z')).toBe('pending');
    expect(at('2025-11-23T01:30:00Z')).toBe('pending');
  });

  it('is one of those that keep an alert quiet only while it works', () => {
    const all = [silence(), silence({ id: 's2', endsAt: NOW }), silence({ id: 's3', matchers: [[{ ...chat, value: 'x' }]] })];
    expect(silencesOf({ ModelDeploymentName: 'chat' }, all, NOW).map(({ id }) => id)).toEqual(['s1']);
  });

  it('that works can get another end, but neither another start nor other matchers', () => {
    const before = silence();
    expect(canUpdate(before, { ...before, endsAt: NOW + 2 * HOUR, comment: 'longer' }, NOW)).toBe(true);
    expect(canUpdate(before, { ...before, endsAt: NOW - 1 }, NOW)).toBe(false);
    expect(canUpdate(before, { ...before, startsAt: NOW }, NOW)).toBe(false);
    expect(canUpdate(before, { ...before, matchers: [] }, NOW)).toBe(false);
  });

  it('that has not begun can begin later, but not in the past; one that is over stays as it was', () => {
    const before = silence({ startsAt: NOW + HOUR, endsAt: NOW + 2 * HOUR });
    expect(canUpdate(before, { ...before, startsAt: NOW }, NOW)).toBe(true);
    expect(canUpdate(before, { ...before, startsAt: NOW - 1 }, NOW)).toBe(false);
    const over = silence({ endsAt: NOW });
    expect(canUpdate(over, { ...over, endsAt: NOW + HOUR }, NOW)).toBe(false);
  });

  it('that is ended now is over now', () => {
    expect(silenceStatus(expired(silence(), NOW), NOW)).toBe('expired');
    expect(silenceStatus(expired(silence({ startsAt: NOW + HOUR }), NOW), NOW + HOUR)).toBe('expired');
  });
});
