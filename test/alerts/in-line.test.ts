import { describe, expect, it } from 'vitest';
import { episodeOf } from '../../src/alerts/episode.ts';
import { toldOrInLine, turnoutOf } from '../../src/alerts/in-line.ts';
import { snapshotOf } from '../../src/alerts/should-notify.ts';
import type { Alert } from '../../src/model/alert.ts';
import type { PendingDelivery, SentEntry } from '../../src/model/notification.ts';
import { alertOf, resolved } from './make.ts';

const START = Date.parse('2026-11-21T08:00:00Z');
const HOUR = 3_600_000;
const NOW = START + HOUR;
const POLICY = { sendResolved: true, repeatInterval: 4 * HOUR };
const chat = alertOf('chat');
const other = alertOf('other');

/** A notification that waits and tells of these. */
const waiting = (...firing: readonly Alert[]): PendingDelivery => ({
  id: 'msg_1',
  reason: 'first',
  createdAt: START,
  attempts: 0,
  nextTryAt: NOW + HOUR,
  claimedUntil: null,
  firing: firing.map(episodeOf),
  resolved: [],
  lastError: null,
  untried: true,
});
const turnout = (alerts: readonly Alert[], inLine: PendingDelivery, sent: SentEntry | null = null, held: readonly Alert[] = []) =>
  turnoutOf(inLine, { ...snapshotOf(alerts, NOW), held: new Set(held.map(episodeOf)) }, sent, POLICY, NOW);

describe('a notification that waits for its turn', () => {
  it('gives its place to what is to be told now', () => {
    expect(turnout([chat, other], waiting(chat))).toEqual({ kind: 'replaced', reason: 'first' });
    const sent = { id: 'msg_0', at: START, firing: [episodeOf(chat)], resolved: [] };
    expect(turnout([chat, other], waiting(chat, other), sent)).toEqual({ kind: 'replaced', reason: 'newly firing' });
  });

  it('gives it to how that ended where all of it is over', () => {
    expect(turnout([resolved(chat, NOW)], waiting(chat))).toEqual({ kind: 'replaced', reason: 'all resolved' });
  });

  it('stays where it tells of an end already', () => {
    expect(turnout([resolved(chat, NOW)], { ...waiting(), resolved: [episodeOf(chat)] })).toEqual({ kind: 'stays' });
    expect(turnout([], waiting())).toEqual({ kind: 'stays' });
  });

  it('is not sent while what it tells of is held back', () => {
    expect(turnout([], waiting(chat), null, [chat])).toEqual({ kind: 'dropped' });
  });

  it('counts as told for what is looked up', () => {
    expect(toldOrInLine(null, null)).toBeNull();
    const sent = { id: 'msg_0', at: START, firing: ['a'], resolved: ['b'] };
    expect(toldOrInLine(sent, { ...waiting(), firing: ['a', 'c'], resolved: ['d'] })).toEqual({
      firing: ['a', 'c'],
      resolved: ['b', 'd'],
    });
  });
});
