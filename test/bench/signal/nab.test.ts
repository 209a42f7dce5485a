import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasShared, SHARED } from '../../support/shared.ts';
import { readCorpus, windowsOf } from './corpus.ts';
import { nabScore, PROFILES, type Scored, worthOf } from './nab.ts';

const corpusOf = (scores: readonly number[]): readonly Scored[] => [{ scores, windows: [{ first: 40, last: 59 }] }];
const detections = (...rows: readonly number[]): readonly number[] =>
  Array.from({ length: 100 }, (_, row) => (rows.includes(row) ? 1 : 0));

describe('the scoring of labelled windows', () => {
  it('gives 100 for the first row of every window and 0 for silence', () => {
    expect(nabScore(corpusOf(detections(40)), PROFILES.standard).score).toBeCloseTo(100);
    expect(nabScore(corpusOf(detections()), PROFILES.standard).score).toBe(0);
  });

  it('counts a window once, by its earliest detection', () => {
    const once = nabScore(corpusOf(detections(45)), PROFILES.standard).score;
    expect(nabScore(corpusOf(detections(45, 46, 47, 58)), PROFILES.standard).score).toBe(once);
    expect(nabScore(corpusOf(detections(58)), PROFILES.standard).score).toBeLessThan(once);
  });

  it('charges a false detection by the profile, and less just behind a window', () => {
    expect(nabScore(corpusOf(detections(40, 20)), PROFILES.standard).score).toBeCloseTo(100 - 11 / 2);
    expect(nabScore(corpusOf(detections(40, 20)), PROFILES.rewardLowFp).score).toBeCloseTo(100 - 22 / 2);
    expect(worthOf(60, [{ first: 40, last: 59 }]).worth).toBeGreaterThan(-0.2);
    expect(worthOf(119, [{ first: 40, last: 59 }]).worth).toBe(-1);
  });

  it('leaves out the rows that are for learning', () => {
    expect(nabScore(corpusOf(detections(14, 40)), PROFILES.standard).score).toBeCloseTo(100);
    expect(nabScore(corpusOf(detections(15, 40)), PROFILES.standard).score).toBeLessThan(100);
  });

  it.skipIf(!hasShared)('gives what the benchmark’s reference gives, whatever the scores', async () => {
    const folder = join(SHARED, 'signal-quality');
    const labels = JSON.parse(readFileSync(join(folder, 'nab/windows.json'), 'utf8'));
    const reference = await import(pathToFileURL(join(folder, 'score.mjs')).href);
    const corpus = readCorpus(join(folder, 'nab/data'));
    for (let seed = 1; seed <= 3; seed++) {
      const scores = corpus.map(({ times }) =>
        times.map((_, row) => ((row * 7919 * seed) % 1009 > 1003 ? ((row * seed) % 97) / 97 : 0)),
      );
      const byFile = Object.fromEntries(corpus.map(({ name }, index) => [name, scores[index]]));
      const expected = reference.nab(byFile, join(folder, 'nab/data'), labels);
      const scored = corpus.map((series, index) => ({ scores: scores[index] ?? [], windows: windowsOf(series, labels) }));
      expect(nabScore(scored, PROFILES.standard).score).toBeCloseTo(expected.standard.score, 2);
      expect(nabScore(scored, PROFILES.rewardLowFp).score).toBeCloseTo(expected.reward_low_FP_rate.score, 2);
      expect(nabScore(scored, PROFILES.rewardLowFn).score).toBeCloseTo(expected.reward_low_FN_rate.score, 2);
    }
  });
});
