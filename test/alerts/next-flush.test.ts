import { describe, expect, it } from 'vitest';
import { firstFlush, nextFlush } from '../../src/alerts/next-flush.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const TIMING = { groupWait: 30_000, groupInterval: 300_000, repeatInterval: 4 * 3_600_000 };

describe('the first flush of a group', () => {
  it('waits groupWait for others to join', () => {
    expect(firstFlush(NOW, NOW, TIMING)).toBe(NOW + 30_000);
    expect(firstFlush(NOW - 30_000, NOW, TIMING)).toBe(NOW + 30_000);
  });

  it('comes at once when the alert started more than groupWait ago', () => {
    expect(firstFlush(NOW - 30_001, NOW, TIMING)).toBe(NOW);
  });
});

describe('the next flush of a group', () => {
  it('comes groupInterval later while anything fires or somebody is still to be told', () => {
    expect(nextFlush({ firing: 1, untold: 0 }, NOW, TIMING)).toBe(NOW + 300_000);
    expect(nextFlush({ firing: 0, untold: 1 }, NOW, TIMING)).toBe(NOW + 300_000);
  });

  it('does not come once the group is quiet and everybody knows', () => {
    expect(nextFlush({ firing: 0, untold: 0 }, NOW, TIMING)).toBeNull();
  });
});
