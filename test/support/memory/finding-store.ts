import type { Finding } from '../../../src/model/finding.ts';
import { byFirstSeen, mergeFindings } from '../../../src/model/finding-merge.ts';
import type { Window } from '../../../src/model/window.ts';
import type { CallOptions, FindingStore } from '../../../src/ports.ts';
import { Faulty, throughJson } from './faults.ts';

export class MemoryFindingStore extends Faulty implements FindingStore {
  #findings = new Map<string, Finding>();

  put(finding: Finding, options?: CallOptions): Promise<void> {
    const keep = () =>
      void this.#findings.set(finding.id, mergeFindings(this.#findings.get(finding.id) ?? null, throughJson(finding)));
    return this.run('put', keep, options?.signal);
  }

  during({ start, end }: Window, options?: CallOptions): Promise<readonly Finding[]> {
    const within = () => this.all().filter((finding) => finding.firstAt < end && finding.lastAt >= start);
    return this.run('during', within, options?.signal);
  }

  /** For assertions: everything, oldest first. */
  all(): readonly Finding[] {
    return throughJson([...this.#findings.values()].sort(byFirstSeen));
  }
}
