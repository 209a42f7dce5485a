import type { RateLimit } from '../model/config.ts';

/**
 * The next `count` turns of a receiver with a rate limit, epoch ms, and from when on (`freeAt`) it is as if nobody had asked: the generic
 * cell rate algorithm (ITU-T I.371). What one second may take comes at once, everything else at even distances.
 */
export function nextTurns(
  freeAt: number,
  { interval, burst }: RateLimit,
  count: number,
  now: number,
): { readonly turns: readonly number[]; readonly freeAt: number } {
  const turns: number[] = [];
  let free = freeAt;
  for (let taken = 0; taken < count; taken++) {
    const turn = Math.max(now, Math.ceil(free - (burst - 1) * interval));
    turns.push(turn);
    free = Math.max(free, turn) + interval;
  }
  return { turns, freeAt: free };
}
