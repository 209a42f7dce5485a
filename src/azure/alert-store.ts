import { createHash } from 'node:crypto';
import type { Alert } from '../model/alert.ts';
import {
  applyTransition,
  bySeverity,
  byStart,
  episodeKey,
  firedDuring,
  lateEnd,
  type Note,
  newerOf,
  resolvedKnownAt,
  type StoredAlert,
  supersededBy,
  withAcknowledgement,
  withNote,
  withNotes,
} from '../model/alert-episode.ts';
import type { AlertStore, CallOptions, Log } from '../ports.ts';
import { beginsWith, keyOf, keyPart, literal, timeKey } from './keys.ts';
import { TABLES } from './names.ts';
import { changeProjected, type Projection } from './projected.ts';
import type { Storage } from './storage.ts';
import { type Key, openTable, type Row } from './table.ts';

/** How long a resolved alert stays with its group, so that a lost notice of its end is repeated. */
const RETENTION = 15 * 60_000;

/** A transaction of a table holds a hundred rows. */
const PER_TRANSACTION = 100;
const PARALLEL = 16;

/** So many rows are read faster by name than by a scan. */
const FEW = 8;

/*
 * Partitions of the table:
 *   alert  one row per series, by fingerprint: the row that rules
 *   open   what fires, by group and fingerprint
 *   ended  episodes that are over, by the time at which their end became known
 *   note   lines of history that alerts of a group share, by time
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
  const apply: AlertStore['apply'] = (transition, groups, options) =>
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
    );

  /**
   * Alerts that nobody knew. `false`: at least one is known already, and nothing was written. A crash before the views are written
   * brings the same changes again, which then find nothing to change and put the views right.
   */
  async function createAll(changes: readonly Change[], options?: CallOptions): Promise<boolean> {
    const stored = changes.flatMap(({ transition, groups }) => applyTransition(null, transition, groups) ?? []);
    const rows = stored.map((value) => ({ ...PROJECTION.key(value.alert.fingerprint), value }));
    if (rows.length !== changes.length) return false;
    if (!(await table.createAll(rows, options))) return false;
    const views = stored.flatMap((value) => PROJECTION.views(value));
    for (const batch of batches(views)) await table.putAll(batch, options);
    return true;
  }

  async function notesOf(groups: readonly string[], since: number, options?: CallOptions): Promise<readonly Note[]> {
    const one = groups.map((group) => `groupKey eq ${literal(keyPart(group))}`).join(' or ');
    const filter = `RowKey ge ${literal(timeKey(since))}${one === '' ? '' : ` and (${one})`}`;
    return table.scan<Note>('note', filter, options);
  }

  return {
    apply,
    applyAll: async (changes, options) => {
      let applied = 0;
      for (const batch of batches(changes)) {
        const fingerprints = new Set(batch.map(({ transition }) => transition.alert.fingerprint));
        const fresh = fingerprints.size === batch.length && batch.every(({ transition }) => transition.kind === 'fired');
        if (batch.length > 1 && fresh && (await createAll(batch, options))) {
          applied += batch.length;
          continue;
        }
        const queue = bySeries(batch).values();
        const lane = async (): Promise<void> => {
          for (const series of queue)
            for (const { transition, groups } of series) if (await apply(transition, groups, options)) applied += 1;
        };
        await Promise.all(Array.from({ length: PARALLEL }, lane));
      }
      return applied;
    },
    noteGroup: async (group, fingerprints, entry, options) => {
      const text = createHash('sha256')
        .update(JSON.stringify([entry.what, entry.reason]))
        .digest('hex')
        .slice(0, 16);
      const row = `${timeKey(entry.at)},${keyOf(group, text)}`;
      const note: Note = { fingerprints, entry };
      await table.put({ partition: 'note', row, value: note, columns: { groupKey: keyPart(group) } }, options);
    },
    regroup: async (fingerprint, groups, options) => {
      await changeProjected(table, PROJECTION, fingerprint, (stored) => ({ next: stored && { ...stored, groups } }), options);
    },
    acknowledge: ({ fingerprint, startsAt }, acknowledgement, line, options) =>
      changeProjected(
        table,
        PROJECTION,
        fingerprint,
        (stored) => ({ next: stored && withAcknowledgement(stored, startsAt, acknowledgement, line) }),
        options,
      ),
    note: async (fingerprint, entry, options) => {
      await changeProjected(table, PROJECTION, fingerprint, (stored) => ({ next: stored && withNote(stored, entry) }), options);
    },
    get: async (fingerprint, options) => {
      const stored = await table.get<StoredAlert>(PROJECTION.key(fingerprint), options);
      if (stored === null || stored.value === null) return null;
      const { alert, groups } = stored.value;
      const [noted] = withNotes([alert], await notesOf(groups, alert.startsAt, options));
      return noted ?? alert;
    },
    open: async (options) => {
      const rows = await table.scan<StoredAlert>('open', undefined, options);
      return newest(rows, (alert) => alert.fingerprint).sort(bySeverity);
    },
    ofGroup: async (group, now, options) => {
      const since = now - RETENTION;
      const among = options?.among;
      if (among !== undefined && among.length <= FEW) {
        const rows = await Promise.all(among.map((each) => table.get<StoredAlert>(PROJECTION.key(each), options)));
        const own = rows.flatMap((row) => (row?.value?.groups.includes(group) ? [row.value] : []));
        const listed = own.filter((stored) => stored.alert.status === 'firing' || resolvedKnownAt(stored) > since);
        return listed.map(({ alert }) => alert).sort(bySeverity);
      }
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
      const within = episodes.filter((alert) => firedDuring(alert, start, end)).sort(byStart);
      const [first] = within;
      return first === undefined ? [] : withNotes(within, await notesOf([], first.startsAt, options));
    },
  };
}

type Change = Parameters<AlertStore['applyAll']>[0][number];

function bySeries(changes: readonly Change[]): readonly (readonly Change[])[] {
  const series = new Map<string, Change[]>();
  for (const change of changes) {
    const { fingerprint } = change.transition.alert;
    const known = series.get(fingerprint);
    if (known === undefined) series.set(fingerprint, [change]);
    else known.push(change);
  }
  return [...series.values()];
}

function batches<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / PER_TRANSACTION) }, (_, index) =>
    items.slice(index * PER_TRANSACTION, (index + 1) * PER_TRANSACTION),
  );
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
