import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from '../../src/net/retry-after.ts';

const NOW = Date.parse('2026-11-21T08:00:00Z');

describe('Retry-After', () => {
  it('is a number of seconds', () => {
    expect(parseRetryAfter('120', NOW)).toBe(120_000);
    expect(parseRetryAfter(' 0 ', NOW)).toBe(0);
    expect(parseRetryAfter('1.5', NOW)).toBe(1_500);
  });

  it('is a date in any of the three forms of HTTP', () => {
    expect(parseRetryAfter('Sat, 21 Nov 2026 08:01:00 GMT', NOW)).toBe(60_000);
    expect(parseRetryAfter('Saturday, 21-Nov-26 08:01:00 GMT', NOW)).toBe(60_000);
    expect(parseRetryAfter('Sat Nov 21 08:01:00 2026 GMT', NOW)).toBe(60_000);
  });

  it('asks for nothing once the date has passed', () => {
    expect(parseRetryAfter('Sat, 21 Nov 2026 07:59:00 GMT', NOW)).toBe(0);
  });

  it.each([undefined, '', 'soon', '-5', '1e9', '2026-11-21', '12 seconds', '99999999999'])('is none in %j', (header) => {
    expect(parseRetryAfter(header, NOW)).toBeNull();
  });
});
