import { join } from 'node:path';
import type { Clock } from '../../ports.ts';
import { stamped } from './message.ts';
import { PartitionLog } from './partition-log.ts';

/** One partition and those who want to hear of new events. */
export interface Partition {
  readonly id: string;
  readonly log: PartitionLog;
  readonly listeners: Set<() => void>;
}

/** One event hub: its partitions and who may write where. */
export class HubEntity {
  readonly name: string;
  readonly createdAt: number;
  readonly partitions: readonly Partition[];
  readonly #clock: Clock;
  #turn = 0;

  constructor(name: string, dataDir: string, partitions: number, clock: Clock) {
    this.name = name;
    this.createdAt = clock.now();
    this.#clock = clock;
    this.partitions = Array.from({ length: partitions }, (_, index) => ({
      id: String(index),
      log: new PartitionLog(join(dataDir, name, `${index}.events`)),
      listeners: new Set<() => void>(),
    }));
  }

  partition(id: string): Partition | null {
    return this.partitions.find((one) => one.id === id) ?? null;
  }

  /** The partition that a key always leads to, or the next one in turn. The hash is not Azure's: only its constancy matters. */
  choose(key: string | null): Partition {
    const index = key === null ? this.#turn++ : fnv1a(key);
    const chosen = this.partitions[index % this.partitions.length];
    if (chosen === undefined) throw new RangeError(`hub ${this.name} has no partitions`);
    return chosen;
  }

  /** Keeps encoded messages that came together. */
  store(partition: Partition, messages: readonly Buffer[], key: string | null): void {
    partition.log.append(
      this.#clock.now(),
      messages.map((message) => (where) => stamped(message, where, key)),
    );
    for (const notify of partition.listeners) notify();
  }

  close(): void {
    for (const { log } of this.partitions) log.close();
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
