import { formatDuration } from '../../model/duration.ts';
import type { AnomalyCondition } from '../../model/rule.ts';
import type { Series } from '../../model/series.ts';
import type { Window } from '../../model/window.ts';
import { seriesKey } from '../register.ts';
import { type Arrival, judgeThreshold } from '../threshold.ts';
import { ruleFor, type Work } from '../work.ts';
import { assessAnomaly, countsRows } from './assess.ts';
import type { Watches } from './shard.ts';

/**
 * Judges one window of one target. A window whose data had not all come teaches nothing and has no verdict. Where rows are counted,
 * a known series without any had none.
 */
export function judgeAnomaly(
  work: Work,
  watches: Watches,
  target: string,
  series: readonly Series[],
  window: Window,
  arrival: Arrival,
): void {
  const rule = ruleFor(work, target);
  if (rule.condition.kind !== 'anomaly') return;
  const complete = arrival.late ? [] : countsRows(rule.signal) ? withSilent(watches, target, series, rule.signal.by) : series;
  judgeThreshold(work, assessAnomaly(rule, rule.condition, watches, target), target, complete, window, arrival);
}

function withSilent(watches: Watches, target: string, series: readonly Series[], by: readonly string[]): readonly Series[] {
  const heard = new Set(series.map(({ labels }) => seriesKey(labels, by)));
  const silent = watches.known(target).filter((labels) => !heard.has(seriesKey(labels, by)));
  return [...series, ...silent.map((labels) => ({ labels, points: [], over: null }))];
}

/** Why series of the rule have no verdict, for the evaluation log. */
export function noteLearning(work: Work, { history }: AnomalyCondition, { learning, refused }: Watches): void {
  const count = (names: ReadonlySet<string>) => (names.size === 1 ? 'one series' : `${names.size} series`);
  if (learning.size > 0) {
    const needs = `${formatDuration(history.time)} and ${history.samples} samples`;
    work.tally.reasons.add(`not enough history: ${count(learning)} with less than ${needs}`);
  }
  if (refused.size > 0) work.tally.reasons.add(`${count(refused)} not followed: the rule has reached its limit`);
}
