import type { Window } from '../model/window.ts';
import { formatCompact, formatValue, type Unit } from './format.ts';
import { type Html, html } from './html.ts';
import { niceScale, timeTicks } from './ticks.ts';
import { formatClock, formatMoment } from './time.ts';

export interface ChartPoint {
  readonly at: number;
  readonly value: number;
}

export interface ChartBand {
  readonly at: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

export interface LineChart {
  /** What is drawn, in a few words, e.g. `AzureOpenAIThrottled, chat`. */
  readonly name: string;
  /** Ascending in time. A bin that is missing here is a gap in the line, never a zero. */
  readonly points: readonly ChartPoint[];
  /** Milliseconds between points; `null`: the usual distance between those given. */
  readonly step: number | null;
  readonly unit: Unit;
  readonly threshold: number | null;
  /** The side of the threshold that is a breach. */
  readonly breach: 'above' | 'below' | null;
  /** Between what values the series usually is; `null`: not bounded on that side. */
  readonly band?: readonly ChartBand[];
  /** Spans in which the alert fired. */
  readonly firing: readonly Window[];
  readonly zone: string;
}

interface Frame {
  readonly x: (at: number) => string;
  readonly xUnits: (at: number) => string;
  readonly y: (value: number) => number;
}

const HEIGHT = 180;
/** Units of the stretched inner drawing across the plot's width. */
const ACROSS = 1000;
const HOVER_LIMIT = 200;

/**
 * A line over time with its threshold, as SVG. It fills the width it is given without stretching its text: positions across are
 * percentages, and only the line itself lies in an inner drawing that stretches.
 */
export function lineChart(chart: LineChart): Html {
  const { points, zone } = chart;
  const span = spanOfChart(chart);
  if (span === null) return html`<p class="none">No values were kept for ${chart.name}.</p>`;

  const step = chart.step ?? usualStep(points);
  const bounds = (chart.band ?? []).flatMap(({ lower, upper }) => [lower, upper]).filter((bound) => bound !== null);
  const values = [...points.map(({ value }) => value), ...(chart.threshold === null ? [] : [chart.threshold]), ...bounds];
  const scale = niceScale(Math.min(0, ...values), Math.max(...values), 4);
  const frame: Frame = {
    x: (at) => `${round(((at - span.start) / (span.end - span.start)) * 100)}%`,
    xUnits: (at) => round(((at - span.start) / (span.end - span.start)) * ACROSS),
    y: (value) => Number(round(HEIGHT - ((value - scale.min) / (scale.max - scale.min)) * HEIGHT)),
  };
  const runs = unbrokenRuns(points, step);
  const words = describe(chart, span, runs.length);

  return html`<svg class="chart" role="img" aria-label="${words}" width="100%" height="${HEIGHT + 44}">
<title>${words}</title>
<g transform="translate(0 20)">
${bandArea(chart, frame)}
${thresholdArea(chart, frame)}
${scale.ticks.map((tick) => gridLine(tick, chart.unit, frame))}
${timeTicks(span.start, span.end, zone, 5).map((tick) => timeLabel(tick.at, tick.label, frame))}
${firingMarks(chart, span, frame)}
${line(runs, frame)}
${runs.filter((run) => run.length === 1).map(([point]) => (point === undefined ? null : dot(point, frame)))}
${gaps(runs, frame)}
${thresholdLine(chart, frame)}
${points.length > HOVER_LIMIT ? null : points.map((point) => hoverTarget(point, points.length, chart, frame))}
</g>
</svg>`;
}

/** Splits where more than one and a half steps pass without a point. */
export function unbrokenRuns(points: readonly ChartPoint[], step: number): readonly (readonly ChartPoint[])[] {
  const runs: ChartPoint[][] = [];
  let last: ChartPoint | null = null;
  for (const point of points) {
    const run = runs[runs.length - 1];
    if (run !== undefined && last !== null && point.at - last.at <= step * 1.5) run.push(point);
    else runs.push([point]);
    last = point;
  }
  return runs;
}

/** The median distance between neighbours: the grain of the series, unless most of it is missing. */
export function usualStep(points: readonly ChartPoint[]): number {
  const distances = points.slice(1).map((point, index) => point.at - (points[index]?.at ?? point.at));
  distances.sort((a, b) => a - b);
  return distances[Math.floor((distances.length - 1) / 2)] ?? 60_000;
}

function spanOfChart({ points, firing }: LineChart): Window | null {
  const first = points[0];
  const last = points[points.length - 1];
  if (first === undefined || last === undefined) return null;
  const start = Math.min(first.at, ...firing.map((span) => Math.max(span.start, first.at)));
  const end = Math.max(last.at, start + 60_000);
  return { start, end };
}

function describe({ name, points, unit, threshold, breach, zone, band }: LineChart, span: Window, runs: number): string {
  const values = points.map(({ value }) => value);
  const low = formatValue(Math.min(...values), unit);
  const high = formatValue(Math.max(...values), unit);
  const limit = threshold === null ? '' : `, threshold ${breach ?? 'at'} ${formatValue(threshold, unit)}`;
  const usual = bandWords(band?.at(-1), unit);
  const missing = runs > 1 ? `, ${runs - 1 === 1 ? 'one gap' : `${runs - 1} gaps`} without data` : '';
  return `${name}, ${formatMoment(span.start, zone)} to ${formatClock(span.end, zone)} ${zone}: between ${low} and ${high}${limit}${usual}${missing}`;
}

/** In words: `, usual at the end 800 to 1,200`. */
function bandWords(band: ChartBand | undefined, unit: Unit): string {
  if (band === undefined || (band.lower === null && band.upper === null)) return '';
  if (band.lower === null) return `, usual at the end up to ${formatValue(band.upper, unit)}`;
  if (band.upper === null) return `, usual at the end from ${formatValue(band.lower, unit)}`;
  return `, usual at the end ${formatValue(band.lower, unit)} to ${formatValue(band.upper, unit)}`;
}

/** What is usual, as an area behind the line; where it has no bound on a side, up to the edge of the plot. */
function bandArea({ band = [] }: LineChart, { xUnits, y }: Frame): Html | null {
  const known = band.filter(({ lower, upper }) => lower !== null || upper !== null);
  if (known.length < 2) return null;
  const edge = (bound: number | null, otherwise: number) => (bound === null ? otherwise : y(bound));
  const upper = known.map((one) => `${xUnits(one.at)} ${edge(one.upper, 0)}`);
  const lower = known.map((one) => `${xUnits(one.at)} ${edge(one.lower, HEIGHT)}`).reverse();
  return html`<svg x="0" y="0" width="100%" height="${HEIGHT}" viewBox="0 0 ${ACROSS} ${HEIGHT}" preserveAspectRatio="none"><path class="band" d="M${upper.join('L')}L${lower.join('L')}Z"/></svg>`;
}

function thresholdArea({ threshold, breach }: LineChart, { y }: Frame): Html | null {
  if (threshold === null || breach === null) return null;
  const edge = y(threshold);
  const [top, height] = breach === 'above' ? [0, edge] : [edge, HEIGHT - edge];
  return html`<rect class="breach" x="0" y="${top}" width="100%" height="${Math.max(0, height)}"/>`;
}

function thresholdLine({ threshold, unit, breach }: LineChart, { y }: Frame): Html | null {
  if (threshold === null) return null;
  const edge = y(threshold);
  const words = `threshold ${formatValue(threshold, unit)}`;
  const above = edge > 16 && breach !== 'below';
  return html`<line class="threshold" x1="0" x2="100%" y1="${edge}" y2="${edge}"/><text class="threshold-label" x="4" y="${
    above ? edge - 5 : edge + 14
  }">${words}</text>`;
}

function gridLine(tick: number, unit: Unit, { y }: Frame): Html {
  const label = unit === 'ratio' ? formatValue(tick, unit) : formatCompact(tick);
  return html`<line class="grid" x1="0" x2="100%" y1="${y(tick)}" y2="${y(tick)}"/><text class="axis" x="-8" y="${
    y(tick) + 4
  }" text-anchor="end">${label}</text>`;
}

function timeLabel(at: number, label: string, { x }: Frame): Html {
  const place = x(at);
  const anchor = Number.parseFloat(place) > 94 ? 'end' : 'middle';
  return html`<line class="grid" x1="${place}" x2="${place}" y1="${HEIGHT}" y2="${HEIGHT + 4}"/><text class="axis" x="${place}" y="${
    HEIGHT + 18
  }" text-anchor="${anchor}">${label}</text>`;
}

function firingMarks({ firing }: LineChart, span: Window, { x }: Frame): readonly Html[] {
  return firing
    .map(({ start, end }) => ({ start: Math.max(start, span.start), end: Math.min(end, span.end) }))
    .filter(({ start, end }) => end >= start)
    .map(({ start, end }, index) => {
      const share = ((end - start) / (span.end - span.start)) * 100;
      const late = Number.parseFloat(x(start)) > 80;
      return html`<rect class="firing" x="${x(start)}" y="-6" width="${round(Math.max(share, 0.4))}%" height="6"/><line class="fired" x1="${x(
        start,
      )}" x2="${x(start)}" y1="-6" y2="${HEIGHT}"/>${
        index === 0 &&
        html`<text class="fired-label" x="${x(start)}" dx="${late ? -5 : 0}" y="-10" text-anchor="${late ? 'end' : 'start'}">fired</text>`
      }`;
    });
}

function line(runs: readonly (readonly ChartPoint[])[], { xUnits, y }: Frame): Html {
  const path = runs
    .filter((run) => run.length > 1)
    .map((run) => run.map(({ at, value }, index) => `${index === 0 ? 'M' : 'L'}${xUnits(at)} ${y(value)}`).join(''))
    .join('');
  return html`<svg x="0" y="0" width="100%" height="${HEIGHT}" viewBox="0 0 ${ACROSS} ${HEIGHT}" preserveAspectRatio="none" overflow="visible"><path class="series" d="${path}"/></svg>`;
}

function dot({ at, value }: ChartPoint, { x, y }: Frame): Html {
  return html`<circle class="alone" cx="${x(at)}" cy="${y(value)}" r="2.5"/>`;
}

function gaps(runs: readonly (readonly ChartPoint[])[], { x }: Frame): readonly Html[] {
  return runs.slice(1).map((run, index) => {
    const from = runs[index]?.at(-1)?.at ?? 0;
    const to = run[0]?.at ?? 0;
    return html`<line class="gap" x1="${x(from)}" x2="${x(to)}" y1="${HEIGHT}" y2="${HEIGHT}"/>`;
  });
}

function hoverTarget({ at, value }: ChartPoint, points: number, { unit, zone }: LineChart, { x }: Frame): Html {
  const width = 100 / points;
  const left = Math.max(0, Number.parseFloat(x(at)) - width / 2);
  return html`<rect class="hover" x="${round(left)}%" y="0" width="${round(width)}%" height="${HEIGHT}"><title>${formatClock(
    at,
    zone,
  )}: ${formatValue(value, unit)}</title></rect>`;
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
