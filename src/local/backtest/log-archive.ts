import { HOUR, MINUTE } from '../../model/duration.ts';
import { TocsinError } from '../../model/errors.ts';
import type { Rule } from '../../model/rule.ts';
import type { Window } from '../../model/window.ts';
import type { Clock, LogSource } from '../../ports.ts';
import { compileOnce } from '../kql/compile-once.ts';
import { isCompiled } from '../kql/engine.ts';
import type { ArrivalModel } from './arrival.ts';
import { blockReader } from './block-reader.ts';
import type { MadeHour } from './blocks.ts';
import { PartSums } from './part-sums.ts';
import { SourceRows } from './source-rows.ts';
import { keyOf, type Source, splitQuery } from './split.ts';
import { WindowedQuery } from './windowed-query.ts';

/** How far back an evaluation looks for a table's newest row. */
const WATERMARK_LOOKBACK = 6 * HOUR;

/** A query that will be asked for windows: how long they are, how far apart, and for how long after their end. */
export interface ExpectedQuery {
  readonly kql: string;
  readonly window: number;
  readonly every: number;
  readonly patience: number;
}

/** What the log rules will ask, the watermarks of their tables included. */
export function expectedQueries(rules: readonly Rule[]): readonly ExpectedQuery[] {
  return rules.flatMap(({ signal, window, every, delay }): readonly ExpectedQuery[] => {
    if (signal.kind !== 'log') return [];
    const watermark = `${signal.table}\n| summarize Watermark = max(TimeGenerated) by _ResourceId`;
    return [
      { kql: signal.query, window, every, patience: 6 * delay + 2 * every },
      { kql: watermark, window: WATERMARK_LOOKBACK, every: MINUTE, patience: 2 * MINUTE },
    ];
  });
}

export interface LogArchive {
  readonly source: LogSource;
  /** Reads what was received up to a time (epoch ms), and forgets what no window will ask for any more. */
  advance(to: number): Promise<void>;
  /** Records read so far. */
  rows(): number;
  close(): Promise<void>;
}

interface Need {
  readonly source: Source;
  readonly rows: SourceRows;
  /** Ms before now that may still be asked for. */
  readonly lookback: number;
}

/**
 * The logs of an archive (see openArchiveAt) for queries that are known beforehand, read once in the order in which they were received. A query that does not bind
 * answers with TCN-A005, as Azure would refuse it; one that was not expected is a fault of ours (TCN-X001).
 */
export function openLogArchive(
  place: string,
  expected: readonly ExpectedQuery[],
  model: ArrivalModel,
  { start, end }: Window,
  clock: Clock,
): LogArchive {
  const { queries, needs } = prepare(expected);
  const wanted = [...needs.values()];
  const reader = blockReader({
    place,
    model,
    plans: wanted.map(({ source, rows: { width } }) => ({
      table: source.table,
      chain: source.chain,
      width,
      eager: source.pruned,
    })),
  });
  const longest = Math.max(0, ...wanted.map(({ lookback }) => lookback));
  let hour = Math.floor((start - longest) / HOUR) * HOUR;
  let asked = hour;
  const coming: Promise<MadeHour>[] = [];
  let rows = 0;

  /** Asks for the next hour and for some beyond, which are read while this one is judged. */
  function ask(): void {
    for (; asked <= hour + reader.ahead * HOUR && asked <= end; asked += HOUR) {
      const since = Math.max(asked, start);
      const made = reader.read(
        asked,
        wanted.map(({ lookback }) => since - lookback),
      );
      // It is waited for later; until then a failure has no listener.
      made.catch(() => undefined);
      coming.push(made);
    }
  }

  async function readHour(): Promise<void> {
    ask();
    const made = await coming.shift();
    hour += HOUR;
    rows += made?.rows ?? 0;
    for (const block of made?.blocks ?? []) wanted[block.plan]?.rows.add(block);
    ask();
  }

  return {
    rows: () => rows,
    close: () => reader.close(),
    advance: async (to) => {
      for (const need of wanted) need.rows.forget(to - need.lookback);
      for (const query of queries.values()) if (query instanceof WindowedQuery) query.forget(to - longest);
      while (wanted.length > 0 && hour <= to) await readHour();
    },
    source: {
      query: async ({ kql, span }) => {
        const query = queries.get(kql);
        if (query instanceof WindowedQuery) return query.answer(span, clock.now());
        throw query ?? new TocsinError('TCN-X001', `a query that nobody announced: ${kql}`);
      },
    },
  };
}

/** Queries with the rows that they share. */
function prepare(expected: readonly ExpectedQuery[]) {
  const byQuery = new Map<string, ExpectedQuery[]>();
  for (const one of expected) byQuery.set(one.kql, [...(byQuery.get(one.kql) ?? []), one]);
  const queries = new Map<string, WindowedQuery | TocsinError>();
  const needs = new Map<string, Need>();
  const sums = new Map<string, PartSums>();
  for (const [kql, uses] of byQuery) {
    const compiled = compileOnce(kql);
    if (!isCompiled(compiled)) {
      queries.set(kql, new TocsinError('TCN-A005', compiled.map(({ message }) => message).join('; ')));
      continue;
    }
    const split = splitQuery(compiled.plan);
    const width = uses.reduce((divisor, { window, every }) => gcd(gcd(divisor, every), window), 0);
    const lookback = Math.max(...uses.map(({ window, patience }) => window + patience));
    const rows = split.sources.map((source) => {
      const key = `${width} ${source.pruned} ${source.key}`;
      const known = needs.get(key);
      const need = {
        source,
        rows: known?.rows ?? new SourceRows(source.chain.columns, width),
        lookback: Math.max(known?.lookback ?? 0, lookback),
      };
      needs.set(key, need);
      return need.rows;
    });
    const [only] = rows;
    if (split.merge === null || only === undefined) queries.set(kql, new WindowedQuery(split, rows, null));
    else {
      const key = `${width} ${split.sources[0]?.key} ${keyOf(split.merge.partial)}`;
      const known = sums.get(key) ?? new PartSums(split.merge, split.sources[0]?.name ?? '', only);
      sums.set(key, known);
      queries.set(kql, new WindowedQuery(split, rows, known));
    }
  }
  return { queries, needs };
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
