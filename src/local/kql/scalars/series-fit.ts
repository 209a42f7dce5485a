/*
 * Fits of a series and what is left of it. Documented by Microsoft: ordinary least squares over the places 1, 2, 3…; two lines with the
 * split of the greatest total r-square; seasons as the median of every phase; outliers by Tukey's fences.
 */

interface Line {
  readonly rsquare: number;
  readonly slope: number;
  readonly variance: number;
  readonly rvariance: number;
  readonly interception: number;
  readonly fit: readonly number[];
}

/** The line of least squares; variances are those of a sample. */
export function fitLine(series: readonly number[]): Line {
  const n = series.length;
  const meanX = (n + 1) / 2;
  const meanY = mean(series);
  const xx = series.reduce((sum, _, index) => sum + (index + 1 - meanX) ** 2, 0);
  const xy = series.reduce((sum, y, index) => sum + (index + 1 - meanX) * (y - meanY), 0);
  const slope = xx === 0 ? 0 : xy / xx;
  const interception = meanY - slope * meanX;
  const fit = series.map((_, index) => slope * (index + 1) + interception);
  return { slope, interception, ...quality(series, fit) };
}

function quality(series: readonly number[], fit: readonly number[]): Omit<Line, 'slope' | 'interception'> {
  const meanY = mean(series);
  const total = series.reduce((sum, y) => sum + (y - meanY) ** 2, 0);
  const rest = series.reduce((sum, y, x) => sum + (y - (fit[x] as number)) ** 2, 0);
  const degrees = Math.max(1, series.length - 1);
  return { rsquare: total === 0 ? 1 : 1 - rest / total, variance: total / degrees, rvariance: rest / degrees, fit };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

interface TwoLines {
  readonly whole: Omit<Line, 'slope' | 'interception'>;
  /** The first place of the right part. */
  readonly split: number;
  readonly left: Line;
  readonly right: Line;
}

/** Two lines, each over its own places; the split is where both together fit best, with at least two values on each side. */
export function fitTwoLines(series: readonly number[]): TwoLines {
  const sums = prefixSums(series);
  let split = Math.min(2, series.length);
  let best = Number.POSITIVE_INFINITY;
  for (let at = 2; at <= series.length - 2; at += 1) {
    const rest = squaresLeft(sums, 0, at) + squaresLeft(sums, at, series.length);
    if (rest < best) {
      best = rest;
      split = at;
    }
  }
  const [left, right] = [fitLine(series.slice(0, split)), fitLine(series.slice(split))];
  return { whole: quality(series, [...left.fit, ...right.fit]), split, left, right };
}

interface Sums {
  readonly y: Float64Array;
  readonly yy: Float64Array;
  readonly xy: Float64Array;
}

function prefixSums(series: readonly number[]): Sums {
  const [y, yy, xy] = [0, 1, 2].map(() => new Float64Array(series.length + 1)) as [Float64Array, Float64Array, Float64Array];
  const centre = mean(series);
  for (const [x, value] of series.entries()) {
    const v = value - centre;
    y[x + 1] = (y[x] as number) + v;
    yy[x + 1] = (yy[x] as number) + v * v;
    xy[x + 1] = (xy[x] as number) + x * v;
  }
  return { y, yy, xy };
}

/** What a line through the values from `a` up to `b` leaves over. */
function squaresLeft({ y, yy, xy }: Sums, a: number, b: number): number {
  const n = b - a;
  const [sumY, sumYY, sumXY] = [y, yy, xy].map((sums) => (sums[b] as number) - (sums[a] as number)) as [number, number, number];
  const meanX = (a + b - 1) / 2;
  const xx = (n * (n * n - 1)) / 12;
  const cross = sumXY - meanX * sumY;
  return Math.max(0, sumYY - (sumY * sumY) / n - (xx === 0 ? 0 : (cross * cross) / xx));
}

interface Parts {
  readonly baseline: readonly number[];
  readonly seasonal: readonly number[];
  readonly trend: readonly number[];
  readonly residual: readonly number[];
}

/** The last `points` values are not learnt from, but the parts are carried on over them. A period of 0 means no seasons. */
export function decompose(series: readonly number[], period: number, kind: 'avg' | 'linefit' | 'none', points: number): Parts {
  const learnt = series.slice(0, Math.max(0, series.length - points));
  const phases =
    period > 0 ? Array.from({ length: period }, (_, phase) => median(learnt.filter((_, x) => x % period === phase))) : [0];
  const seasonal = series.map((_, x) => phases[x % phases.length] as number);
  const flat = learnt.map((value, x) => value - (seasonal[x] as number));
  const line = kind === 'linefit' ? fitLine(flat) : { slope: 0, interception: kind === 'avg' ? mean(flat) : 0 };
  const trend = series.map((_, x) => line.slope * (x + 1) + line.interception);
  const baseline = series.map((_, x) => (seasonal[x] as number) + (trend[x] as number));
  return { baseline, seasonal, trend, residual: series.map((value, x) => value - (baseline[x] as number)) };
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    50,
  );
}

/** Between the two nearest ranks on the line through them. */
function quantile(sorted: readonly number[], percent: number): number {
  if (sorted.length === 0) return 0;
  const place = ((sorted.length - 1) * percent) / 100;
  const low = sorted[Math.floor(place)] as number;
  return low + ((sorted[Math.ceil(place)] as number) - low) * (place - Math.floor(place));
}

/** How far a value lies outside of the two percentiles, in widths between them; 0 within, and for what is missing. */
export function outlierScores(series: readonly (number | null)[], [low, high]: readonly [number, number]): readonly number[] {
  const sorted = series.filter((value) => value !== null).sort((a, b) => a - b);
  const [from, to] = [quantile(sorted, low), quantile(sorted, high)];
  const width = to - from;
  return series.map((value) => {
    if (value === null || (value >= from && value <= to)) return 0;
    return (value - (value > to ? to : from)) / width;
  });
}
