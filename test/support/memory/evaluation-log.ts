import type { EvaluationEntry } from '../../../src/model/evaluation-log.ts';
import type { CallOptions, EvaluationLog } from '../../../src/ports.ts';
import { Faulty, throughJson } from './faults.ts';

const ENTRIES_PER_SHARD = 50;

export class MemoryEvaluationLog extends Faulty implements EvaluationLog {
  #shards = new Map<string, readonly EvaluationEntry[]>();

  record(entry: EvaluationEntry, options?: CallOptions): Promise<void> {
    return this.run('record', () => this.#add(throughJson(entry)), options?.signal);
  }

  latest(options?: CallOptions): Promise<readonly EvaluationEntry[]> {
    return this.run(
      'latest',
      () => throughJson([...this.#shards.values()].flatMap((entries) => entries.slice(0, 1))),
      options?.signal,
    );
  }

  of(rule: string, options?: CallOptions): Promise<readonly EvaluationEntry[]> {
    const ofRule = () => this.all().filter((entry) => entry.rule === rule);
    return this.run('of', ofRule, options?.signal);
  }

  /** For assertions: newest first. */
  all(): readonly EvaluationEntry[] {
    return throughJson([...this.#shards.values()].flat().sort((a, b) => b.at - a.at));
  }

  #add(entry: EvaluationEntry): void {
    const key = JSON.stringify([entry.rule, entry.shard]);
    const entries = [entry, ...(this.#shards.get(key) ?? [])].sort((a, b) => b.at - a.at);
    this.#shards.set(key, entries.slice(0, ENTRIES_PER_SHARD));
  }
}
