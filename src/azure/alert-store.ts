import { createHash } from 'node:crypto';
import type { Alert } from '../model/alert.ts';
import {
  applyTransition,
  bySeverity,
  byStart,
  episodeKey,
  firedDuring,
  isListed,
  LISTED,
  lateEnd,
  type Note,
  newerOf,
  resolvedKnownAt,
  type StoredAlert,
  supersededBy,
  withAcknowledgement,
  withNotes,
} from '../model/alert-episode.ts';
import { type Homed, homeOf } from '../model/alert-home.ts';
import type { AlertStore, CallOptions, Log } from '../ports.ts';
import { type Edit, FIRING } from './alert-page.ts';
import { alertPages, type EndedEpisodes } from './alert-pages.ts';
import { keyOf, keyPart, literal, timeKey } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable, type Row, type Table } from './table.ts';

/** Fingerprints that one filter asks for. */
const ASKED_AT_ONCE = 10;

/*
 * Partitions of the table:
 *   alert  pages of what fires and what resolved not long ago, by rule and target (alert-pages.ts)
 *   ended  episodes that are over and stand in no page any more, by the time at which their end became known
 *   note   lines of history that alerts of a group share, by time
 * An episode may stand in both of the first: the newer one counts.
 */
export function createAlertStore(storage: Storage, log: Log): AlertStore {
  const table = openTable(storage, TABLES.alerts, log);
  const ended = endedEpisodes(table);
  const pages = alertPages(table, ended);

  async function applyAll(changes: readonly Change[], options?: CallOptions): Promise<number> {
    const homes = new Map<string, Edit[]>();
    for (const change of changes) {
      const home = homeOf(change.transition.alert);
      const own = homes.get(home);
      if (own === undefined) homes.set(home, [editOf(change)]);
      else own.push(editOf(change));
    }
    const applied = await Promise.all([...homes].map(([home, edits]) => pages.change(home, edits, options)));
    return applied.flat().filter(Boolean).length;
  }

  /** Changes an alert that stands in a page; resolves to whether it did. */
  async function revise(alert: Homed, at: number, change: (stored: StoredAlert) => StoredAlert | null, options?: CallOptions) {
    const { fingerprint } = alert;
    const decide: Edit['decide'] = (stored) => ({ next: stored && change(stored), ended: [] });
    const edit: Edit = { fingerprint, at, startsAt: Number.POSITIVE_INFINITY, decide };
    const [changed = false] = await pages.change(homeOf(alert), [edit], options);
    return changed;
  }

  async function find(fingerprints: readonly string[], options?: CallOptions): Promise<readonly StoredAlert[]> {
    if (fingerprints.length === 0) return [];
    const wanted = new Set(fingerprints);
    const kept = (await pages.all(undefined, options)).filter(({ alert }) => wanted.delete(alert.fingerprint));
    return [...kept, ...(await ended.newestOf([...wanted], options))];
  }

  async function notesOf(groups: readonly string[], since: number, options?: CallOptions): Promise<readonly Note[]> {
    const one = groups.map((group) => `groupKey eq ${literal(keyPart(group))}`).join(' or ');
    const filter = `RowKey ge ${literal(timeKey(since))}${one === '' ? '' : ` and (${one})`}`;
    return table.scan<Note>('note', filter, options);
  }

  return {
    apply: async (transition, groups, options) => (await applyAll([{ transition, groups }], options)) > 0,
    applyAll,
    noteGroup: async (group, fingerprints, entry, options) => {
      const text = createHash('sha256')
        .update(JSON.stringify([entry.what, entry.reason]))
        .digest('hex')
        .slice(0, 16);
      const row = `${timeKey(entry.at)},${keyOf(group, text)}`;
      const note: Note = { fingerprints, entry };
      await table.put({ partition: 'note', row, value: note, columns: { groupKey: keyPart(group) } }, options);
    },
    forgetNotes: (time, options) => table.clear(`PartitionKey eq 'note' and RowKey lt ${literal(timeKey(time))}`, options),
    regroup: async (alert, groups, options) => {
      await revise(alert, 0, (stored) => ({ ...stored, groups }), options);
    },
    acknowledge: (episode, acknowledgement, line, options) =>
      revise(episode, line.at, (stored) => withAcknowledgement(stored, episode.startsAt, acknowledgement, line), options),
    get: async (fingerprint, options) => {
      const [stored] = await find([fingerprint], options);
      if (stored === undefined) return null;
      const { alert, groups } = stored;
      const [noted] = withNotes([alert], await notesOf(groups, alert.startsAt, options));
      return noted ?? alert;
    },
    several: async (fingerprints, options) => (await find(fingerprints, options)).map(({ alert }) => alert),
    open: async (options) => {
      const kept = await pages.all(`until eq ${literal(FIRING)}`, options);
      return alertsOf(kept.filter(({ alert }) => alert.status === 'firing')).sort(bySeverity);
    },
    ofGroup: async (group, now, options) => {
      const homes = options?.homes;
      const kept =
        homes === undefined
          ? await pages.all(`until gt ${literal(timeKey(now - LISTED))}`, options)
          : (await Promise.all(homes.map((home) => pages.of(home, options)))).flat();
      const listed = kept.filter((stored) => stored.groups.includes(group) && isListed(stored, now));
      return alertsOf(listed).sort(bySeverity);
    },
    during: async ({ start, end }, options) => {
      const since = literal(timeKey(start));
      const [kept, over] = await Promise.all([
        pages.all(`until ge ${since}`, options),
        table.scan<StoredAlert>('ended', `RowKey ge ${since} and startsAt lt ${literal(timeKey(end))}`, options),
      ]);
      const within = newest([...over, ...kept], episodeKey)
        .map(({ alert }) => alert)
        .filter((alert) => firedDuring(alert, start, end))
        .sort(byStart);
      const [first] = within;
      return first === undefined ? [] : withNotes(within, await notesOf([], first.startsAt, options));
    },
  };
}

type Change = Parameters<AlertStore['applyAll']>[0][number];

function editOf({ transition, groups }: Change): Edit {
  const { fingerprint, startsAt } = transition.alert;
  return {
    fingerprint,
    at: transition.at,
    startsAt,
    decide: (stored, earlier) => {
      const next = applyTransition(stored, transition, groups);
      if (stored === null || earlier?.applied.includes(transition.id)) return { next, ended: [] };
      const other = next === null ? lateEnd(stored, transition) : (supersededBy(stored, next) ?? replacedBy(stored, next));
      return { next, ended: other === null ? [] : [other] };
    },
  };
}

/** An episode that is over and in whose place a later one stands. */
function replacedBy(stored: StoredAlert, next: StoredAlert): StoredAlert | null {
  return episodeKey(stored.alert) === episodeKey(next.alert) ? null : stored;
}

function endedEpisodes(table: Table): EndedEpisodes {
  return {
    put: async (episodes, options) => {
      await Promise.all(newest(episodes, episodeKey).map((stored) => table.put(endedRow(stored), options)));
    },
    newestOf: async (fingerprints, options) => {
      const found: StoredAlert[] = [];
      for (let start = 0; start < fingerprints.length; start += ASKED_AT_ONCE) {
        const some = fingerprints.slice(start, start + ASKED_AT_ONCE);
        const filter = some.map((each) => `fingerprint eq ${literal(keyPart(each))}`).join(' or ');
        found.push(...(await table.scan<StoredAlert>('ended', `(${filter})`, options)));
      }
      return newest(found, ({ fingerprint }) => fingerprint);
    },
  };
}

function endedRow(stored: StoredAlert): Row {
  const { fingerprint, startsAt } = stored.alert;
  const time = timeKey(startsAt);
  return {
    partition: 'ended',
    row: `${timeKey(resolvedKnownAt(stored))},${keyOf(fingerprint, time)}`,
    value: stored,
    columns: { startsAt: time, fingerprint: keyPart(fingerprint) },
  };
}

function alertsOf(stored: readonly StoredAlert[]): Alert[] {
  return stored.map(({ alert }) => alert);
}

/** One for each identity, the newest. */
function newest(rows: readonly StoredAlert[], identity: (alert: Alert) => string): readonly StoredAlert[] {
  const found = new Map<string, StoredAlert>();
  for (const row of rows) {
    const other = found.get(identity(row.alert));
    found.set(identity(row.alert), other === undefined ? row : newerOf(row, other));
  }
  return [...found.values()];
}
