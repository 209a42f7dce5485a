import { SECOND } from '../model/duration.ts';
import type { ReceiverCircuit } from '../model/notification.ts';
import type { CircuitStore, Clock, Versioned } from '../ports.ts';

/** How long after another worker saw it fail a receiver may still pass for well. */
export const CIRCUITS_KNOWN_AFTER = 2 * SECOND;

interface Known {
  readonly at: number;
  readonly reading: Promise<Versioned<ReceiverCircuit | null>>;
}

/**
 * The same store, with receivers that are well read at most once in {@link CIRCUITS_KNOWN_AFTER}: every delivery asks twice. One that
 * fails is read each time, and what this worker writes it knows at once.
 */
export function knownCircuits(store: CircuitStore, clock: Clock): CircuitStore {
  const kept = new Map<string, Known>();
  return {
    read: (receiver, options) => {
      const at = clock.now();
      const known = kept.get(receiver);
      if (known !== undefined && at >= known.at && at - known.at < CIRCUITS_KNOWN_AFTER) return known.reading;
      const reading = store.read(receiver, options);
      const mine = { at, reading };
      kept.set(receiver, mine);
      const forget = (): void => {
        if (kept.get(receiver) === mine) kept.delete(receiver);
      };
      reading.then(({ value }) => (value === null || value.failures === 0 ? undefined : forget()), forget);
      return reading;
    },
    replace: (next, version, options) => store.replace(next, version, options).finally(() => kept.delete(next.name)),
  };
}
