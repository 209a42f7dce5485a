import { describe, expect, it } from 'vitest';
import { type HubPartition, type HubPlace, type HubSight, isReached, missingSince, seePartition } from '../../src/model/hub.ts';

const at = (sequenceNumber: number, enqueuedAt: number | null = sequenceNumber * 10_000): HubPlace => ({
  sequenceNumber,
  enqueuedAt,
});
const holds = (last: HubPlace | null, firstSequenceNumber = 0): HubPartition => ({ id: '0', firstSequenceNumber, last });

describe('an event of the hub', () => {
  it.each<[string, HubPlace | null, HubPlace | null, boolean]>([
    ['none: the partition is empty', null, null, true],
    ['before the mark', at(4), at(5), true],
    ['at the mark, its time written down otherwise', at(5, 50_900), at(5, 50_000), true],
    ['behind the mark', at(6), at(5), false],
    ['where nothing was ever forwarded', at(0), null, false],
    ['of a hub that was created anew', at(2, 9_000_000), at(500, 50_000), false],
    ['where the mark does not know its number', at(6), at(-1, null), true],
    ['where the mark does not know its time', at(5), at(5, null), true],
  ])('%s', (_, event, mark, reached) => {
    expect(isReached(event, mark)).toBe(reached);
  });
});

describe('a partition', () => {
  /** What is seen of it minute by minute, given what it holds and how far it was forwarded. */
  function seen(...steps: readonly (readonly [HubPartition, HubPlace | null])[]): readonly HubSight[] {
    let before: HubSight | null = null;
    return steps.map(([partition, read], minute) => {
      before = seePartition(before, 'h/0', partition, read, minute * 60_000);
      return before;
    });
  }

  it('that is idle was all read, every time', () => {
    const sights = seen([holds(at(3)), at(3)], [holds(at(3)), at(3)]);
    expect(sights).toMatchObject([
      { allReadAt: 0, unread: 0, waiting: null },
      { allReadAt: 60_000, unread: 0, waiting: null },
    ]);
  });

  it('that nobody reads waits since its first unread event was seen, however many follow', () => {
    const sights = seen([holds(at(3)), at(3)], [holds(at(5)), at(3)], [holds(at(9)), at(3)], [holds(at(9)), at(9)]);
    expect(sights.map(({ unread, waiting, allReadAt }) => [unread, waiting?.since ?? null, allReadAt])).toEqual([
      [0, null, 0],
      [2, 60_000, 0],
      [6, 60_000, 0],
      [0, null, 180_000],
    ]);
  });

  it('that is read all the time, though never to its end, does not wait for long', () => {
    const sights = seen([holds(at(10)), at(8)], [holds(at(20)), at(18)], [holds(at(30)), at(28)]);
    expect(sights.map(({ waiting }) => waiting?.since)).toEqual([0, 60_000, 120_000]);
  });

  it('that was never read at all waits from the beginning', () => {
    expect(seen([holds(at(7)), null])).toMatchObject([{ unread: 8, allReadAt: null, waiting: { since: 0 } }]);
  });

  it('tells how many events were forgotten before they were read; those before the first look of all are nobody’s', () => {
    expect(seen([holds(at(100), 40), at(9)])).toMatchObject([{ expired: 30, unread: 61 }]);
    expect(seen([holds(at(100), 40), null])).toMatchObject([{ expired: 0, unread: 61 }]);
    expect(seen([holds(at(2, 9_000_000)), at(500, 50_000)])).toMatchObject([{ expired: 0, unread: 3 }]);
  });
});

describe('up to when a partition is complete', () => {
  const sight = (changes: Partial<HubSight>): HubSight => ({
    partition: 'h/0',
    last: at(9),
    read: at(5),
    allReadAt: 70_000,
    unread: 4,
    waiting: null,
    expired: 0,
    ...changes,
  });

  it('is open where all was read, then or since', () => {
    expect(missingSince(sight({ read: at(9) }), null)).toBeNull();
    expect(missingSince(sight({}), at(9))).toBeNull();
    expect(missingSince(sight({ last: null }), null)).toBeNull();
  });

  it('is the last time at which all had been read, or its newest event that was', () => {
    expect(missingSince(sight({}), null)).toBe(70_000);
    expect(missingSince(sight({}), at(8))).toBe(80_000);
    expect(missingSince(sight({ allReadAt: null }), null)).toBe(50_000);
    expect(missingSince(sight({ allReadAt: null, read: null }), null)).toBe(0);
  });
});
