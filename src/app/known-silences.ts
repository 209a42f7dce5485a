import { SECOND } from '../model/duration.ts';
import type { Silence } from '../model/silence.ts';
import type { Clock, SilenceStore } from '../ports.ts';

/** How long after it was written a silence may still be unknown to another worker. */
export const SILENCES_KNOWN_AFTER = 10 * SECOND;

/**
 * The same store, with the list of all silences read at most once in {@link SILENCES_KNOWN_AFTER}: every flush asks for it. What this worker
 * writes it knows at once. Callers at the same time share one reading; one that fails is not kept.
 */
export function knownSilences(store: SilenceStore, clock: Clock): SilenceStore {
  let kept: { readonly at: number; readonly reading: Promise<readonly Silence[]> } | null = null;
  const forget = <Result>(write: Promise<Result>): Promise<Result> =>
    write.finally(() => {
      kept = null;
    });
  return {
    read: (id, options) => store.read(id, options),
    replace: (next, version, options) => forget(store.replace(next, version, options)),
    prune: (time, options) => forget(store.prune(time, options)),
    all: () => {
      const at = clock.now();
      if (kept !== null && at >= kept.at && at - kept.at < SILENCES_KNOWN_AFTER) return kept.reading;
      const reading = store.all();
      const mine = { at, reading };
      kept = mine;
      reading.catch(() => {
        if (kept === mine) kept = null;
      });
      return reading;
    },
  };
}
