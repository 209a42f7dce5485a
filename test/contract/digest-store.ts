import { describe, expect, it } from 'vitest';
import type { DigestSummary } from '../../src/model/digest.ts';
import type { DigestStore } from '../../src/ports.ts';
import { DAY, MINUTE, NOON } from '../support/samples.ts';

/** What every DigestStore does. `make` gives an empty one. */
export function digestStoreContract(name: string, make: () => DigestStore): void {
  const digest = { subject: 's', html: '<p>größe</p>', text: 'größe', json: '{"größe":1}' };
  const summary = (id: string, end: number): DigestSummary => ({
    id,
    name: 'daily',
    window: { start: end - DAY, end },
    publishedAt: end + MINUTE,
    headline: 'größe: a quiet day 🔕',
    alerts: 0,
    findings: 2,
  });

  describe(`${name} publishes digests`, () => {
    it('gives back each form of a digest', async () => {
      const store = make();
      expect(await store.list()).toEqual([]);
      expect(await store.get('daily-1', 'html')).toBeNull();
      await store.publish(summary('daily-1', NOON), digest);
      expect(await store.get('daily-1', 'html')).toBe(digest.html);
      expect(await store.get('daily-1', 'text')).toBe(digest.text);
      expect(await store.get('daily-1', 'json')).toBe(digest.json);
    });

    it('lists summaries, newest first, and a digest that was compiled again once', async () => {
      const store = make();
      await store.publish(summary('daily-1', NOON), digest);
      await store.publish(summary('daily-2', NOON + DAY), digest);
      await store.publish(summary('daily-0', NOON - DAY), digest);
      await store.publish({ ...summary('daily-1', NOON), findings: 3 }, { ...digest, text: 'again' });
      expect((await store.list()).map((one) => [one.id, one.findings])).toEqual([
        ['daily-2', 2],
        ['daily-1', 3],
        ['daily-0', 2],
      ]);
      expect((await store.list())[0]).toEqual(summary('daily-2', NOON + DAY));
      expect(await store.get('daily-1', 'text')).toBe('again');
    });
  });
}
