import { describe, expect, it } from 'vitest';
import { scanProgress } from '../../src/cli/scan-progress.ts';

function scan(isTTY: boolean, steps: readonly number[]): string[] {
  const written: string[] = [];
  let now = 0;
  const progress = scanProgress({ isTTY, write: (text) => written.push(text) }, () => now);
  for (const [index, at] of steps.entries()) {
    now = at;
    progress.report({ files: index + 1, of: steps.length, rows: (index + 1) * 1_500 });
  }
  progress.done();
  return written;
}

describe('the progress of a scan', () => {
  it('is silent for the first second and wherever there is no terminal', () => {
    expect(scan(true, [10, 500, 999])).toEqual([]);
    expect(scan(false, [10, 2_000, 9_000])).toEqual([]);
  });

  it('is one line that is written over a few times a second, and taken away at the end', () => {
    const CLEAR = '\r\u001b[K';
    expect(scan(true, [500, 1_000, 1_100, 1_300])).toEqual([
      `${CLEAR}2 of 4 files, 3,000 rows`,
      `${CLEAR}4 of 4 files, 6,000 rows`,
      CLEAR,
    ]);
  });
});
