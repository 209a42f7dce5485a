import { describe, expect, it } from 'vitest';
import { murmur128 } from '../../src/forward/hash.ts';

describe('the hash of a record', () => {
  it.each([
    ["I will not buy this tobacconist's, it is scratched.", '9b5b7ba2ef3f7866889adeaf00f3f98e'],
    ['', '00000000000000000000000000000000'],
  ])('is MurmurHash3 x86 128: %j', (text, hash) => {
    expect(murmur128(Buffer.from(text), 0)).toBe(hash);
  });

  it('differs by every byte, by length and by seed', () => {
    const hashes = new Set<string>();
    for (let length = 0; length <= 40; length++) {
      for (let at = 0; at < Math.max(length, 1); at++) {
        const bytes = Buffer.alloc(length);
        if (length > 0) bytes[at] = 1;
        hashes.add(murmur128(bytes, 0)).add(murmur128(bytes, 1));
      }
    }
    expect(hashes.size).toBe(2 * (1 + (40 * 41) / 2));
  });
});
