import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchOf, forgotten } from '../../src/alerts/batch.ts';
import { deliveryId } from '../../src/alerts/delivery-id.ts';
import { episodeOf } from '../../src/alerts/episode.ts';
import type { SentEntry } from '../../src/model/notification.ts';
import { alertOf, resolved } from './make.ts';

const START = Date.parse('2026-11-21T08:00:00Z');
const END = START + 600_000;
const sentEntry = (firing: readonly string[], gone: readonly string[]): SentEntry => ({
  id: 'msg_1',
  at: END,
  firing,
  resolved: gone,
});

describe('what a receiver is told', () => {
  const chat = alertOf('chat');
  const done = resolved(alertOf('embeddings'), END);

  it('is what fires and what resolved since it was last told', () => {
    expect(batchOf([chat, done], sentEntry([episodeOf(done)], []), true, 10).alerts).toEqual([chat, done]);
  });

  it('is not again what it was told resolved', () => {
    expect(batchOf([chat, done], sentEntry([], [episodeOf(done)]), true, 10).alerts).toEqual([chat]);
  });

  it('holds no resolves where they are not wanted', () => {
    expect(batchOf([chat, done], null, false, 10).alerts).toEqual([chat]);
  });

  it('begins with what is most urgent and says how many were left out', () => {
    const critical = alertOf('critical', { severity: 0 });
    const newest = alertOf('newest', { startsAt: START + 1 });
    const { alerts, truncated } = batchOf([done, chat, newest, critical], null, true, 3);
    expect(alerts).toEqual([critical, newest, chat]);
    expect(truncated).toBe(1);
  });

  it('loses no alert: shown and left out are all', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.nat(20), (deployments, limit) => {
        const { alerts, truncated } = batchOf(
          deployments.map((name) => alertOf(name)),
          null,
          true,
          limit,
        );
        expect(alerts.length + truncated).toBe(deployments.length);
        expect(alerts.length).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('asks for alerts that a receiver takes to be firing and the group forgot', () => {
    expect(forgotten([chat], sentEntry([episodeOf(chat), episodeOf(done)], []))).toEqual([done.fingerprint]);
    expect(forgotten([chat, done], sentEntry([episodeOf(chat), episodeOf(done)], []))).toEqual([]);
    expect(forgotten([chat], null)).toEqual([]);
  });
});

describe('the id of a delivery', () => {
  const content = { group: 'g', receiver: 'r', reason: 'first', firing: ['a', 'b'], resolved: ['c'], previous: null } as const;

  it('is the same for the same content in any order', () => {
    expect(deliveryId({ ...content, firing: ['b', 'a'] })).toBe(deliveryId(content));
  });

  it('is another for any other group, receiver, reason, set or predecessor', () => {
    const ids = [
      content,
      { ...content, group: 'h' },
      { ...content, receiver: 's' },
      { ...content, reason: 'repeat due' as const },
      { ...content, firing: ['a'] },
      { ...content, firing: ['a', 'b', 'c'], resolved: [] },
      { ...content, previous: 'msg_0' },
    ].map(deliveryId);
    expect(new Set(ids).size).toBe(7);
  });
});
