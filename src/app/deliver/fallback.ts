import type { Receiver } from '../../model/config.ts';
import { standingOf } from './circuit.ts';
import { receiverNamed } from './delivery-key.ts';
import type { DeliverDeps } from './deps.ts';

/**
 * Who is told of a group in place of receivers that are dead. One who was told that something fires hears how it ends, too, even if the
 * other is back by then.
 */
export async function fallbacksOf(
  receivers: readonly Receiver[],
  group: string,
  deps: DeliverDeps,
): Promise<readonly Receiver[]> {
  const told = new Set(receivers.map(({ name }) => name));
  const found: Receiver[] = [];
  for (const receiver of receivers) {
    const fallback = receiver.fallback === undefined ? null : receiverNamed(receiver.fallback, deps);
    if (fallback === null || told.has(fallback.name)) continue;
    const { dead } = await standingOf(receiver, deps);
    const record = dead ? null : (await deps.notificationLog.read(group, fallback.name)).value;
    if (!dead && (record === null || (record.pending === null && record.sent?.firing.length === 0))) continue;
    told.add(fallback.name);
    found.push(fallback);
  }
  return found;
}
