import type { CapacityName, Comparison, ValueUnit } from '../model/rule.ts';
import type { WrittenComparison } from './comparison.ts';
import type { Path } from './document.ts';
import type { Scope } from './scope.ts';
import { adviceFor } from './suggest.ts';

const CAPACITIES = [
  'tokensPerMinute',
  'requestsPerMinute',
  'provisionedUnits',
  'instances',
] as const satisfies readonly CapacityName[];

/** A comparison with a share of a capacity; `null` after a diagnostic. */
export function resolveCapacity(
  { operator, number, percent, capacity }: WrittenComparison,
  raw: { readonly metric?: unknown; readonly log?: unknown },
  unit: ValueUnit,
  path: Path,
  scope: Scope,
): Comparison | null {
  const of = CAPACITIES.find((name) => name === capacity);
  if (of === undefined) {
    scope.report('TCN-R008', path, `there is no capacity ${capacity}`, {
      hint: adviceFor(capacity ?? '', [...CAPACITIES], 'capacities'),
    });
    return null;
  }
  if (!percent) {
    const hint = `write \`"${operator} 80% of capacity.${of}"\``;
    scope.report('TCN-R008', path, 'a share of a capacity is written in percent', { hint });
    return null;
  }
  if (unit !== 'number' || (raw.metric === undefined && raw.log === undefined)) {
    scope.report(
      'TCN-R009',
      path,
      'only the value of a metric or of a log column, in its own unit, can be compared with a capacity',
      {
        hint: unit === 'number' ? null : 'the value is a share already: leave `of capacity…` or `over` out',
      },
    );
    return null;
  }
  return { operator, threshold: Number((number / 100).toPrecision(12)), of };
}
