import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MINIMUM_HISTORY, openStream } from '../../src/evaluate/anomaly/stream.ts';
import { openWatch } from '../../src/evaluate/anomaly/watch.ts';
import type { Sensitivity } from '../../src/model/rule.ts';
import { SHARED } from '../support/shared.ts';
import { type Recorded, readCorpus, windowsOf } from './signal/corpus.ts';
import { replayAll } from './signal/incidents/replays.ts';
import type { Outcome } from './signal/incidents/run.ts';
import { nabScore, PROFILES, type Scored } from './signal/nab.ts';

/*
 * Whether the `anomaly` condition notices what people call an anomaly: as shipped, one configuration, every series sample by sample,
 * scored by the rules of the Numenta Anomaly Benchmark. `--data DIR --scores FILE` only writes the scores of every CSV below DIR.
 */

const DEFAULT_DATA = join(SHARED, 'signal-quality/nab/data');
const LABELS = join(SHARED, 'signal-quality/nab/windows.json');
/** The shipped threshold of medium sensitivity. */
const MEDIUM_SCORE = 0.5;

/** The first is the one whose details are printed; the rest show how much of a result is chance. */
const SEEDS = [20_260_302, 1, 2, 3, 4, 5, 6, 7];
const USUAL_SEEDS = 5;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    scores: { type: 'string' },
    seeds: { type: 'string', default: String(USUAL_SEEDS) },
    output: { type: 'string' },
  },
});

/** One where the rule's breach begins, as an alert would; no threshold is chosen here. */
function onsetsOf({ times, values: samples }: Recorded, sensitivity: Sensitivity): number[] {
  const watch = openWatch({ kind: 'anomaly', sensitivity, side: 'both', history: MINIMUM_HISTORY }, [], null);
  let before = false;
  return samples.map((value, row) => {
    const breach = watch.take(times[row] as number, value) === 'outside';
    const onset = breach && !before;
    before = breach;
    return onset ? 1 : 0;
  });
}

function scoresOf({ times, values: samples }: Recorded): number[] {
  const stream = openStream();
  return samples.map((value, row) => stream.score(times[row] as number, value));
}

const corpus = readCorpus(values.data ?? DEFAULT_DATA);
for (const series of corpus.slice(0, 3)) scoresOf(series);
const began = performance.now();
const scores = new Map(corpus.map((series) => [series.name, scoresOf(series)]));
const samples = corpus.reduce((sum, { times }) => sum + times.length, 0);
const microsPerSample = Number((((performance.now() - began) * 1_000) / samples).toFixed(2));

if (values.scores !== undefined) {
  writeFileSync(values.scores, JSON.stringify(Object.fromEntries(scores)));
  console.log(JSON.stringify({ scores: values.scores, series: corpus.length, samples, microsPerSample }));
} else {
  const { nab, nabDetails } = nabFigures();
  console.log(JSON.stringify({ nab, microsPerSample, ...(await incidentFigures()), nabDetails }));
}

/** The built-in rules over generated weeks, for several seeds, beside a published baseline's for the first. */
async function incidentFigures(): Promise<object> {
  const seeds = SEEDS.slice(0, Math.max(1, Number(values.seeds) || USUAL_SEEDS));
  const wanted = [
    { rules: 'published', seed: seeds[0] as number } as const,
    ...seeds.map((seed) => ({ rules: 'built-in', seed }) as const),
  ];
  const [published, first, ...others] = await replayAll(wanted, (line) => process.stderr.write(`${line}\n`));
  if (published === undefined || first === undefined) throw new Error('no replay');
  const all = [first, ...others];
  const spread = (of: (outcome: Outcome) => number) => all.map(of);
  const { recall, precision, falseAlertsPerWeek, medianSecondsToDetect, ...details } = first;
  return {
    incidents: { recall, precision, falseAlertsPerWeek, medianSecondsToDetect },
    incidentsBySeed: {
      seeds,
      recall: spread((outcome) => outcome.recall),
      precision: spread((outcome) => outcome.precision),
      falseAlertsPerWeek: spread((outcome) => outcome.falseAlertsPerWeek),
      medianSecondsToDetect: spread((outcome) => outcome.medianSecondsToDetect),
      missed: all.flatMap(({ missed }, index) => missed.map((one) => `${seeds[index]}: ${one}`)),
      falseAlerts: all.flatMap(({ falseAlerts }, index) => falseAlerts.map((one) => `${seeds[index]}: ${one}`)),
    },
    incidentDetails: details,
    publishedBaseline: published,
  };
}

function nabFigures() {
  const labels = labelsOf();
  const scored = corpus.map((series): Scored => ({ scores: scores.get(series.name) ?? [], windows: windowsOf(series, labels) }));
  const nab = Object.fromEntries(
    Object.entries(PROFILES).map(([name, profile]) => [name, rounded(nabScore(scored, profile).score)]),
  );
  const { threshold } = nabScore(scored, PROFILES.standard);
  return {
    nab,
    nabDetails: {
      series: scored.length,
      samples,
      windows: scored.reduce((sum, { windows }) => sum + windows.length, 0),
      bestThreshold: Number(threshold.toFixed(4)),
      atMediumSensitivity: rounded(nabScore(scored, PROFILES.standard, MEDIUM_SCORE).score),
      thresholdOfTheOtherHalf: otherHalves(scored),
      alertsBySensitivity: { low: alertScore('low'), medium: alertScore('medium'), high: alertScore('high') },
    },
  };
}

/** What the rule's alerts score, and how many they are. */
function alertScore(sensitivity: Sensitivity): object {
  const labels = labelsOf();
  const scored = corpus.map((series): Scored => ({ scores: onsetsOf(series, sensitivity), windows: windowsOf(series, labels) }));
  const alerts = scored.reduce((sum, { scores: onsets }) => sum + Array.from(onsets).filter((onset) => onset === 1).length, 0);
  return { standard: rounded(nabScore(scored, PROFILES.standard, 1).score), alerts };
}

function labelsOf(): Readonly<Record<string, readonly (readonly string[])[]>> {
  return JSON.parse(readFileSync(LABELS, 'utf8'));
}

/** The score of each half of the series at the threshold that is best for the other: how well one threshold carries over. */
function otherHalves(scored: readonly Scored[]): readonly number[] {
  const even = scored.filter((_, index) => index % 2 === 0);
  const odd = scored.filter((_, index) => index % 2 === 1);
  return [
    [even, odd],
    [odd, even],
  ].map(([held = [], other = []]) =>
    rounded(nabScore(held, PROFILES.standard, nabScore(other, PROFILES.standard).threshold).score),
  );
}

function rounded(score: number): number {
  return Number(score.toFixed(2));
}
