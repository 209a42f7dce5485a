import { describe, expect, it } from 'vitest';
import { accepts, acceptsAll } from '../../src/model/where.ts';

describe('a filter on a dimension', () => {
  it.each([
    ['429', '429', true],
    ['true', 'True', true],
    ['429', '4290', false],
    ['>=500', '503', true],
    ['>=500', '499', false],
    ['> 500', '500', false],
    ['<400', '200', true],
    ['<= 400', '400', true],
    ['!=200', '204', true],
    ['>=500', '', false],
    ['>=500', 'Unknown', false],
  ])('%s accepts %s: %s', (accepted, actual, expected) => {
    expect(accepts(accepted, actual)).toBe(expected);
  });

  it('takes any one of its values, and every dimension must pass', () => {
    const where = { StatusCode: ['429', '>=500'], StreamType: ['Streaming'] };
    expect(acceptsAll(where, { StatusCode: '503', StreamType: 'Streaming' })).toBe(true);
    expect(acceptsAll(where, { StatusCode: '503' })).toBe(false);
    expect(acceptsAll({}, {})).toBe(true);
  });
});
