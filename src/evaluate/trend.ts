/** A value at a time; both in units of the caller's choice. */
export interface Sample {
  readonly x: number;
  readonly y: number;
}

/** A robust straight line through samples, and the interval that holds its slope with the confidence asked for. */
export interface Trend {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  /** The line's value at `x`. */
  at(x: number): number;
}

/** Two-sided quantiles of the normal distribution. */
const QUANTILES: Readonly<Record<string, number>> = { '0.8': 1.2816, '0.95': 1.96, '0.99': 2.5758 };

function quantileOf(confidence: number): number {
  return QUANTILES[String(confidence)] ?? 1.96;
}

/**
 * The median of the slopes between all pairs of samples, with Sen's interval by Kendall's variance (ties counted); `null` below three
 * samples. Up to 29 % of the samples may be arbitrarily wrong. P. K. Sen, "Estimates of the regression coefficient based on
 * Kendall's tau", JASA 63 (1968).
 */
export function theilSen(samples: readonly Sample[], confidence: number): Trend | null {
  const count = samples.length;
  if (count < 3) return null;
  const slopes: number[] = [];
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const [a, b] = [samples[i] as Sample, samples[j] as Sample];
      if (a.x !== b.x) slopes.push((b.y - a.y) / (b.x - a.x));
    }
  }
  if (slopes.length === 0) return null;
  slopes.sort((a, b) => a - b);
  const spread = quantileOf(confidence) * Math.sqrt(varianceOf(samples));
  const low = Math.max(0, Math.round((slopes.length - spread) / 2) - 1);
  const high = Math.min(slopes.length - 1, Math.round((slopes.length + spread) / 2));
  const slope = median(slopes);
  const base = median(samples.map(({ x, y }) => y - slope * x).sort((a, b) => a - b));
  return { slope, low: slopes[low] as number, high: slopes[high] as number, at: (x) => base + slope * x };
}

/** The mean of samples and its interval by the normal approximation; `null` below three. */
export function meanOf(
  values: readonly number[],
  confidence: number,
): { readonly mean: number; readonly low: number; readonly high: number } | null {
  const count = values.length;
  if (count < 3) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const spread = quantileOf(confidence) * Math.sqrt(variance / count);
  return { mean, low: mean - spread, high: mean + spread };
}

function varianceOf(samples: readonly Sample[]): number {
  const term = (n: number) => (n * (n - 1) * (2 * n + 5)) / 18;
  const ties = new Map<number, number>();
  for (const { y } of samples) ties.set(y, (ties.get(y) ?? 0) + 1);
  return [...ties.values()].reduce((rest, tied) => rest - term(tied), term(samples.length));
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
