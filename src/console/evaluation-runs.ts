import type { EvaluationEntry } from '../model/evaluation-log.ts';

/** Evaluations of one shard that came to the same thing one after the other. */
export interface EvaluationRun {
  readonly newest: EvaluationEntry;
  readonly oldest: EvaluationEntry;
  readonly times: number;
}

/** Folds entries (newest first, shards mixed) into runs of the same outcome and reason, newest first: sixty equal lines say no more than one. */
export function foldRuns(log: readonly EvaluationEntry[]): readonly EvaluationRun[] {
  const open = new Map<string, number>();
  const runs: EvaluationRun[] = [];
  for (const entry of log) {
    const index = open.get(entry.shard);
    const run = index === undefined ? undefined : runs[index];
    if (index !== undefined && run !== undefined && cameToTheSame(run.newest, entry)) {
      runs[index] = { ...run, oldest: entry, times: run.times + 1 };
    } else {
      open.set(entry.shard, runs.length);
      runs.push({ newest: entry, oldest: entry, times: 1 });
    }
  }
  return runs;
}

function cameToTheSame(a: EvaluationEntry, b: EvaluationEntry): boolean {
  return a.outcome === b.outcome && a.reason === b.reason && a.code === b.code;
}
