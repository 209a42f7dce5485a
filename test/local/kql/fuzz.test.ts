import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fuzz, seedQueries } from './fuzz.ts';

const FOLDER = fileURLToPath(new URL('../../../../shared/kql', import.meta.url));
const present = existsSync(FOLDER);
/** `FUZZ=10000 npx vitest run test/local/kql/fuzz.test.ts` for the ten thousand. */
const COUNT = Number(process.env.FUZZ ?? 1_000);

describe('mutated queries', () => {
  it.runIf(present || process.env.CI)(
    'give answers or coded errors, in less than a second of processor time each and in bounded memory',
    () => {
      const report = fuzz(seedQueries(FOLDER), 0, COUNT);
      expect(report.wrong).toEqual([]);
      expect(report.answered).toBeGreaterThan(COUNT / 4);
      expect(report.refused).toBeGreaterThan(COUNT / 10);
      expect(report.peakMiB).toBeLessThan(2_048);
    },
    COUNT * 200,
  );

  it.skipIf(present || process.env.CI)('queries: ../shared/kql is absent', () => undefined);
});
