import type { Look } from '../../model/baseline.ts';

export const LOOKS: readonly Look[] = ['residual', 'value', 'trough', 'peak', 'variation'];

/** Samples of which the lowest must rise for a level to have risen. */
const TROUGH = 10;
/** Samples of which the highest must fall for something to have stayed away. */
const PEAK = 30;
/** Steps from sample to sample whose mean is the variation. */
const STEPS = 30;
/** Samples that the looks need. */
export const REMEMBERED = STEPS + 1;

/**
 * What it says of the value that a look crosses its upper or its lower limit: that it is too high, too low, or of another making.
 * `null`: nothing that another look does not say better.
 */
export const MEANING: Readonly<Record<Look, Readonly<Record<'above' | 'below', 'above' | 'below' | 'unlike' | null>>>> = {
  residual: { above: 'above', below: 'below' },
  value: { above: 'above', below: 'below' },
  trough: { above: 'above', below: null },
  peak: { above: null, below: 'below' },
  variation: { above: 'unlike', below: 'unlike' },
};

/**
 * The newest sample through each look, in the order of `LOOKS`; NaN where there are too few samples.
 *
 * @param values the last samples, newest last, at most `REMEMBERED`.
 */
export function lookAt(values: readonly number[], usual: number | null, into: number[]): void {
  const count = values.length;
  const newest = values[count - 1] as number;
  into[0] = usual === null ? Number.NaN : newest - usual;
  into[1] = newest;
  into[2] = count < TROUGH ? Number.NaN : lowest(values, count - TROUGH);
  into[3] = count < PEAK ? Number.NaN : highest(values, count - PEAK);
  into[4] = count < REMEMBERED ? Number.NaN : meanStep(values);
}

function lowest(values: readonly number[], from: number): number {
  let low = Number.POSITIVE_INFINITY;
  for (let index = from; index < values.length; index++) low = Math.min(low, values[index] as number);
  return low;
}

function highest(values: readonly number[], from: number): number {
  let high = Number.NEGATIVE_INFINITY;
  for (let index = from; index < values.length; index++) high = Math.max(high, values[index] as number);
  return high;
}

function meanStep(values: readonly number[]): number {
  let sum = 0;
  for (let index = 1; index < values.length; index++) sum += Math.abs((values[index] as number) - (values[index - 1] as number));
  return sum / (values.length - 1);
}
