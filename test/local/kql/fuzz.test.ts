import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fuzz, seedQueries } from './fuzz.ts';

const FOLDER = fileURLToPath(new URL('../../../../shared/kql', import.meta.url));
const present = existsSync(FOLDER);
/** `npm run -s bench -- kql-fuzz` runs ten thousand in one process and also watches time and memory. */
const COUNT = Number(process.env.FUZZ ?? 1_000);

describe('mutated queries', () => {
  it.runIf(present || process.env.CI)(
    'give answers or coded errors, within a bounded number of steps each',
    () => {
      const report = fuzz(seedQueries(FOLDER), 0, COUNT);
      expect(report.wrong).toEqual([]);
      expect(report.answered).toBeGreaterThan(COUNT / 4);
      expect(report.refused).toBeGreaterThan(COUNT / 10);
      expect(report.mostLooks).toBeLessThan(2_000);
    },
    COUNT * 200,
  );

  it.skipIf(present || process.env.CI)('queries: ../shared/kql is absent', () => undefined);
});
