import type { Alert } from '../model/alert.ts';
import {
  applyTransition,
  bySeverity,
  byStart,
  episodeKey,
  firedDuring,
  lateEnd,
  newerOf,
  resolvedKnownAt,
  type StoredAlert,
  supersededBy,
  withNote,
} from '../model/alert-episode.ts';
import type { AlertStore, Log } from '../ports.ts';
import { beginsWith, keyOf, keyPart, literal, timeKey } from './keys.ts';
import { TABLES } from './names.ts';
import { changeProjected, type Projection } from './projected.ts';
import type { Storage } from './storage.ts';
import { type Key, openTable, type Row } from './table.ts';

/** How long a resolved alert stays with its group, so that a lost notice of its end is repeated. */
const RETENTION = 15 * 60_000;

/*
 * Partitions of the table:
 *   alert  one row per series, by fingerprint: the row that rules
 *   open   what fires, by group and fingerprint
 *   ended  episodes that are over, by the time at which their end became known
 */
const PROJECTION: Projection<StoredAlert> = {
  key: (fingerprint) => ({ partition: 'alert', row: keyPart(fingerprint) }),
  views: (stored) => (stored.alert.status === 'firing' ? openRows(stored) : endedRows(stored)),
  stale: (previous, next) => {
    const stale: Key[] = [];
    for (const group of previous.groups) {
      if (next.alert.status !== 'firing' || !next.groups.includes(group)) stale.push(openKey(previous, group));
    }
    // An earlier episode keeps its row; the same one, told differently, has only one.
    if (previous.alert.status === 'resolved' && episodeKey(previous.alert) === episodeKey(next.alert))
      stale.push(...endedRows(previous).map(({ partition, row }) => ({ partition, row })));
    return stale;
  },
};

export function createAlertStore(storage: Storage, log: Log): AlertStore {
  const table = openTable(storage, TABLES.alerts, log);
  return {
    apply: (transition, groups, options) =>
      changeProjected(
        table,
        PROJECTION,
        transition.alert.fingerprint,
        (stored) => {
          const next = applyTransition(stored, transition, groups);
          const other = stored && (next === null ? lateEnd(stored, transition) : supersededBy(stored, next));
          return { next, also: other === null ? [] : endedRows(other) };
        },
        options,
      ),
    regroup: async (fingerprint, groups, options) => {
      await changeProjected(table, PROJECTION, fingerprint, (stored) => ({ next: stored && { ...stored, groups } }), options);
    },
    note: async (fingerprint, entry, options) => {
      await changeProjected(table, PROJECTION, fingerprint, (stored) => ({ next: stored && withNote(stored, entry) }), options);
    },
    get: async (fingerprint, options) => {
      const stored = await table.get<StoredAlert>(PROJECTION.key(fingerprint), options);
      return stored?.value?.alert ?? null;
    },
    open: async (options) => {
      const rows = await table.scan<StoredAlert>('open', undefined, options);
      return newest(rows, (alert) => alert.fingerprint).sort(bySeverity);
    },
    ofGroup: async (group, now, options) => {
      const since = now - RETENTION;
      const [open, ended] = await Promise.all([
        table.scan<StoredAlert>('open', beginsWith(group), options),
        table.scan<StoredAlert>(
          'ended',
          `RowKey ge ${literal(timeKey(since))} and groupKey eq ${literal(keyPart(group))}`,
          options,
        ),
      ]);
      const recent = ended.filter((stored) => resolvedKnownAt(stored) > since);
      return newest([...open, ...recent], (alert) => alert.fingerprint).sort(bySeverity);
    },
    during: async ({ start, end }, options) => {
      const begun = `startsAt lt ${literal(timeKey(end))}`;
      const [open, ended] = await Promise.all([
        table.scan<StoredAlert>('open', begun, options),
        table.scan<StoredAlert>('ended', `RowKey ge ${literal(timeKey(start))} and ${begun}`, options),
      ]);
      const episodes = newest([...ended, ...open], episodeKey);
      return episodes.filter((alert) => firedDuring(alert, start, end)).sort(byStart);
    },
  };
}

function openKey({ alert }: StoredAlert, group: string): Key {
  return { partition: 'open', row: keyOf(group, alert.fingerprint) };
}

function openRows(stored: StoredAlert): readonly Row[] {
  const columns = { startsAt: timeKey(stored.alert.startsAt) };
  return stored.groups.map((group) => ({ ...openKey(stored, group), value: stored, columns }));
}

function endedRows(stored: StoredAlert): readonly Row[] {
  const { fingerprint, startsAt } = stored.alert;
  const time = timeKey(startsAt);
  return stored.groups.map((group, index) => ({
    partition: 'ended',
    row: `${timeKey(resolvedKnownAt(stored))},${index === 0 ? keyOf(fingerprint, time) : keyOf(fingerprint, time, group)}`,
    value: stored,
    columns: { startsAt: time, groupKey: keyPart(group) },
  }));
}

/** One alert per identity, the newest where a crash left two. */
function newest(rows: readonly StoredAlert[], identity: (alert: Alert) => string): Alert[] {
  const found = new Map<string, StoredAlert>();
  for (const row of rows) {
    const other = found.get(identity(row.alert));
    found.set(identity(row.alert), other === undefined ? row : newerOf(row, other));
  }
  return [...found.values()].map((row) => row.alert);
}
