import type { PushedAlert } from '../model/push.ts';

/**
 * What is known of a pushed alert after a further push, as Alertmanager merges: the earliest start, the newest annotations, the latest
 * end; an end that was said outlasts one by timeout. Spans that do not overlap are two alerts, and the later push is it.
 */
export function mergePush(known: PushedAlert | null, pushed: PushedAlert, now: number): PushedAlert {
  if (known === null || !overlap(known, pushed)) return pushed;
  return { ...pushed, startsAt: Math.min(known.startsAt, pushed.startsAt), ...endOf(known, pushed, now) };
}

function overlap(known: PushedAlert, pushed: PushedAlert): boolean {
  const inside = (time: number): boolean => time > known.startsAt && time < known.endsAt;
  const around = pushed.startsAt <= known.startsAt && pushed.endsAt >= known.endsAt;
  return inside(pushed.startsAt) || inside(pushed.endsAt) || around;
}

function endOf(known: PushedAlert, pushed: PushedAlert, now: number): Pick<PushedAlert, 'endsAt' | 'timeout'> {
  const both = pushed.endsAt <= now ? known.endsAt <= now : !known.timeout;
  const kept = both && known.endsAt > pushed.endsAt ? known : pushed;
  return { endsAt: kept.endsAt, timeout: kept.timeout };
}
