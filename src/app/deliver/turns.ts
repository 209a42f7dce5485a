import { nextTurns } from '../../alerts/turns.ts';
import type { RateLimit } from '../../model/config.ts';
import type { TurnStore } from '../../ports.ts';
import { RACES } from './deps.ts';

/** Turns of receivers that take only so much at a time. */
export interface Turns {
  /**
   * Takes the next turn of a receiver: epoch ms from which it may be asked, `now` where that is at once; `null` where so many take turns
   * that none could be had.
   */
  take(receiver: string, limit: RateLimit, now: number): Promise<number | null>;
}

interface Ask {
  readonly limit: RateLimit;
  readonly now: number;
  readonly given: (turn: number | null) => void;
  readonly failed: (thrown: unknown) => void;
}

/**
 * Turns that all workers share through storage. Asks of one worker that come while it talks to storage are answered together, so that a
 * storm costs few calls.
 */
export function sharedTurns(store: TurnStore): Turns {
  const asking = new Map<string, Ask[]>();

  async function answerAll(receiver: string): Promise<void> {
    for (let asks = asking.get(receiver) ?? []; asks.length > 0; asks = asking.get(receiver) ?? []) {
      asking.set(receiver, []);
      await answer(receiver, asks);
    }
    asking.delete(receiver);
  }

  async function answer(receiver: string, asks: readonly Ask[]): Promise<void> {
    try {
      const turns = await reserve(receiver, asks);
      for (const [index, ask] of asks.entries()) ask.given(turns?.[index] ?? null);
    } catch (thrown) {
      for (const ask of asks) ask.failed(thrown);
    }
  }

  async function reserve(receiver: string, asks: readonly Ask[]): Promise<readonly number[] | null> {
    const [first] = asks;
    if (first === undefined) return null;
    for (let race = 0; race < RACES; race++) {
      const { value, version } = await store.read(receiver);
      const { turns, freeAt } = nextTurns(value ?? 0, first.limit, asks.length, first.now);
      if (await store.replace(receiver, freeAt, version)) return turns;
    }
    return null;
  }

  return {
    take: (receiver, limit, now) =>
      new Promise((given, failed) => {
        const ask = { limit, now, given, failed };
        const others = asking.get(receiver);
        if (others !== undefined) others.push(ask);
        else {
          asking.set(receiver, [ask]);
          void answerAll(receiver);
        }
      }),
  };
}
