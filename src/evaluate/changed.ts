import { type ChangedCondition, limitOf } from '../model/rule.ts';
import type { Series } from '../model/series.ts';
import type { Window } from '../model/window.ts';
import { goBlind, seeAgain } from './blind.ts';
import type { Memory } from './memories.ts';
import { seriesKey } from './register.ts';
import type { Arrival } from './threshold.ts';
import { settle, type Work } from './work.ts';

/** The first event of a value that was learnt, and so is never told. */
const LEARNT = 0;

const BETWEEN = '\u0001';

/**
 * Judges one window of one target under `changed`. A value is a breach while its first event is inside the window, whether or not it
 * goes on. What a target says while it is learnt is not told, nor are the first values beside other labels that are new themselves: a new
 * deployment is no change of its model's version.
 */
export function judgeChanged(
  work: Work,
  condition: ChangedCondition,
  target: string,
  series: readonly Series[],
  window: Window,
  { late, silent }: Arrival,
): void {
  const { tally, rule } = work;
  const memory = memoryOf(work, target, window);
  const news = new Map<string, { readonly series: Series; readonly value: number }>();
  const groups = groupsOf(memory);
  for (const one of series) {
    const events = eventsOf(one, window);
    if (events === null) continue;
    tally.series += 1;
    const key = keyOf(one, condition, rule.signal.by);
    notice(work, condition, memory, groups, key, events, window);
    if (isNew(memory, key, window)) news.set(seriesKey(one.labels, rule.signal.by), { series: one, value: events.count });
  }
  forget(memory, condition, window, rule.window);
  if (late) {
    tally.unknown += 1;
    goBlind(work, target, window, { reason: 'data late', code: null }, silent);
  } else {
    tally.judged += 1;
    seeAgain(work, target, window);
  }
  for (const [key, { series: one, value }] of news) {
    settle(work, { target, key, labels: one.labels }, { kind: 'breach', reason: 'new value', value }, window, one);
  }
  for (const [key, { labels, value }] of [...(work.register.of(target) ?? [])]) {
    if (news.has(key) || Object.keys(labels).length !== rule.signal.by.length) continue;
    const isStill = isNew(memory, keyOf({ labels }, condition, rule.signal.by), window);
    const verdict = isStill
      ? ({ kind: 'breach', reason: 'new value', value } as const)
      : ({ kind: 'ok', reason: 'recovered', value } as const);
    settle(work, { target, key, labels }, verdict, window, null);
  }
}

/** A window read again: notes what came late. @returns whether the series shows a value that nobody was told of and nobody knew. */
export function noticeLate(work: Work, condition: ChangedCondition, target: string, series: Series, window: Window): boolean {
  const events = eventsOf(series, window);
  const memory = work.memories.get(target);
  if (events === null || memory === undefined) return false;
  const key = keyOf(series, condition, work.rule.signal.by);
  notice(work, condition, memory, groupsOf(memory), key, events, window);
  return memory.values.get(key)?.[0] === events.first && isNew(memory, key, window);
}

function memoryOf(work: Work, target: string, window: Window): Memory {
  const known = work.memories.get(target);
  if (known !== undefined) return known;
  const fresh: Memory = { since: window.end, values: new Map() };
  work.memories.set(target, fresh);
  return fresh;
}

interface Events {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

function notice(
  work: Work,
  { within, learn }: ChangedCondition,
  { since, values }: Memory,
  groups: ReadonlySet<string>,
  key: string,
  { first, last }: Events,
  window: Window,
): void {
  const known = values.get(key);
  if (known !== undefined && first - known[1] < within) {
    if (last > known[1]) values.set(key, [known[0], last]);
    return;
  }
  if (known === undefined && values.size >= limitOf(work.rule)) {
    work.beyond += 1;
    return;
  }
  const isTold = window.end > since && window.end - since >= learn && groups.has(groupOf(key));
  values.set(key, [isTold ? first : LEARNT, last]);
}

function isNew({ values }: Memory, key: string, window: Window): boolean {
  const first = values.get(key)?.[0] ?? LEARNT;
  return first !== LEARNT && first >= window.start;
}

/** An event of a later window is never so old that a value forgotten here would still be known to it. */
function forget({ values }: Memory, { within }: ChangedCondition, window: Window, length: number): void {
  for (const [key, [, last]] of values) if (window.end - last >= within + length) values.delete(key);
}

function keyOf({ labels }: Pick<Series, 'labels'>, condition: ChangedCondition, by: readonly string[]): string {
  const others = by.filter((name) => !condition.labels.includes(name));
  return `${seriesKey(labels, others)}${BETWEEN}${seriesKey(labels, condition.labels)}`;
}

function groupOf(key: string): string {
  return key.slice(0, key.indexOf(BETWEEN));
}

/** The label sets beside which values are known. Where there are no other labels, they are those of the target as a whole. */
function groupsOf({ values }: Memory): ReadonlySet<string> {
  return new Set(['', ...[...values.keys()].map(groupOf)]);
}

function eventsOf({ points }: Series, { start, end }: Window): Events | null {
  let first: number | null = null;
  let last = start;
  let count = 0;
  for (const { at, value } of points) {
    if (at < start || at >= end || !(value > 0)) continue;
    first ??= at;
    last = at;
    count += value;
  }
  return first === null ? null : { first, last, count };
}
