import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSamples } from '../../../src/local/ruletest/notation.ts';

describe('the notation of series', () => {
  it.each([
    ['5', [5]],
    ['0x3', [0, 0, 0, 0]],
    ['5+2x3', [5, 7, 9, 11]],
    ['1-2x4', [1, -1, -3, -5, -7]],
    ['-2+4x3', [-2, 2, 6, 10]],
    ['0.1+0.1x2', [0.1, 0.2, 0.3]],
    ['1e3x1', [1000, 1000]],
    ['_', [null]],
    ['1 _x3 stale', [1, null, null, null, null]],
    ['  0x1   7 ', [0, 0, 7]],
  ])('%s', (text, samples) => {
    expect(parseSamples(text)).toEqual(samples);
  });

  it.each(['', '5x', 'x5', '5+2', '5*3', '_+1x3', 'stalex3', '1,2', 'NaN'])('refuses %j', (text) => {
    expect(parseSamples(text)).toHaveProperty('problem');
  });

  it('refuses more than a year of minutes instead of filling the memory', () => {
    expect(parseSamples('1x999999999')).toEqual({ problem: 'more than 525600 samples' });
  });

  it('gives back what is written sample by sample', () => {
    const sample = fc.oneof(fc.constant(null), fc.integer({ min: -1000, max: 1000 }));
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1 }), (samples) => {
        expect(parseSamples(samples.map((value) => (value === null ? '_' : String(value))).join(' '))).toEqual(samples);
      }),
    );
  });
});
