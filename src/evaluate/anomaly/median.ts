/** The median; of an even number the mean of the middle two. NaN of nothing. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.length <= FEW ? insertionSorted(values) : [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Of so few values insertion is several times as quick as a sort that calls back. */
const FEW = 16;

function insertionSorted(values: readonly number[]): readonly number[] {
  const sorted = values.slice();
  for (let index = 1; index < sorted.length; index++) {
    const value = sorted[index] as number;
    let place = index;
    for (; place > 0 && (sorted[place - 1] as number) > value; place--) sorted[place] = sorted[place - 1] as number;
    sorted[place] = value;
  }
  return sorted;
}

/** Of normally distributed values, MAD times this is the standard deviation. */
const MAD_TO_SIGMA = 1.4826;

/** Median absolute deviation from `centre`, scaled to a standard deviation. */
export function deviation(values: readonly number[], centre: number): number {
  return MAD_TO_SIGMA * median(values.map((value) => Math.abs(value - centre)));
}
