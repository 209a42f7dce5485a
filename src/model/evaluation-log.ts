/** One line of the evaluation log: what became of one rule on one shard at one time, in words. */
export interface EvaluationEntry {
  readonly rule: string;
  readonly shard: string;
  /** When it was evaluated, and the end of the newest window that was judged or waited for (epoch ms). */
  readonly at: number;
  readonly windowEnd: number;
  readonly outcome: 'judged' | 'waiting' | 'unknown' | 'failed';
  /** Why, e.g. `data late: newest AmlRunStatusChangedEvent row is 47m old`. */
  readonly reason: string;
  readonly code: string | null;
  readonly windows: number;
  readonly series: number;
  readonly breaches: number;
  readonly transitions: number;
}
