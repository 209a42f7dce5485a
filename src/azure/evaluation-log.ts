import type { EvaluationEntry } from '../model/evaluation-log.ts';
import type { EvaluationLog, Log } from '../ports.ts';
import { beginsWith, keyOf } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

const ENTRIES_PER_SHARD = 50;
const MOST_ATTEMPTS = 4;
/** A text column holds 32 Ki characters. */
const LONGEST_REASON = 2_000;

/** One row per rule and shard with its last entries packed, and the newest as a column of its own for the list of all rules. */
export function createEvaluationLog(storage: Storage, log: Log): EvaluationLog {
  const table = openTable(storage, TABLES.evaluations, log);
  return {
    record: async ({ reason, ...rest }, options) => {
      const entry = { ...rest, reason: reason.slice(0, LONGEST_REASON) };
      const key = { partition: 'evaluation', row: keyOf(entry.rule, entry.shard) };
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
        const stored = await table.get<readonly EvaluationEntry[]>(key, options);
        const entries = [entry, ...(stored?.value ?? [])].sort(newestFirst).slice(0, ENTRIES_PER_SHARD);
        const columns = { newest: JSON.stringify(entries[0]) };
        if (await table.write({ ...key, value: entries, columns }, stored?.version ?? null, options)) return;
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
