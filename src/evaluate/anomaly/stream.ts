import { announce, crossingOf, type Incident, MEDIUM, NO_INCIDENT, type Side, scoreOf } from './announce.ts';
import { type History, openDetector } from './detector.ts';

/** What must have been seen before an anomaly rule speaks, unless it asks for more: Azure Monitor's dynamic thresholds ask the same. */
export const MINIMUM_HISTORY: History = { time: 3 * 86_400_000, samples: 30 };

export interface Stream {
  /** The score in [0, 1) of the next sample: how strongly it announces that an incident begins or gets worse, else 0. */
  score(at: number, value: number): number;
}

/** One series under an anomaly condition, sample by sample, with one score a sample. */
export function openStream(side: Side = 'both', history: History = MINIMUM_HISTORY): Stream {
  const detector = openDetector([], null, history, MEDIUM);
  let incident: Incident = NO_INCIDENT;
  return {
    score(at, value) {
      const { news, incident: next } = announce(incident, crossingOf(detector.take(at, value), side)?.margin ?? 0);
      incident = next;
      return scoreOf(news);
    },
  };
}
