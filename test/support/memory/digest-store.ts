import type { DigestSummary, RenderedDigest } from '../../../src/model/digest.ts';
import type { CallOptions, DigestStore } from '../../../src/ports.ts';
import { Faulty, throughJson } from './faults.ts';

export class MemoryDigestStore extends Faulty implements DigestStore {
  #digests = new Map<string, { readonly summary: DigestSummary; readonly digest: RenderedDigest }>();

  publish(summary: DigestSummary, digest: RenderedDigest, options?: CallOptions): Promise<void> {
    return this.run('publish', () => void this.#digests.set(summary.id, throughJson({ summary, digest })), options?.signal);
  }

  list(options?: CallOptions): Promise<readonly DigestSummary[]> {
    const newestFirst = (a: DigestSummary, b: DigestSummary) =>
      b.window.end - a.window.end || b.publishedAt - a.publishedAt || (a.id < b.id ? -1 : 1);
    const summaries = () => throughJson([...this.#digests.values()].map((one) => one.summary)).sort(newestFirst);
    return this.run('list', summaries, options?.signal);
  }

  get(id: string, form: 'html' | 'text' | 'json', options?: CallOptions): Promise<string | null> {
    return this.run('get', () => this.#digests.get(id)?.digest[form] ?? null, options?.signal);
  }
}
