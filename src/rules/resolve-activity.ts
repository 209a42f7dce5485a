import { ACTIVITY_FIELDS } from '../model/activity.ts';
import { DAY, HOUR } from '../model/duration.ts';
import type { ActivitySignal, EventCondition } from '../model/rule.ts';
import { SUBSCRIPTION_TYPE, subscriptionsOf, type TargetSelector } from '../model/target.ts';
import type { Path } from './document.ts';
import type { RawActivity, RawRule } from './schema.ts';
import type { Scope } from './scope.ts';
import { adviceFor } from './suggest.ts';

/** What is different by category: the fields that make a series, the event that ends it, and how long silence leaves it open. */
const CATEGORIES: Readonly<
  Record<string, { readonly by: readonly string[]; readonly until: EventCondition['until']; readonly quiet: number }>
> = {
  ServiceHealth: {
    by: ['incident'],
    until: { field: 'stage', values: ['Resolved', 'Complete', 'Canceled', 'RCA'] },
    quiet: 7 * DAY,
  },
  ResourceHealth: { by: ['resource'], until: { field: 'health', values: ['Available'] }, quiet: 7 * DAY },
};
const OTHER = { by: ['operation', 'resource', 'caller'], until: null, quiet: HOUR };

/** Late events are looked for over so many times the delay. */
const LOOKBACK = 3;

export interface ResolvedActivity {
  readonly signal: ActivitySignal;
  readonly on: TargetSelector;
  /** Each event once; for rules without `when`. */
  readonly condition: EventCondition;
  /** Default of `keepFiringFor` for such rules. */
  readonly keepFiringFor: number;
}

/** Fields that series of the rule are split by. */
export function activityBy({ category = 'Administrative', by }: RawActivity): readonly string[] {
  return by ?? (CATEGORIES[category] ?? OTHER).by;
}

/** Keys that speak of values over a window, and so mean nothing for single events. */
const COUNTING_KEYS = ['window', 'clear', 'floor', 'failing', 'for'] as const;

/** Checks an activity signal; `scope` of the rule's targets is that of `on`. `null` after a diagnostic. */
export function resolveActivity(
  raw: RawRule,
  activity: RawActivity,
  within: TargetSelector | null,
  delay: number,
  scope: Scope,
): ResolvedActivity | null {
  const { category = 'Administrative' } = activity;
  const { until, quiet } = CATEGORIES[category] ?? OTHER;
  const by = activityBy(activity);
  for (const [index, field] of by.entries()) checkField(field, ['activity', 'by', index], scope);
  for (const key of ['where', 'except'] as const) {
    for (const field of Object.keys(activity[key] ?? {})) checkField(field, ['activity', key, field], scope, true);
  }
  for (const key of raw.when === undefined ? COUNTING_KEYS : []) {
    if (raw[key] === undefined) continue;
    const hint = 'with `when: "> 3"` events are counted over the window';
    scope.report('TCN-R009', [key], `\`${key}\` does not go with \`activity\` where each event is told`, { key: true, hint });
  }
  if (scope.failed()) return null;
  const subscriptions = within === null ? null : subscriptionsOf(within);
  return {
    signal: {
      kind: 'activity',
      category,
      where: listed(activity.where),
      except: listed(activity.except),
      scope: within,
      by,
      lookback: LOOKBACK * delay,
    },
    on: { type: SUBSCRIPTION_TYPE, ...(subscriptions === null ? {} : { subscriptions }) },
    condition: { kind: 'event', until },
    keepFiringFor: quiet,
  };
}

function checkField(field: string, path: Path, scope: Scope, key = false): void {
  if (ACTIVITY_FIELDS.some((known) => known === field)) return;
  const hint = adviceFor(field, [...ACTIVITY_FIELDS], 'fields');
  scope.report('TCN-R014', path, `events have no field ${field}`, { key, hint });
}

function listed(written: RawActivity['where']): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(written ?? {}).map(([field, values]) => [field, Array.isArray(values) ? values : [values]]),
  );
}
