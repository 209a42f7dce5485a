import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TocsinError } from '../../src/model/errors.ts';
import { GIVE_UP_AFTER, verdictOfAnswer, verdictOfError, waitAfter } from '../../src/notify/verdict.ts';

describe('what an answer means', () => {
  it.each([200, 201, 202, 204, 299])('%i: delivered', (status) => {
    expect(verdictOfAnswer({ status })).toEqual({ kind: 'delivered' });
  });

  it.each([408, 500, 502, 503, 504, 599])('%i: the receiver is in trouble, try again', (status) => {
    expect(verdictOfAnswer({ status })).toMatchObject({ kind: 'try again', code: 'TCN-N001', retryAfter: null });
  });

  it.each([425, 429])('%i: too fast, try again when it says', (status) => {
    expect(verdictOfAnswer({ status, retryAfter: 7_000 })).toMatchObject({
      kind: 'try again',
      code: 'TCN-N007',
      retryAfter: 7_000,
    });
  });

  it.each([301, 302, 304, 307, 400, 401, 403, 404, 413, 422])('%i: refused, for a person to mend', (status) => {
    expect(verdictOfAnswer({ status })).toMatchObject({ kind: 'give up', code: 'TCN-N002' });
  });

  it('410: gone', () => {
    expect(verdictOfAnswer({ status: 410 })).toMatchObject({ kind: 'give up', code: 'TCN-N005' });
  });

  it('no answer: try again, unless the configuration is at fault', () => {
    expect(verdictOfError(new TocsinError('TCN-N003', 'x'))).toMatchObject({ kind: 'try again', code: 'TCN-N003' });
    expect(verdictOfError(new TocsinError('TCN-X001', 'x'))).toMatchObject({ kind: 'try again', code: 'TCN-X001' });
    expect(verdictOfError(new TocsinError('TCN-N004', 'x'))).toMatchObject({ kind: 'give up', code: 'TCN-N004' });
    expect(verdictOfError(new TocsinError('TCN-N006', 'x'))).toMatchObject({ kind: 'give up', code: 'TCN-N006' });
  });
});

describe('the wait before the next try', () => {
  it('grows from five seconds to an hour', () => {
    const waits = Array.from({ length: 9 }, (_, index) => waitAfter(index + 1, null) / 1000);
    expect(waits).toEqual([5, 30, 120, 300, 900, 1800, 3600, 3600, 3600]);
  });

  it('is what the receiver asks for, within five seconds and an hour', () => {
    expect(waitAfter(1, 90_000)).toBe(90_000);
    expect(waitAfter(6, 0)).toBe(5_000);
    expect(waitAfter(1, 7 * 86_400_000)).toBe(3_600_000);
  });

  it('leaves room for more than twenty tries before a delivery is given up', () => {
    let elapsed = 0;
    let failures = 0;
    while (elapsed <= GIVE_UP_AFTER) elapsed += waitAfter(++failures, null);
    expect(failures).toBeGreaterThan(20);
  });

  it('always lies between five seconds and an hour', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.option(fc.nat(), { nil: null }), (failures, retryAfter) => {
        expect(waitAfter(failures, retryAfter)).toBeGreaterThanOrEqual(5_000);
        expect(waitAfter(failures, retryAfter)).toBeLessThanOrEqual(3_600_000);
      }),
    );
  });
});
