import { describe, expect, it } from 'vitest';
import { TextPool } from '../../../src/local/archive/text-pool.ts';

describe('a pool of texts', () => {
  it('gives equal texts one number, different ones different numbers, through all its growth', () => {
    const pool = new TextPool('');
    const texts = Array.from({ length: 40_000 }, (_, index) => `${index % 7}é-${index}`);
    const codes = texts.map((text) => pool.codeOfText(text));
    expect(new Set(codes).size).toBe(texts.length);
    expect(texts.map((text) => pool.codeOfText(text))).toEqual(codes);
    expect(codes.map((code) => pool.values[code])).toEqual(texts);
    expect(pool.size).toBe(texts.length + 1);
  });

  it('knows the number of what a cell without text holds', () => {
    expect(new TextPool('').codeOfText('')).toBe(0);
    const guids = new TextPool(null);
    expect(guids.codeOfText(null)).toBe(0);
    const empty = guids.codeOfText('');
    expect(guids.values[empty]).toBe('');
  });

  it('tells many long texts from many short ones', () => {
    const [short, long] = [new TextPool(''), new TextPool('')];
    for (let index = 0; index < 5_000; index += 1) {
      short.codeOfText(`id-${index}`);
      long.codeOfText(`${index}${'x'.repeat(100)}`);
    }
    expect([short.isSpread, long.isSpread]).toEqual([false, true]);
  });
});
