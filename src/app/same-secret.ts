import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a secret or signature is the one that is expected; how long that takes tells nothing of it, not even its length. */
export function isSameSecret(expected: string, given: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(expected), hash(given));
}
