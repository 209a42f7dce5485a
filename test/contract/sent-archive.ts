import { describe, expect, it } from 'vitest';
import type { SentArchive } from '../../src/ports.ts';

/** What every SentArchive does. `make` gives an empty one. */
export function sentArchiveContract(name: string, make: () => SentArchive): void {
  describe(`${name} keeps the bodies of notifications`, () => {
    it('keeps the first body given for an id, byte for byte', async () => {
      const archive = make();
      expect(await archive.get('msg_1')).toBeNull();
      await archive.put('msg_1', '{"text":"größe 🔔"}');
      await archive.put('msg_1', '{"text":"another"}');
      expect(await archive.get('msg_1')).toBe('{"text":"größe 🔔"}');
      expect(await archive.get('msg/1')).toBeNull();
    });

    it('lets one of two concurrent writers win for good', async () => {
      const archive = make();
      await Promise.all(['a', 'b', 'c'].map((body) => archive.put('msg_1', body)));
      const kept = await archive.get('msg_1');
      expect(['a', 'b', 'c']).toContain(kept);
      await archive.put('msg_1', 'd');
      expect(await archive.get('msg_1')).toBe(kept);
    });
  });
}
