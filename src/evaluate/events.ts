import { instantText } from '../model/instant.ts';
import type { EventCondition } from '../model/rule.ts';
import type { EventFacts, Series } from '../model/series.ts';
import type { Window } from '../model/window.ts';
import { seeAgain } from './blind.ts';
import { isOpen } from './life.ts';
import { seriesKey } from './register.ts';
import { settle, type Work } from './work.ts';

/**
 * Tells every event of one target that was not told before, however late it came: memory of the ids told goes back as far as late
 * events are looked for. Of a target that is read for the first time only the events of the last `every` are news.
 *
 * An event that matches `until` ends what earlier ones began. A series without a new event is over once `keepFiringFor` has passed.
 */
export function judgeEvents(
  work: Work,
  condition: EventCondition,
  target: string,
  series: readonly Series[],
  window: Window,
): void {
  const { rule, register, tally } = work;
  const memory = work.events.get(target);
  const seen = new Map(Object.entries(memory?.seen ?? {}));
  const told = new Set<string>();
  for (const one of series) {
    const events = one.facts?.kind === 'events' ? one.facts.events : [];
    if (events.length === 0) continue;
    const fresh = events.filter(({ id }) => !seen.has(id)).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    for (const { id, at } of fresh) seen.set(id, at);
    const news = memory === undefined ? fresh.filter(({ at }) => at >= window.end - rule.every) : fresh;
    if (news.length === 0) continue;
    tally.series += 1;
    const key = seriesKey(one.labels, rule.signal.by);
    told.add(key);
    for (const step of stepsOf(news, condition)) {
      const place = { target, key, labels: one.labels };
      const old = register.find(target, key);
      const before = isOpen(old) ? (old?.value ?? 0) : 0;
      const details = detailsOf(step.last, rule.signal.by);
      if (step.ends) {
        if (isOpen(old)) settle(work, place, { kind: 'retired', reason: 'recovered' }, window, one);
      } else settle(work, place, { kind: 'breach', reason: 'breach', value: before + step.count, details }, window, one);
    }
  }
  for (const [key, { labels }] of [...(register.of(target) ?? [])]) {
    if (told.has(key)) continue;
    settle(work, { target, key, labels }, { kind: 'ok', reason: 'recovered', value: null }, window, null);
  }
  tally.judged += 1;
  seeAgain(work, target, window);
  remember(work, target, window, seen);
}

interface Step {
  readonly ends: boolean;
  readonly count: number;
  readonly last: EventFacts;
}

/** Events in order, joined while they say the same. */
function stepsOf(events: readonly EventFacts[], { until }: EventCondition): readonly Step[] {
  const steps: Step[] = [];
  for (const event of events) {
    const value = until === null ? undefined : event.fields[until.field]?.toLowerCase();
    const ends = value !== undefined && until?.values.some((one) => one.toLowerCase() === value) === true;
    const last = steps.at(-1);
    if (last?.ends === ends) steps[steps.length - 1] = { ends, count: last.count + 1, last: event };
    else steps.push({ ends, count: 1, last: event });
  }
  return steps;
}

function detailsOf({ at, fields }: EventFacts, by: readonly string[]): Readonly<Record<string, string>> {
  const rest = Object.entries(fields).filter(([name]) => !by.includes(name));
  return { ...Object.fromEntries(rest), at: instantText(at) };
}

function remember(work: Work, target: string, { end }: Window, seen: ReadonlyMap<string, number>): void {
  const { signal } = work.rule;
  const oldest = end - (signal.kind === 'activity' ? signal.lookback : 0);
  const kept: Record<string, number> = {};
  for (const [id, at] of seen) if (at >= oldest) kept[id] = at;
  work.events.set(target, { readTo: end, seen: kept });
}
