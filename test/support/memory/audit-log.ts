import type { AuditEntry } from '../../../src/model/audit.ts';
import type { Window } from '../../../src/model/window.ts';
import type { AuditLog, CallOptions } from '../../../src/ports.ts';
import { Faulty, throughJson } from './faults.ts';

export class MemoryAuditLog extends Faulty implements AuditLog {
  #entries = new Map<string, AuditEntry>();

  record(entry: AuditEntry, options?: CallOptions): Promise<void> {
    const copy = throughJson(entry);
    return this.run('record', () => void this.#entries.set(`${entry.at}/${entry.id}`, copy), options?.signal);
  }

  prune(time: number, options?: CallOptions): Promise<void> {
    const clear = (): void => {
      for (const [key, { at }] of [...this.#entries]) if (at < time) this.#entries.delete(key);
    };
    return this.run('prune', clear, options?.signal);
  }

  during({ start, end }: Window, options?: CallOptions): Promise<readonly AuditEntry[]> {
    const newestFirst = (): readonly AuditEntry[] =>
      throughJson([...this.#entries.values()])
        .filter(({ at }) => at >= start && at < end)
        .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
    return this.run('during', newestFirst, options?.signal);
  }
}
