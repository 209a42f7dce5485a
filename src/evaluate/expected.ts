import { HOUR } from '../model/duration.ts';
import type { Labels } from '../model/labels.ts';
import { pickLabels } from '../model/labels.ts';
import type { AbsentCondition, Rule } from '../model/rule.ts';
import type { ExpectedKey } from '../model/state.ts';
import type { Expected } from '../model/target.ts';
import type { Window } from '../model/window.ts';
import { seriesKey } from './register.ts';

/** A key that left the inventory is still expected so long: listings have gaps, and a deletion should be noticed. */
const RETIREMENT = 24 * HOUR;

/** Data of a new diagnostic setting may take so long to begin to flow. */
const NEW_SETTING_GRACE = 2 * HOUR;

/** What an absence rule expects, from its three sources. */
export interface Expectations {
  readonly names: readonly string[];
  readonly inventory: boolean;
  /** Milliseconds that a key is remembered after it spoke; `null`: it is not. */
  readonly seen: number | null;
}

export function expectationsOf({ expect }: AbsentCondition): Expectations {
  const seen = expect.flatMap((each) => (each.kind === 'seen' ? [each.within] : []));
  return {
    names: expect.flatMap((each) => (each.kind === 'names' ? each.names : [])),
    inventory: expect.some((each) => each.kind === 'inventory'),
    seen: seen.length === 0 ? null : Math.max(...seen),
  };
}

/** Azure compares names of deployments and endpoints without case; logs and inventory spell them differently. */
export function expectedKey(target: string, labels: Labels, by: readonly string[]): string {
  return `${target}\n${seriesKey(labels, by).toLowerCase()}`;
}

/** What is listed for the targets now, by name or in the inventory. Names stand for the rule's first label. */
export interface Listed {
  readonly target: string;
  readonly labels: Labels;
  readonly byName: boolean;
}

/** @param atHome targets whose logs are expected here: what is listed of others is expected in another shard. */
export function listedKeys(
  rule: Rule,
  { names, inventory }: Expectations,
  targets: readonly string[],
  expected: readonly Expected[],
  atHome: ReadonlySet<string>,
): ReadonlyMap<string, Listed> {
  const { by } = rule.signal;
  const [first] = by;
  const listed = new Map<string, Listed>();
  const add = (target: string, labels: Labels, byName: boolean) => {
    const key = expectedKey(target, labels, by);
    if (!listed.has(key)) listed.set(key, { target, labels, byName });
  };
  for (const target of targets) {
    if (!atHome.has(target)) continue;
    for (const name of names) add(target, pickLabels(first === undefined ? {} : { [first]: name }, by), true);
  }
  if (!inventory) return listed;
  const watched = new Set(targets.filter((target) => atHome.has(target)));
  for (const { targetId, labels } of expected) if (watched.has(targetId)) add(targetId, pickLabels(labels, by), false);
  return listed;
}

/** The key as it stands at a window's end at which it is listed. A name listed when a rule is first judged has been expected since that window began. */
export function relisted(old: ExpectedKey | undefined, listed: Listed, window: Window, first: boolean): ExpectedKey {
  const lastInventoriedAt = window.end;
  if (old === undefined || old.retiredAt !== undefined) {
    const firstExpectedAt = first && listed.byName ? window.start : window.end;
    return { target: listed.target, labels: listed.labels, firstExpectedAt, lastSeenAt: null, lastInventoriedAt };
  }
  return { ...old, lastInventoriedAt: Math.max(old.lastInventoriedAt ?? lastInventoriedAt, lastInventoriedAt) };
}

/** The key after an event at `at`; an event that is not newer than its retirement does not bring it back. */
export function spoken(old: ExpectedKey, at: number): ExpectedKey {
  if (old.retiredAt !== undefined && at < old.retiredAt) return old;
  const isNews = old.lastSeenAt === null || at > old.lastSeenAt;
  if (old.retiredAt === undefined && old.unobserved === undefined) return isNews ? { ...old, lastSeenAt: at } : old;
  const { retiredAt: _, unobserved: __, ...rest } = old;
  return isNews ? { ...rest, lastSeenAt: at } : rest;
}

/** Time that could not be observed is not silence. */
export function unobserved(old: ExpectedKey, ms: number): ExpectedKey {
  return { ...old, unobserved: (old.unobserved ?? 0) + ms };
}

/**
 * Whether a key without an event in the window has been silent long enough. A window as long as `for` proves the silence of a key
 * that was expected all that time; a shorter one counts from the last event, or from when the key was first expected.
 */
export function isSilent(key: ExpectedKey, listed: Listed | undefined, window: Window, condition: AbsentCondition): boolean {
  const { lastSeenAt, firstExpectedAt } = key;
  if (lastSeenAt === null) {
    const grace = listed?.byName === true ? 0 : NEW_SETTING_GRACE;
    const waited = window.end - firstExpectedAt - (window.end - window.start < condition.for ? (key.unobserved ?? 0) : 0);
    return waited >= Math.max(condition.for, grace);
  }
  if (window.end - window.start >= condition.for) return true;
  return window.end - lastSeenAt - (key.unobserved ?? 0) >= condition.for;
}

/** Why a key is expected no longer, or `null` while it is. */
export function retirementOf(
  key: ExpectedKey,
  isListed: boolean,
  isWatched: boolean,
  expectations: Expectations,
  at: number,
): 'retired' | 'rule changed' | null {
  if (isListed) return null;
  const { lastInventoriedAt, lastSeenAt } = key;
  const remembered = expectations.seen !== null && lastSeenAt !== null && at - lastSeenAt < expectations.seen;
  if (lastInventoriedAt !== null) {
    if (at - lastInventoriedAt >= RETIREMENT) return 'retired';
    return remembered || expectations.inventory || !isWatched ? null : 'rule changed';
  }
  if (expectations.seen === null) return 'rule changed';
  return remembered ? null : 'retired';
}

/** How long a retired key is remembered, so that its old events in long windows do not bring it back. */
export function isForgotten(key: ExpectedKey, condition: AbsentCondition, { seen }: Expectations, at: number): boolean {
  return key.retiredAt !== undefined && at - key.retiredAt > Math.max(condition.for, seen ?? 0);
}
