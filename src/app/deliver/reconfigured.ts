import { inParallel } from '../in-parallel.ts';
import { PARALLEL } from './deps.ts';
import { repeatFlush, type SweepDeps } from './sweep.ts';

const ALWAYS = Number.MAX_SAFE_INTEGER;

/**
 * Has every group that has a flush scheduled flushed now, once a new configuration is there: its routes, receivers and intervals reach
 * what fires already at once, and the next flush comes a `groupInterval` later. Resolves to how many.
 */
export async function flushAll(deps: SweepDeps): Promise<number> {
  const now = deps.clock.now();
  const groups = await deps.groups.overdue(ALWAYS);
  const begun = await inParallel(groups, PARALLEL, (group) => repeatFlush(group, ALWAYS, now, deps));
  const count = begun.filter(Boolean).length;
  if (count > 0) deps.logger.info({ groups: count }, 'configuration is new: groups are flushed');
  return count;
}
