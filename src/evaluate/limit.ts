import { fingerprint } from '../model/fingerprint.ts';
import { limitOf } from '../model/rule.ts';
import type { Window } from '../model/window.ts';
import { LIMIT } from './register.ts';
import { follow, type Work } from './work.ts';

/** Lets those begin for whom others have made room. */
export function admitWaiting(work: Work): void {
  const waiting = work.waiting.splice(0);
  for (const begin of waiting) begin();
  const beyond = work.waiting.splice(0).length;
  work.beyond += beyond;
  work.tally.breaches += beyond;
}

/** One alert speaks for the series of a window that found no room. */
export function judgeLimit(work: Work, targets: readonly string[], window: Window): void {
  const { rule, register, beyond } = work;
  const old = register.meta(LIMIT);
  if (beyond === 0 && old === null) return;
  const labels = { [LIMIT]: rule.id };
  const target = [...targets].sort()[0] ?? '';
  const identity = old ?? { fingerprint: fingerprint(rule.id, target, labels), target, labels };
  const limit = limitOf(rule);
  const subject = rule.condition.kind === 'changed' ? 'values that are new' : 'series in breach';
  const summary =
    beyond > 0
      ? `${rule.id}: ${beyond} more ${subject} than the limit of ${limit} allows to tell one by one. What was told before is judged on. Split it by fewer labels, or raise \`limit\`.`
      : `${rule.id}: no more ${subject} than its limit of ${limit}.`;
  if (beyond > 0) work.tally.reasons.add(`${beyond} series beyond the limit of ${limit}`);
  const verdict =
    beyond > 0
      ? ({ kind: 'breach', reason: 'limit', value: beyond } as const)
      : ({ kind: 'ok', reason: 'recovered', value: 0 } as const);
  register.putMeta(LIMIT, follow(work, old, verdict, window, null, identity, summary));
}
