import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { appendLogLine, appendMetric, flush } from '../archive/append.ts';
import { type ArchiveSizes, sizesOf, truncateTo } from '../archive/journal.ts';
import type { LogLine } from './machine-learning.ts';
import { logDelayOf, type Minute, minuteOf, type Run } from './minute.ts';

/** Where streamed diagnostics go: the Event Hubs stand-in, seen from the writer. */
export interface Stream {
  append(partition: number, body: Uint8Array): Promise<void>;
  readonly partitions: number;
  sizes(): Promise<HubSizes>;
  truncateTo(sizes: HubSizes): Promise<void>;
}

export type HubSizes = Readonly<Record<string, number>>;

/** What a writer needs to go on after it was killed between two minutes or in the middle of one. */
interface Journal {
  readonly seed: number;
  readonly scenario: string;
  readonly startedAt: number;
  /** The last whole minute whose arrivals are all written, epoch ms. */
  readonly written: number;
  readonly archive: ArchiveSizes;
  readonly hub: HubSizes;
  readonly streamed: Streamed;
}

/** What was sent to the hub so far. */
export interface Streamed {
  readonly events: number;
  readonly records: number;
}

const MINUTE = 60_000;
/** The longest ingestion delay of any scenario. */
const LONGEST_DELAY = 60;
const RECORDS_PER_EVENT = 50;

/** Writes the minutes of a run where Azure would deliver them: metrics, archived logs, streamed logs. */
export interface TrafficWriter {
  readonly run: Run;
  readonly written: number;
  readonly streamed: Streamed;
  /** Writes what arrives in every minute up to `until` (epoch ms) that is not written yet. */
  writeUntil(until: number, progress?: (done: number, of: number) => void): Promise<void>;
}

/** Goes on from the journal of the same run, undoing a minute that was begun and not finished; else begins `history` minutes earlier. */
export async function openWriter(
  run: Run,
  paths: { readonly archive: string; readonly journal: string },
  stream: Stream,
  historyMinutes: number,
): Promise<TrafficWriter> {
  let journal = await readJournal(paths.journal);
  if (journal !== null) {
    await truncateTo(paths.archive, journal.archive);
    await stream.truncateTo(journal.hub);
  } else {
    const from = run.startedAt - historyMinutes * MINUTE;
    journal = {
      seed: run.seed,
      scenario: run.scenario.name,
      startedAt: run.startedAt,
      written: from,
      archive: await sizesOf(paths.archive, from),
      hub: await stream.sizes(),
      streamed: { events: 0, records: 0 },
    };
  }
  return new FileWriter(run, paths, stream, journal);
}

/** The run that a journal belongs to, so that a restart continues it: `null` where there is none. */
export async function readJournal(path: string): Promise<Journal | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Journal;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

class FileWriter implements TrafficWriter {
  readonly run: Run;
  readonly #paths: { readonly archive: string; readonly journal: string };
  readonly #stream: Stream;
  readonly #minutes = new Map<number, Minute>();
  #journal: Journal;

  constructor(run: Run, paths: { readonly archive: string; readonly journal: string }, stream: Stream, journal: Journal) {
    this.run = run;
    this.#paths = paths;
    this.#stream = stream;
    this.#journal = journal;
  }

  get written(): number {
    return this.#journal.written;
  }

  get streamed(): Streamed {
    return this.#journal.streamed;
  }

  async writeUntil(until: number, progress?: (done: number, of: number) => void): Promise<void> {
    const first = this.#journal.written + MINUTE;
    for (let minute = first; minute <= until; minute += MINUTE) {
      const live = minute > this.run.startedAt;
      this.#collect(minute);
      const streamed = live ? await this.#sendEvents(minute) : { events: 0, records: 0 };
      const atBoundary = minute % (60 * MINUTE) === 0 || minute + MINUTE > until || live;
      if (!atBoundary) continue;
      await flush(this.#paths.archive);
      await this.#commit(minute, streamed);
      progress?.(minute - first + MINUTE, until - first + MINUTE);
    }
  }

  #collect(minute: number): void {
    for (const point of this.#minuteOf(minute - MINUTE).metrics) appendMetric(this.#paths.archive, point);
    for (let delay = 1; delay <= LONGEST_DELAY; delay++) {
      const start = minute - delay * MINUTE;
      if (logDelayOf(this.run, start) !== delay) continue;
      for (const line of this.#minuteOf(start).logs) {
        const { category, resourceId, text } = line;
        appendLogLine({ dir: this.#paths.archive, category, resourceId, receivedAt: minute }, text);
      }
    }
  }

  async #sendEvents(minute: number): Promise<Streamed> {
    let events = 0;
    let records = 0;
    for (const lines of byResource(this.#minuteOf(minute - MINUTE).logs)) {
      for (let start = 0; start < lines.length; start += RECORDS_PER_EVENT) {
        const slice = lines.slice(start, start + RECORDS_PER_EVENT);
        const body = `{"records":[${slice.map((line) => line.text).join(',')}]}`;
        await this.#stream.append(events % this.#stream.partitions, Buffer.from(body));
        events += 1;
        records += slice.length;
      }
    }
    return { events, records };
  }

  #minuteOf(start: number): Minute {
    const known = this.#minutes.get(start);
    if (known !== undefined) return known;
    const made = minuteOf(this.run, start);
    this.#minutes.set(start, made);
    if (this.#minutes.size > LONGEST_DELAY + 5) {
      const oldest = this.#minutes.keys().next();
      if (!oldest.done) this.#minutes.delete(oldest.value);
    }
    return made;
  }

  async #commit(minute: number, { events, records }: Streamed): Promise<void> {
    const { streamed } = this.#journal;
    this.#journal = {
      ...this.#journal,
      written: minute,
      archive: await sizesOf(this.#paths.archive, minute),
      hub: await this.#stream.sizes(),
      streamed: { events: streamed.events + events, records: streamed.records + records },
    };
    await mkdir(dirname(this.#paths.journal), { recursive: true });
    await writeFile(`${this.#paths.journal}.new`, JSON.stringify(this.#journal));
    await rename(`${this.#paths.journal}.new`, this.#paths.journal);
  }
}

function byResource(lines: readonly LogLine[]): readonly (readonly LogLine[])[] {
  const groups = new Map<string, LogLine[]>();
  for (const line of lines) {
    const group = groups.get(line.resourceId);
    if (group === undefined) groups.set(line.resourceId, [line]);
    else group.push(line);
  }
  return [...groups.values()];
}
