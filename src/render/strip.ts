import { type ChartPoint, unbrokenRuns, usualStep } from './chart.ts';
import { formatSpan } from './format.ts';
import { type Html, html } from './html.ts';
import { formatClock, formatDay, formatMoment } from './time.ts';

/** What a stretch of time was like for a rule; `share` in [0, 1] is the part of it in which something fired. */
export interface StripCell {
  readonly start: number;
  readonly end: number;
  readonly state: 'quiet' | 'firing' | 'unknown';
  readonly share: number;
}

const HEIGHT = 26;

/**
 * A row of cells over time: a low line where nothing fired, a bar as high as the share of firing, a hollow box where nobody could
 * tell. The shape says it without the colour.
 */
export function statusStrip(name: string, cells: readonly StripCell[], zone: string): Html {
  const words = describe(name, cells);
  const width = 100 / Math.max(1, cells.length);
  return html`<svg class="strip" role="img" aria-label="${words}" width="100%" height="${HEIGHT + 18}">
<title>${words}</title>
${cells.map((cell, index) => drawn(cell, index * width, width * 0.84, zone))}
${axis(cells, zone)}
</svg>`;
}

/** A line without axes, as high as text, for lists. */
export function sparkline(name: string, points: readonly ChartPoint[], threshold: number | null): Html | null {
  const first = points[0];
  const last = points[points.length - 1];
  if (first === undefined || last === undefined || points.length < 2) return null;
  const values = points.map(({ value }) => value);
  const low = Math.min(0, ...values);
  const high = Math.max(...values, threshold ?? Number.NEGATIVE_INFINITY, low + 1e-9);
  const x = (at: number) => round(((at - first.at) / (last.at - first.at)) * 100);
  const y = (value: number) => round(30 - ((value - low) / (high - low)) * 28);
  const path = unbrokenRuns(points, usualStep(points))
    .map((run) => run.map(({ at, value }, index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`).join(''))
    .join('');
  return html`<svg class="spark" role="img" aria-label="${name}" width="120" height="32" viewBox="0 0 100 32" preserveAspectRatio="none"><title>${name}</title>${
    threshold !== null && html`<line class="threshold" x1="0" x2="100" y1="${y(threshold)}" y2="${y(threshold)}"/>`
  }<path class="series" d="${path}"/></svg>`;
}

function drawn(cell: StripCell, left: number, width: number, zone: string): Html {
  const { state, share } = cell;
  const height = state === 'quiet' ? 3 : state === 'unknown' ? 12 : 8 + Math.min(1, share) * (HEIGHT - 8);
  const title = `${formatMoment(cell.start, zone)}: ${cellWords(cell)}`;
  return html`<g><title>${title}</title><rect class="cell-${state}" x="${round(left)}%" y="${round(HEIGHT - height)}" width="${round(
    width,
  )}%" height="${round(height)}"/></g>`;
}

function cellWords({ state, share, start, end }: StripCell): string {
  if (state === 'quiet') return 'nothing fired';
  if (state === 'unknown') return 'could not be judged';
  return `fired for ${formatSpan(share * (end - start))}`;
}

function describe(name: string, cells: readonly StripCell[]): string {
  const firing = cells.filter(({ state }) => state === 'firing').length;
  const unknown = cells.filter(({ state }) => state === 'unknown').length;
  const blind = unknown > 0 ? `, ${unknown} could not be judged` : '';
  return `${name}: fired in ${firing} of ${cells.length} parts of the period${blind}`;
}

function axis(cells: readonly StripCell[], zone: string): Html | null {
  const first = cells[0];
  const middle = cells[Math.floor(cells.length / 2)];
  const last = cells[cells.length - 1];
  if (first === undefined || middle === undefined || last === undefined) return null;
  const long = last.end - first.start > 36 * 3_600_000;
  const label = (at: number) => (long ? formatDay(at, zone) : formatClock(at, zone));
  const place = round((Math.floor(cells.length / 2) / cells.length) * 100);
  return html`<text class="axis" x="0" y="${HEIGHT + 14}">${label(first.start)}</text><text class="axis" x="${place}%" y="${
    HEIGHT + 14
  }" text-anchor="middle">${label(middle.start)}</text><text class="axis" x="100%" y="${HEIGHT + 14}" text-anchor="end">${label(
    last.end,
  )}</text>`;
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
