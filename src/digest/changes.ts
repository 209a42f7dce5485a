import type { Alert } from '../model/alert.ts';
import type { Finding } from '../model/finding.ts';
import { labelKey } from '../model/labels.ts';
import { compareText } from './episodes.ts';
import type { Change } from './model.ts';

/** What a window holds. */
export interface Told {
  readonly alerts: readonly Alert[];
  readonly findings: readonly Finding[];
}

/**
 * What one window holds and the other does not, by identity and not by wording: an alert is its rule, target and labels, and so is
 * a finding, whose id may differ from day to day. `changes(now, before)` is new, `changes(before, now)` is gone.
 */
export function changes(those: Told, notThese: Told): readonly Change[] {
  const known = new Set(keyed(notThese).keys());
  return [...keyed(those)]
    .filter(([key]) => !known.has(key))
    .map(([, change]) => change)
    .sort((a, b) => compareText(a.what, b.what) || compareText(a.rule, b.rule) || compareText(a.summary, b.summary));
}

function keyed({ alerts, findings }: Told): ReadonlyMap<string, Change> {
  const all = new Map<string, Change>();
  for (const { rule, target, labels, condition } of alerts) {
    // Its summary holds the value at the last change, which after a recovery reads as if nothing had been wrong.
    const summary = `alert: ${condition}`;
    all.set(`alert ${rule} ${target} ${labelKey(labels)}`, { what: 'alert', rule, target, labels, summary });
  }
  for (const { kind, rule, target, labels, summary } of findings) {
    const name = rule ?? kind;
    all.set(`finding ${kind} ${name} ${target ?? ''} ${labelKey(labels)}`, {
      what: 'finding',
      rule: name,
      target,
      labels,
      summary,
    });
  }
  return all;
}
