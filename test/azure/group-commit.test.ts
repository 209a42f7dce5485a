import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGroupStore } from '../../src/azure/group-store.ts';
import { createNotificationLog } from '../../src/azure/notification-log.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { MemoryLog } from '../support/memory/index.ts';
import { sampleGroup } from '../support/samples.ts';
import { storageOf } from '../support/storage.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

const NAMES = Array.from({ length: 250 }, (_, index) => `g${index}`);

describe('conditional writes that are asked for at the same time', () => {
  it('are each made, and refused each by itself where somebody was faster', async () => {
    const store = createGroupStore(storageOf(azurite.account()), new MemoryLog());
    expect(await store.replace(sampleGroup('g7'), null)).toBe(true);
    const written = await Promise.all(NAMES.map((name) => store.replace(sampleGroup(name), null)));
    expect(NAMES.filter((_, index) => !written[index])).toEqual(['g7']);
    const stored = await Promise.all(NAMES.map((name) => store.read(sampleGroup(name).key)));
    expect(stored.map(({ value }) => value)).toEqual(NAMES.map((name) => sampleGroup(name)));
  });

  it('of one row let only one through', async () => {
    const store = createGroupStore(storageOf(azurite.account()), new MemoryLog());
    const written = await Promise.all(NAMES.slice(0, 20).map(() => store.replace(sampleGroup('g'), null)));
    expect(written.filter(Boolean)).toHaveLength(1);
  });

  it('resolve to versions that the next write may name, and an old version no more', async () => {
    const log = createNotificationLog(storageOf(azurite.account()), new MemoryLog());
    const record = (receiver: string) =>
      ({ group: 'g', receiver, sent: null, pending: null, counts: { sent: 0, failed: 0, retried: 0 } }) as const;
    const few = NAMES.slice(0, 30);
    const first = await Promise.all(few.map((name) => log.rewrite(record(name), null)));
    const second = await Promise.all(few.map((name, index) => log.rewrite(record(name), first[index] ?? null)));
    const third = await Promise.all(few.map((name, index) => log.rewrite(record(name), first[index] ?? null)));
    expect(first.every((version) => version !== null)).toBe(true);
    expect(second.every((version, index) => version !== null && version !== first[index])).toBe(true);
    expect(third.every((version) => version === null)).toBe(true);
    expect((await log.read('g', 'g3')).version).toBe(second[3]);
  });
});
