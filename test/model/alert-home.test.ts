import { describe, expect, it } from 'vitest';
import { homeOf } from '../../src/model/alert-home.ts';

describe('the home of an alert', () => {
  it('is that of its rule on its target, however the target is written', () => {
    const home = homeOf({ rule: 'Throttled', target: '/subscriptions/S1/a' });
    expect(home).toMatch(/^[0-9a-f]{32}$/);
    expect(homeOf({ rule: 'Throttled', target: '/SUBSCRIPTIONS/s1/A' })).toBe(home);
    expect(homeOf({ rule: 'Throttled', target: '/subscriptions/s1/b' })).not.toBe(home);
    expect(homeOf({ rule: 'Slow', target: '/subscriptions/s1/a' })).not.toBe(home);
    expect(homeOf({ rule: 'Throttled', target: '/subscriptions/S1/a' })).toBe(home);
  });

  it('never comes from another pair of texts', () => {
    expect(homeOf({ rule: 'a', target: 'b,c' })).not.toBe(homeOf({ rule: 'a,b', target: 'c' }));
    expect(homeOf({ rule: '', target: '' })).toMatch(/^[0-9a-f]{32}$/);
  });
});
