import type { Socket } from 'node:net';
import type { Sender } from 'rhea';
import type { HubEntity, Partition } from './entity.ts';
import { startOf } from './position.ts';

const SELECTOR_FILTER = 'apache.org:selector-filter:string';
const OWNER_LEVEL = 'com.microsoft:epoch';

interface Reader {
  readonly sender: Sender;
  readonly ownerLevel: number | null;
  readonly stop: () => void;
}

/** Who reads which partition for which consumer group, and who may. */
export class Receivers {
  readonly #readers = new Map<string, Set<Reader>>();
  /** Per partition, how many events the receiver that is furthest has been sent. */
  readonly #reached = new WeakMap<Partition, number>();

  reached(partition: Partition): number {
    return this.#reached.get(partition) ?? 0;
  }

  /**
   * Begins to send a partition's events to a link that was just attached. An owner level takes the partition from everyone with a
   * lower, equal or no level; without one nobody joins a partition that is owned.
   */
  attach(entity: HubEntity, group: string, partition: Partition, sender: Sender): void {
    const ownerLevel = numberOf(sender.properties?.[OWNER_LEVEL]);
    const key = `${entity.name}/${group}/${partition.id}`.toLowerCase();
    const others = this.#readers.get(key) ?? new Set();
    if (isOwnedAbove(others, ownerLevel)) {
      refuse(sender, 'amqp:link:stolen', 'a receiver with a higher owner level exists');
      return;
    }
    const start = startOf(selectorOf(sender), partition.log);
    if (start === null) {
      refuse(sender, 'com.microsoft:argument-error', 'the selector is not understood');
      return;
    }

    if (ownerLevel !== null) {
      for (const other of others) {
        other.stop();
        refuse(other.sender, 'amqp:link:stolen', `a receiver with owner level ${ownerLevel} was created`);
      }
    }
    const stop = this.#pump(partition, sender, start);
    others.add({ sender, ownerLevel, stop });
    this.#readers.set(key, others);
    sender.on('sender_close', () => this.leave((one) => one === sender));
  }

  /** Lets go of the readers whose links are gone. */
  leave(isGone: (sender: Sender) => boolean): void {
    for (const readers of this.#readers.values()) {
      for (const reader of readers) {
        if (!isGone(reader.sender)) continue;
        reader.stop();
        readers.delete(reader);
      }
    }
  }

  /** Sends events while the receiver gives credit. Returns how to stop. */
  #pump(partition: Partition, sender: Sender, start: number): () => void {
    let next = start;
    let ahead: readonly Buffer[] = [];
    let aheadFrom = start;
    let handedOver = 0;
    this.#note(partition, next);

    const send = () => {
      const from = next;
      while (next < partition.log.length && sender.sendable() && hasCredit(sender, handedOver)) {
        if (next - aheadFrom >= ahead.length) {
          ahead = partition.log.read(next);
          aheadFrom = next;
        }
        const bytes = ahead[next - aheadFrom];
        if (bytes === undefined) break;
        // A format of 0 has rhea send the bytes as they are.
        sender.send(bytes, undefined, 0);
        handedOver += 1;
        next += 1;
        this.#note(partition, next);
      }
      if (next > from) writeTogether(sender);
    };
    partition.listeners.add(send);
    sender.on('sendable', send);
    sender.on('settled', send);
    return () => {
      partition.listeners.delete(send);
      sender.removeListener('sendable', send);
      sender.removeListener('settled', send);
    };
  }

  #note(partition: Partition, next: number): void {
    this.#reached.set(partition, Math.max(next, this.reached(partition)));
  }
}

/** rhea takes credit away only when it writes the frame, so what was handed over and not written counts as spent. */
function hasCredit(sender: Sender, handedOver: number): boolean {
  const { credit, delivery_count: written } = sender as unknown as { credit: number; delivery_count: number };
  return credit > handedOver - written;
}

/** rhea writes a frame at a time, in the next tick: as many system calls, and as many awakenings of the receiver, as there are events. */
function writeTogether({ connection }: Sender): void {
  const { socket } = connection as unknown as { readonly socket: Socket };
  socket.cork();
  process.nextTick(() => socket.uncork());
}

function isOwnedAbove(readers: ReadonlySet<Reader>, ownerLevel: number | null): boolean {
  return [...readers].some((one) => one.ownerLevel !== null && (ownerLevel === null || one.ownerLevel > ownerLevel));
}

function selectorOf(sender: Sender): string {
  const filter = sender.source?.filter as Readonly<Record<string, unknown>> | undefined;
  const selector = filter?.[SELECTOR_FILTER] as { value?: unknown } | string | undefined;
  if (selector === undefined) return "amqp.annotation.x-opt-offset > '@latest'";
  return String(typeof selector === 'object' && 'value' in selector ? selector.value : selector);
}

function numberOf(value: unknown): number | null {
  return value === undefined || value === null ? null : Number(value);
}

function refuse(sender: Sender, condition: string, description: string): void {
  sender.close({ condition, description });
}
