import type { Alert } from '../../model/alert.ts';
import {
  applyTransition,
  bySeverity,
  byStart,
  episodeKey,
  firedDuring,
  isListed,
  lateEnd,
  type StoredAlert,
  supersededBy,
  withNote,
} from '../../model/alert-episode.ts';
import type { AlertStore } from '../../ports.ts';

/** Alerts in memory, with every episode that there ever was. */
export function offlineAlerts(): AlertStore {
  const alerts = new Map<string, StoredAlert>();
  const ofGroup = new Map<string, Set<string>>();
  const episodes = new Map<string, Alert>();

  function keep(next: StoredAlert): void {
    const { fingerprint } = next.alert;
    alerts.set(fingerprint, next);
    episodes.set(episodeKey(next.alert), next.alert);
    for (const group of next.groups) {
      const members = ofGroup.get(group) ?? new Set<string>();
      ofGroup.set(group, members.add(fingerprint));
    }
  }

  const endEpisode = (stored: StoredAlert | null): void => {
    if (stored !== null) episodes.set(episodeKey(stored.alert), stored.alert);
  };

  const apply: AlertStore['apply'] = async (transition, groups) => {
    const stored = alerts.get(transition.alert.fingerprint) ?? null;
    const next = applyTransition(stored, transition, groups);
    if (next === null) {
      endEpisode(stored === null ? null : lateEnd(stored, transition));
      return false;
    }
    endEpisode(stored === null ? null : supersededBy(stored, next));
    keep(next);
    return true;
  };

  return {
    apply,
    applyAll: async (changes) => {
      let applied = 0;
      for (const { transition, groups } of changes) if (await apply(transition, groups)) applied += 1;
      return applied;
    },
    noteGroup: async (_group, fingerprints, entry) => {
      for (const fingerprint of fingerprints) {
        const stored = alerts.get(fingerprint);
        if (stored !== undefined) keep(withNote(stored, entry));
      }
    },
    forgetNotes: async () => {},
    regroup: async ({ fingerprint }, groups) => {
      const stored = alerts.get(fingerprint);
      for (const group of stored?.groups ?? []) ofGroup.get(group)?.delete(fingerprint);
      if (stored !== undefined) keep({ ...stored, groups });
    },
    get: async (fingerprint) => alerts.get(fingerprint)?.alert ?? null,
    open: async () =>
      [...alerts.values()]
        .map((stored) => stored.alert)
        .filter((alert) => alert.status === 'firing')
        .sort(bySeverity),
    several: async (fingerprints) => fingerprints.flatMap((each) => alerts.get(each)?.alert ?? []),
    ofGroup: async (group, now) =>
      [...(ofGroup.get(group) ?? [])]
        .flatMap((fingerprint) => alerts.get(fingerprint) ?? [])
        .filter((stored) => isListed(stored, now))
        .map((stored) => stored.alert)
        .sort(bySeverity),
    during: async ({ start, end }) => [...episodes.values()].filter((alert) => firedDuring(alert, start, end)).sort(byStart),
    // Nobody is there to take care of anything.
    acknowledge: async () => false,
  };
}
