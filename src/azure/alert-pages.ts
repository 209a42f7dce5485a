import { setTimeout as pause } from 'node:timers/promises';
import type { StoredAlert } from '../model/alert-episode.ts';
import { TocsinError } from '../model/errors.ts';
import type { CallOptions, Version } from '../ports.ts';
import {
  type Divided,
  digitOf,
  divide,
  type Edit,
  editPage,
  fromBefore,
  LONGEST_TEXT,
  type Page,
  untilOf,
} from './alert-page.ts';
import { beginsWith } from './keys.ts';
import type { Row, Table } from './table.ts';

const MOST_ATTEMPTS = 10;
const LONGEST_PAUSE = 50;
/** Edits of one home that are made by one write. */
const AT_ONCE = 400;

/** A transaction holds 4 MiB, so much text less than that even where it hardly compresses. */
const LONGEST_WRITE = 4 * 1024 * 1024;

const PAGES = 'alert';

/** Alerts by their home (model/alert-home.ts): those that fire, and those that resolved not long ago. */
export interface AlertPages {
  /** Makes the edits, each decided by what is stored; resolves to whether each changed something. */
  change(home: string, edits: readonly Edit[], options?: CallOptions): Promise<readonly boolean[]>;
  /** All that is kept at one home. */
  of(home: string, options?: CallOptions): Promise<readonly StoredAlert[]>;
  /** All that is kept, page by page. `filter` is OData over the column `until`. */
  all(filter?: string, options?: CallOptions): Promise<readonly StoredAlert[]>;
}

/** Keeps episodes that are over and stand in no page any more. */
export interface EndedEpisodes {
  put(ended: readonly StoredAlert[], options?: CallOptions): Promise<void>;
  /** The newest episode of each. */
  newestOf(fingerprints: readonly string[], options?: CallOptions): Promise<readonly StoredAlert[]>;
}

interface Asked {
  readonly edits: readonly Edit[];
  readonly options?: CallOptions | undefined;
  readonly resolve: (changed: readonly boolean[]) => void;
  readonly reject: (thrown: unknown) => void;
}

/** Readings of one home. One that has begun may miss what was written before somebody asks, so whoever asks shares the next. */
interface Readings {
  /** Not begun. */
  next: Promise<readonly StoredAlert[]> | null;
  /** Settles with the last that was asked for. */
  last: Promise<void>;
}

interface Place {
  readonly row: string;
  readonly depth: number;
  readonly page: Page;
  readonly version: Version;
}

const EMPTY: Page = { alerts: [] };

/**
 * A home is one row, or sixteen below it (`home,0` … `home,f`) once that has become too long, and so on. An alert stands in exactly one
 * page, which only conditional writes change. Episodes that leave a page are put away before it is written: a crash between
 * leaves one twice, never nowhere.
 *
 * What is asked for one home while a change of it is under way is changed together next, and likewise for readings.
 */
export function alertPages(table: Table, ended: EndedEpisodes): AlertPages {
  const asked = new Map<string, Asked[]>();
  const readings = new Map<string, Readings>();

  async function run(home: string): Promise<void> {
    const queue = asked.get(home) ?? [];
    while (queue.length > 0) {
      const batch = nextOf(queue);
      try {
        const options = batch.length === 1 ? batch[0]?.options : undefined;
        const edits = batch.flatMap((each) => each.edits);
        settle(batch, await make(home, edits, options));
      } catch (thrown) {
        if (batch.length === 1) batch[0]?.reject(thrown);
        else for (const each of batch) await make(home, each.edits, each.options).then(each.resolve, each.reject);
      }
    }
    asked.delete(home);
  }

  async function make(home: string, edits: readonly Edit[], options?: CallOptions): Promise<readonly boolean[]> {
    const changed = new Map<Edit, boolean>();
    for (let tries = 0; tries < MOST_ATTEMPTS; tries += 1) {
      if (tries > 0) await pause(Math.random() * LONGEST_PAUSE * tries);
      const left = edits.filter((edit) => !changed.has(edit));
      await Promise.all(
        (await placesOf(home, left, options)).map(async ([place, own]) => {
          const made = await editAt(place, own, options);
          for (const [index, one] of made.entries()) changed.set(own[index] as Edit, one);
        }),
      );
      if (changed.size === edits.length) return edits.map((edit) => changed.get(edit) === true);
    }
    throw new TocsinError('TCN-S001', `too many writers of the alerts of ${edits[0]?.fingerprint}`);
  }

  /** Whether each edit changed something; fewer than were asked for where they are too long for one write, none where it was lost. */
  async function editAt(place: Place, edits: readonly Edit[], options?: CallOptions): Promise<readonly boolean[]> {
    const left = await ended.newestOf(fromBefore(place.page, edits), options);
    const edited = editPage(place.page, edits, new Map(left.map((stored) => [stored.alert.fingerprint, stored])));
    const text = JSON.stringify(edited.page);
    if (text.length > LONGEST_WRITE && edits.length > 1) return editAt(place, edits.slice(0, edits.length / 2), options);
    await ended.put(edited.ended, options);
    if (!edited.changed.includes(true)) return edited.changed;
    return (await write(place, edited.page, text, options)) ? edited.changed : [];
  }

  async function write({ row, depth, version }: Place, page: Page, text: string, options?: CallOptions): Promise<boolean> {
    if (page.alerts.length === 1 || text.length <= LONGEST_TEXT) {
      return table.write({ ...pageRow(row, page), text }, version, options);
    }
    const divided: Row = { partition: PAGES, row, value: { divided: true } satisfies Divided };
    const below = [...divide(page, depth)].map(([digit, part]) => pageRow(rowBelow(row, depth, digit), part));
    return table.writeAll([{ row: divided, version }, ...below.map((each) => ({ row: each, version: null }))], options);
  }

  async function placesOf(home: string, edits: readonly Edit[], options?: CallOptions) {
    const read = new Map<string, Promise<Place | null>>();
    const placeAt = (row: string, depth: number): Promise<Place | null> => {
      const known = read.get(row) ?? readPage(row, depth, options);
      read.set(row, known);
      return known;
    };
    const places = new Map<Place, Edit[]>();
    for (const edit of edits) {
      const place = await descend(home, edit.fingerprint, placeAt);
      const own = places.get(place);
      if (own === undefined) places.set(place, [edit]);
      else own.push(edit);
    }
    return [...places];
  }

  /** `null` where it is divided. */
  async function readPage(row: string, depth: number, options?: CallOptions): Promise<Place | null> {
    const stored = await table.get<Page | Divided>({ partition: PAGES, row }, options);
    const page = stored?.value ?? EMPTY;
    return isDivided(page) ? null : { row, depth, page, version: stored?.version ?? null };
  }

  async function read(home: string, options?: CallOptions): Promise<readonly StoredAlert[]> {
    const place = await readPage(home, 0, options);
    return place === null ? all(beginsWith(home), options) : place.page.alerts;
  }

  async function all(filter?: string, options?: CallOptions): Promise<readonly StoredAlert[]> {
    const pages = await table.scan<Page | Divided>(PAGES, filter, options);
    return pages.flatMap((page) => (isDivided(page) ? [] : page.alerts));
  }

  return {
    change: (home, edits, options) =>
      new Promise((resolve, reject) => {
        options?.signal?.throwIfAborted();
        const mine: Asked = { edits, options, resolve, reject };
        const others = asked.get(home);
        if (others !== undefined) return void others.push(mine);
        asked.set(home, [mine]);
        void run(home);
      }),
    of: (home, options) => {
      const line = readings.get(home) ?? { next: null, last: Promise.resolve() };
      readings.set(home, line);
      if (line.next !== null) return line.next;
      const mine = line.last.then(nextTurn).then(() => {
        line.next = null;
        return read(home, options);
      });
      const over = mine.then(
        () => {},
        () => {},
      );
      line.next = mine;
      line.last = over;
      void over.then(() => {
        if (line.last === over) readings.delete(home);
      });
      return mine;
    },
    all,
  };
}

/** The page that an alert stands in, or would. */
async function descend(
  home: string,
  fingerprint: string,
  placeAt: (row: string, depth: number) => Promise<Place | null>,
): Promise<Place> {
  let row = home;
  for (let depth = 0; ; depth += 1) {
    const place = await placeAt(row, depth);
    if (place !== null) return place;
    row = rowBelow(row, depth, digitOf(fingerprint, depth));
  }
}

function rowBelow(row: string, depth: number, digit: string): string {
  return depth === 0 ? `${row},${digit}` : `${row}${digit}`;
}

function pageRow(row: string, page: Page): Row {
  return { partition: PAGES, row, value: page, columns: { until: untilOf(page) } };
}

function isDivided(page: Page | Divided): page is Divided {
  return 'divided' in page;
}

/** Whoever asks in the same turn goes along. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Takes off the queue what is changed together. */
function nextOf(queue: Asked[]): readonly Asked[] {
  let edits = 0;
  let count = 0;
  for (const each of queue) {
    edits += each.edits.length;
    if (count > 0 && edits > AT_ONCE) break;
    count += 1;
  }
  return queue.splice(0, count);
}

function settle(batch: readonly Asked[], changed: readonly boolean[]): void {
  let start = 0;
  for (const { edits, resolve } of batch) {
    resolve(changed.slice(start, start + edits.length));
    start += edits.length;
  }
}
