import type { Finding } from './finding.ts';

/** One finding of two with the same id: the widest span, the larger count, the rest from the one that speaks of the later time. */
export function mergeFindings(stored: Finding | null, next: Finding): Finding {
  if (stored === null) return next;
  const newest = next.lastAt >= stored.lastAt ? next : stored;
  return {
    ...newest,
    firstAt: Math.min(stored.firstAt, next.firstAt),
    lastAt: Math.max(stored.lastAt, next.lastAt),
    count: Math.max(stored.count, next.count),
  };
}

/** Oldest first, and among equals by id so that the order never changes by itself. */
export function byFirstSeen(a: Finding, b: Finding): number {
  return a.firstAt - b.firstAt || (a.id < b.id ? -1 : 1);
}
