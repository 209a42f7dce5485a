import type { EvaluationEntry } from '../model/evaluation-log.ts';
import type { CallOptions, EvaluationLog, Log } from '../ports.ts';
import { beginsWith, keyOf } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { type Key, openTable } from './table.ts';

const ENTRIES_PER_SHARD = 50;
const MOST_ATTEMPTS = 4;
/** A text column holds 32 Ki characters. */
const LONGEST_REASON = 2_000;

/** Rows of which this worker keeps what it wrote last. */
const MOST_KEPT = 500;

interface Kept {
  readonly entries: readonly EvaluationEntry[];
  readonly version: string | null;
}

/**
 * One row per rule and shard with its last entries packed, and the newest as a column of its own for the list of all rules. What this
 * worker wrote last is not read again before the next write: the version tells when another worker wrote since.
 */
export function createEvaluationLog(storage: Storage, log: Log): EvaluationLog {
  const table = openTable(storage, TABLES.evaluations, log);
  const kept = new Map<string, Kept>();

  function keep(row: string, written: Kept): void {
    kept.set(row, written);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) return;
      kept.delete(oldest);
    }
  }

  async function read(key: Key, options?: CallOptions): Promise<Kept> {
    const stored = await table.get<readonly EvaluationEntry[]>(key, options);
    return { entries: stored?.value ?? [], version: stored?.version ?? null };
  }

  return {
    record: async ({ reason, ...rest }, options) => {
      const entry = { ...rest, reason: reason.slice(0, LONGEST_REASON) };
      const key = { partition: 'evaluation', row: keyOf(entry.rule, entry.shard) };
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
        const known = kept.get(key.row) ?? (await read(key, options));
        const entries = [entry, ...known.entries].sort(newestFirst).slice(0, ENTRIES_PER_SHARD);
        const columns = { newest: JSON.stringify(entries[0]) };
        const version = await table.rewrite({ ...key, value: entries, columns }, known.version, options);
        kept.delete(key.row);
        if (version === null) continue;
        keep(key.row, { entries, version });
        return;
      }
      log.debug({ rule: entry.rule, shard: entry.shard }, 'evaluation entry dropped: too many writers');
    },
    latest: async (options) => {
      const newest = await table.column('evaluation', 'newest', options);
      return newest.map((json) => JSON.parse(json) as EvaluationEntry);
    },
    of: async (rule, options) => {
      const shards = await table.scan<readonly EvaluationEntry[]>('evaluation', beginsWith(rule), options);
      return shards.flat().sort(newestFirst);
    },
  };
}

function newestFirst(a: EvaluationEntry, b: EvaluationEntry): number {
  return b.at - a.at;
}
