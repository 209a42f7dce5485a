import { type ActivityEvent, fits } from '../model/activity.ts';
import { type Labels, labelKey, pickLabels } from '../model/labels.ts';
import type { ActivitySignal, Rule } from '../model/rule.ts';
import type { EventFacts, Reading } from '../model/series.ts';
import { matches, normalizeId, parseResourceId, type Target } from '../model/target.ts';
import { contains, type Window } from '../model/window.ts';

/**
 * The events of one window of an activity rule as series, one point for each event. `known` are the resources of the inventory: an
 * event of one that is not among them cannot be asked for its kind and tags, so these do not keep it out.
 */
export function activityReading(
  rule: Rule,
  window: Window,
  events: readonly ActivityEvent[],
  known: ReadonlyMap<string, Target>,
): Reading {
  const { signal } = rule;
  if (signal.kind !== 'activity') return { status: 'ok', series: [], watermark: null };
  const groups = new Map<string, { readonly labels: Labels; readonly events: EventFacts[] }>();
  for (const event of events) {
    if (!contains(window, event.at) || !isMeant(signal, event, known)) continue;
    const labels = pickLabels({ ...event.fields, event: event.id }, signal.by);
    const key = labelKey(labels);
    const group = groups.get(key) ?? { labels, events: [] };
    groups.set(key, group);
    group.events.push(event);
  }
  return {
    status: 'ok',
    watermark: null,
    series: [...groups]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, group]) => ({
        labels: group.labels,
        points: group.events.map(({ at }) => ({ at, value: 1, weight: 1 })).sort((a, b) => a.at - b.at),
        over: null,
        facts: { kind: 'events', events: group.events },
      })),
  };
}

function isMeant(
  { category, where, except, scope }: ActivitySignal,
  { fields }: ActivityEvent,
  known: ReadonlyMap<string, Target>,
): boolean {
  if (fields.category?.toLowerCase() !== category.toLowerCase()) return false;
  if (!matchesAll(where, fields)) return false;
  if (Object.keys(except).length > 0 && matchesAll(except, fields)) return false;
  if (scope === null) return true;
  // An incident is of a subscription: whose resources are meant does not narrow it.
  const resource = parseResourceId(fields.resource ?? '');
  if (resource === null) return category === 'ServiceHealth';
  return ancestorsOf(fields.resource ?? '').some((id) => {
    const target = known.get(id);
    if (target !== undefined) return matches(scope, target);
    const parts = parseResourceId(id);
    if (parts === null) return false;
    const { kinds: _kinds, tags: _tags, ...rest } = scope;
    return matches(rest, { id, kind: '', location: '', tags: {}, ...parts });
  });
}

/** The resource itself and those above it, in lower case. */
function ancestorsOf(resource: string): readonly string[] {
  const ids: string[] = [];
  let id = normalizeId(resource);
  while (parseResourceId(id) !== null) {
    ids.push(id);
    id = id.split('/').slice(0, -2).join('/');
  }
  return ids;
}

function matchesAll(filters: ActivitySignal['where'], fields: Labels): boolean {
  return Object.entries(filters).every(([field, patterns]) => patterns.some((pattern) => fits(pattern, fields[field] ?? '')));
}
