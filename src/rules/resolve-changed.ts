import { DAY, formatDuration, parseDuration } from '../model/duration.ts';
import type { ChangedCondition } from '../model/rule.ts';
import type { RawChanged, RawRule } from './schema.ts';
import type { Scope } from './scope.ts';
import { adviceFor } from './suggest.ts';

/** Keys that speak of values, of which `changed` looks at none. */
const VALUE_KEYS = ['when', 'clear', 'floor', 'failing', 'for', 'relativeTo'] as const;
const LONGEST_LEARNING = 7 * DAY;

/** Checks a `changed` condition; `null` after a diagnostic. */
export function resolveChanged(raw: RawRule, changed: RawChanged, by: readonly string[], scope: Scope): ChangedCondition | null {
  for (const key of VALUE_KEYS) {
    if (raw[key] !== undefined) scope.report('TCN-R009', [key], `\`${key}\` does not go with \`changed\``, { key: true });
  }
  if (raw.metric?.over !== undefined) {
    scope.report('TCN-R009', ['metric', 'over'], '`over` does not go with `changed`: a ratio is not an event', { key: true });
  }
  if (by.length === 0) {
    scope.report('TCN-R009', ['changed'], '`changed` needs `by`: the labels whose values it watches', { key: true });
  }
  const labels = changed.label === undefined ? by : [changed.label].flat();
  for (const label of labels) {
    if (by.includes(label)) continue;
    scope.report('TCN-R009', ['changed', 'label'], `${label} is not in \`by\``, { hint: adviceFor(label, by, '`by` has') });
  }
  const within = parseDuration(changed.within) ?? 0;
  const window = parseDuration(raw.window ?? '') ?? 0;
  if (within <= 0) scope.report('TCN-R007', ['changed', 'within'], '`within` must be longer than nothing');
  else if (within < window) {
    const message = `a value must have been away for longer than the window of ${formatDuration(window)} to be new`;
    scope.report('TCN-R009', ['changed', 'within'], message, { hint: 'for example `within: 30d`' });
  }
  const learn = parseDuration(changed.learn ?? '') ?? Math.min(within, LONGEST_LEARNING);
  return scope.failed() ? null : { kind: 'changed', labels, within, learn };
}
