import type { NotificationRecord } from '../../../src/model/notification.ts';
import type { CallOptions, NotificationLog, Version, Versioned } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';
import { VersionedMap } from './versioned-map.ts';

export class MemoryNotificationLog extends Faulty implements NotificationLog {
  #records = new VersionedMap<NotificationRecord>();

  read(group: string, receiver: string, options?: CallOptions): Promise<Versioned<NotificationRecord | null>> {
    return this.run('read', () => this.#records.get(keyOf(group, receiver)), options?.signal);
  }

  replace(next: NotificationRecord, version: Version, options?: CallOptions): Promise<boolean> {
    return this.run('replace', () => this.#records.replace(keyOf(next.group, next.receiver), next, version), options?.signal);
  }

  rewrite(next: NotificationRecord, version: Version, options?: CallOptions): Promise<Version> {
    const key = keyOf(next.group, next.receiver);
    const rewritten = () => (this.#records.replace(key, next, version) ? this.#records.get(key).version : null);
    return this.run('rewrite', rewritten, options?.signal);
  }

  overdue(time: number, options?: CallOptions): Promise<readonly NotificationRecord[]> {
    const late = () => this.#records.values().filter((record) => record.pending !== null && record.pending.nextTryAt < time);
    return this.run('overdue', late, options?.signal);
  }

  all(options?: CallOptions): Promise<readonly NotificationRecord[]> {
    return this.run('all', () => this.#records.values(), options?.signal);
  }
}

function keyOf(group: string, receiver: string): string {
  return JSON.stringify([group, receiver]);
}
