import type { Evidence } from '../model/alert.ts';
import type { Rule } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import type { Window } from '../model/window.ts';
import { budgetOf } from './assess-burn.ts';
import { comparisonOf, shareOf } from './capacity.ts';
import { thresholdOf, unitOf } from './condition-words.ts';
import { firstAtOrAfter } from './fold.ts';
import { forecastPoints } from './forecast.ts';

/** Alerts travel through queues, so the chart beside them is bounded. */
const MOST_POINTS = 120;

/**
 * The series as it was read around the window: what lies up to one window after its end and before it, the newest 120 points. A
 * ratio is taken point by point; where nothing was counted there is no point.
 */
export function evidenceOf(rule: Rule, series: Series | null, window: Window): Evidence {
  if (rule.condition.kind === 'forecast' && series !== null) {
    const points = forecastPoints(rule, rule.condition, series, window);
    return { points, threshold: thresholdOf(rule), unit: unitOf(rule), valueIn: 'days' };
  }
  const of = comparisonOf(rule)?.of;
  const spoken = spokenValue(rule);
  const points: { at: number; value: number }[] = [];
  const base = series === null ? [] : (series.over ?? series.points);
  const end = firstAtOrAfter(base, window.end + rule.window);
  for (let index = Math.max(0, end - MOST_POINTS); index < end; index++) {
    const point = base[index];
    if (point === undefined || series === null) continue;
    const raw = series.over === null ? point.value : ratioAt(series, point.at, point.value);
    const value = of === undefined ? spoken(raw) : shareOf(raw, series, rule.signal, of, grainOf(rule));
    if (Number.isFinite(value)) points.push({ at: point.at, value: Number(value.toPrecision(6)) });
  }
  if (rule.condition.kind === 'threshold' && rule.condition.relativeTo !== undefined) {
    return { points, threshold: null, unit: 'number' };
  }
  return { points, threshold: thresholdOf(rule), unit: unitOf(rule) };
}

/** The points are charted beside the threshold, so those of a burn rate are burn rates. */
function spokenValue({ condition }: Rule): (value: number) => number {
  if (condition.kind !== 'burnRate') return (value) => value;
  const { scale, counts } = condition;
  const budget = budgetOf(condition);
  return (value) => (counts === 'good' ? 1 - value / scale : value / scale) / budget;
}

/** Milliseconds that one point covers. */
function grainOf({ signal, window }: Rule): number {
  return signal.kind === 'metric' || signal.kind === 'cost' ? signal.grain : window;
}

function ratioAt({ points }: Series, at: number, over: number): number {
  const point = points[firstAtOrAfter(points, at)];
  return (point?.at === at ? point.value : 0) / over;
}
