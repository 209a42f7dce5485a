import type { Extent, Extents, Look, SeriesBaseline } from '../../model/baseline.ts';
import { LOOKS } from './looks.ts';

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

/** What the finished days have shown of a look, while they are gone through. */
interface Span {
  least: number;
  most: number;
  secondLeast: number;
  secondMost: number;
  days: number;
}

/** The ranges of finished days, in the order of `LOOKS`. */
export function rangesOf(days: SeriesBaseline): readonly Range[] {
  const spans = LOOKS.map(
    (): Span => ({
      least: Number.POSITIVE_INFINITY,
      most: Number.NEGATIVE_INFINITY,
      secondLeast: Number.POSITIVE_INFINITY,
      secondMost: Number.NEGATIVE_INFINITY,
      days: 0,
    }),
  );
  // One day after the other, as waiting for a hundred thousand summaries to come from memory is what takes time.
  for (const { extents } of days) {
    for (let index = 0; index < LOOKS.length; index++) widen(spans[index] as Span, extentOf(extents, LOOKS[index] as Look));
  }
  return spans.map(({ least, most, secondLeast, secondMost, days: count }) =>
    count < ROBUST_DAYS ? { low: least, high: most, least, most } : { low: secondLeast, high: secondMost, least, most },
  );
}

function widen(span: Span, extent: Extent | undefined): void {
  if (extent === undefined) return;
  const low = extent[0];
  const high = extent[1];
  span.days += 1;
  if (low < span.least) {
    span.secondLeast = span.least;
    span.least = low;
  } else if (low < span.secondLeast) span.secondLeast = low;
  if (high > span.most) {
    span.secondMost = span.most;
    span.most = high;
  } else if (high > span.secondMost) span.secondMost = high;
}

/** By name each, which is quicker than by a variable. */
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
