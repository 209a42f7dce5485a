import { describe, expect, it } from 'vitest';
import { murmur128 } from '../../src/forward/hash.ts';

describe('the hash of a record', () => {
  it.each([
    ["I will not buy this tobacconist's, it is scratched.", '9b5b7ba2ef3f7866889adeaf00f3f98e'],
    ['', '00000000000000000000000000000000'],
  ])('is MurmurHash3 x86 128: %j', (text, hash) => {
    expect(murmur128(Buffer.from(text), 0)).toBe(hash);
  });

  it('differs by every byte, by length and by seed, in anything as long as a record', () => {
    const hashes = new Set<string>();
    let hashed = 0;
    for (let length = 32; length <= 70; length++) {
      for (let at = 0; at < length; at++) {
        const bytes = Buffer.alloc(length);
        bytes[at] = 1;
        for (const seed of [0, 1, -1]) hashes.add(murmur128(bytes, seed));
        hashed += 3;
      }
    }
    expect(hashes.size).toBe(hashed);
  });
});
