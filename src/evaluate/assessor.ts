import type { Labels } from '../model/labels.ts';
import type { Series } from '../model/series.ts';
import type { Window } from '../model/window.ts';

/** What one window says of one series, before its past is looked at. `none`: it has no data there. */
export type Outcome = 'none' | 'below floor' | 'ok' | 'breach';

/**
 * How a rule looks at series, one after the other. Made for every evaluation, as are measures, registers and detectors. All of them are
 * classes: the compiled code of functions that are made anew each time goes with the last of them, and compiling it again and again took
 * a third of the time of judging.
 */
export interface Assessor {
  assess(series: Series, window: Window): Outcome;
  /** Value of the series assessed last; `null` where it has none. */
  value(): number | null;
  /** Whether hysteresis lets the series, assessed last, be ok: always without `clear`. */
  isClear(series: Series, window: Window): boolean;
  /** What is known of the series assessed last beyond its value. */
  details?(): Labels | null;
}
