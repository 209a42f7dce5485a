/** The median; of an even number the mean of the middle two. NaN of nothing. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Of normally distributed values, MAD times this is the standard deviation. */
const MAD_TO_SIGMA = 1.4826;

/** Median absolute deviation from `centre`, scaled to a standard deviation. */
export function deviation(values: readonly number[], centre: number): number {
  return MAD_TO_SIGMA * median(values.map((value) => Math.abs(value - centre)));
}
