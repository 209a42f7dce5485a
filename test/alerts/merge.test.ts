import { describe, expect, it } from 'vitest';
import { mergePush } from '../../src/alerts/merge.ts';
import type { PushedAlert } from '../../src/model/push.ts';

const NOW = 1_000;
const pushed = (startsAt: number, endsAt: number, timeout = false, annotations = {}): PushedAlert => ({
  labels: { alertname: 'A' },
  annotations,
  startsAt,
  endsAt,
  timeout,
});

describe('repeated pushes of one alert', () => {
  it('keep the earliest start and the newest annotations', () => {
    const merged = mergePush(pushed(500, 2_000, true, { v: '1' }), pushed(700, 2_100, true, { v: '2' }), NOW);
    expect(merged).toEqual(pushed(500, 2_100, true, { v: '2' }));
    expect(mergePush(pushed(500, 2_000, true), pushed(400, 2_100, true), NOW).startsAt).toBe(400);
  });

  it('keep the latest end that was said; a timeout gives way', () => {
    expect(mergePush(pushed(500, 2_000, true), pushed(500, 900), NOW)).toEqual(pushed(500, 900));
    expect(mergePush(pushed(500, 900), pushed(500, 800), NOW).endsAt).toBe(900);
    expect(mergePush(pushed(500, 3_000), pushed(500, 2_000, true), NOW)).toEqual(pushed(500, 3_000));
  });

  it('are another alert when it starts after the end of the known one', () => {
    expect(mergePush(pushed(500, 900), pushed(950, 2_000, true), NOW)).toEqual(pushed(950, 2_000, true));
    expect(mergePush(null, pushed(950, 2_000), NOW)).toEqual(pushed(950, 2_000));
  });
});
