import type { Extent, Extents, Look, SeriesBaseline } from '../../model/baseline.ts';

/**
 * How far a look usually goes. `low` and `high` bound what is usual: a single odd day among those finished does not widen them, so that
 * an incident is still one when it comes again. `width` is all that was ever seen, odd days included: the unit of margins.
 */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly least: number;
  readonly most: number;
}

/** From so many days on the day that went furthest is left out. */
const ROBUST_DAYS = 6;

export const NOTHING: Range = {
  low: Number.POSITIVE_INFINITY,
  high: Number.NEGATIVE_INFINITY,
  least: Number.POSITIVE_INFINITY,
  most: Number.NEGATIVE_INFINITY,
};

/** The range of finished days. */
export function rangeOf(days: SeriesBaseline, look: Look): Range {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let secondLeast = Number.POSITIVE_INFINITY;
  let secondMost = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (const { extents } of days) {
    const extent = extentOf(extents, look);
    if (extent === undefined) continue;
    count += 1;
    const low = extent[0];
    const high = extent[1];
    if (low < least) [least, secondLeast] = [low, least];
    else if (low < secondLeast) secondLeast = low;
    if (high > most) [most, secondMost] = [high, most];
    else if (high > secondMost) secondMost = high;
  }
  return count < ROBUST_DAYS ? { low: least, high: most, least, most } : { low: secondLeast, high: secondMost, least, most };
}

/** By name each: looked up by a variable, the properties of a hundred thousand summaries are what an evaluation waits for. */
function extentOf(extents: Extents, look: Look): Extent | undefined {
  switch (look) {
    case 'residual':
      return extents.residual;
    case 'value':
      return extents.value;
    case 'trough':
      return extents.trough;
    case 'peak':
      return extents.peak;
    case 'variation':
      return extents.variation;
  }
}

/** What is told apart where nothing has ever changed, as a share of the value. */
const CONSTANT = 0.01;

/** The unit of margins: the width of all that was seen. */
export function widthOf(least: number, most: number): number {
  return most - least || Math.abs(most) * CONSTANT || Number.EPSILON;
}
