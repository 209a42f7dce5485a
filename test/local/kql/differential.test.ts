import { describe, expect, it } from 'vitest';
import { differenceOf } from './differential.ts';

/** More with `TOCSIN_KQL_PROGRAMS=10000`. */
const PROGRAMS = Number(process.env.TOCSIN_KQL_PROGRAMS ?? 1_000);

describe('the engine', () => {
  it(`does with ${PROGRAMS} random programs over random tables what a row-by-row interpreter does`, () => {
    let refused = 0;
    let withRows = 0;
    for (let seed = 0; seed < PROGRAMS; seed += 1) {
      const result = differenceOf(seed);
      expect(result.difference, `seed ${seed}`).toBeNull();
      if (result.refused !== null) refused += 1;
      if (result.rows > 0) withRows += 1;
    }
    // The generator knows the grammar: what it writes compiles, and most of it finds something.
    expect(refused / PROGRAMS).toBeLessThan(0.02);
    expect(withRows / PROGRAMS).toBeGreaterThan(0.4);
  }, 600_000);
});
