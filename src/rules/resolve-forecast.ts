import { DAY, HOUR, MINUTE, parseDuration } from '../model/duration.ts';
import type { Comparison, ForecastCondition, ValueUnit } from '../model/rule.ts';
import { inUnitOf, parseComparison } from './comparison.ts';
import { resolveCapacity } from './resolve-capacity.ts';
import type { RawForecast, RawRule } from './schema.ts';
import type { Scope } from './scope.ts';

const OVER = 14 * DAY;
const LEAST_OVER = 5 * DAY;
/** Azure keeps metrics for 93 days. */
const MOST_OVER = 90 * DAY;
/** With `sum`, everything since the first of the month must be read. */
const MONTH = 31 * DAY;
const CONFIDENCE = { low: 0.8, medium: 0.95, high: 0.99 } as const;

export interface ResolvedForecast {
  readonly condition: ForecastCondition;
  /** How far back is read, in ms. */
  readonly window: number;
}

const OTHER_KEYS = ['when', 'absent', 'clear', 'failing'] as const;

/** Checks a forecast; `null` after a diagnostic. */
export function resolveForecast(raw: RawRule, forecast: RawForecast, unit: ValueUnit, scope: Scope): ResolvedForecast | null {
  for (const key of OTHER_KEYS) {
    if (raw[key] !== undefined) scope.report('TCN-R009', [key], `\`${key}\` does not go with \`forecast\``, { key: true });
  }
  const reach = reachOf(raw, forecast, unit, scope);
  const over = duration(forecast.over, OVER);
  const within = forecast.within === undefined ? null : duration(forecast.within, 0);
  const step = forecast.sum === undefined ? duration(raw.window, HOUR) : DAY;
  if (over % DAY !== 0 || over < LEAST_OVER || over > MOST_OVER) {
    scope.report('TCN-R007', ['forecast', 'over'], '`over` is 5 to 90 whole days');
  }
  if (within === null && forecast.sum === undefined) {
    scope.report('TCN-R002', ['forecast'], '`forecast` does not say `within` which time', { hint: 'for example `within: 7d`' });
  }
  if (within !== null && within <= 0) scope.report('TCN-R007', ['forecast', 'within'], '`within` must be longer than nothing');
  if (forecast.sum !== undefined && raw.window !== undefined) {
    scope.report('TCN-R009', ['window'], '`window` does not go with `sum`: the values of whole days add up', { key: true });
  }
  if (forecast.sum !== undefined && reach?.operator.startsWith('<') === true) {
    scope.report('TCN-R009', ['forecast', 'reach'], 'what adds up can only rise');
  }
  if (step < MINUTE || DAY % step !== 0) {
    scope.report('TCN-R007', ['window'], 'the window of a forecast must divide a day', { hint: 'for example `window: 1h`' });
  }
  if (reach === null || scope.failed()) return null;
  const confidence = CONFIDENCE[forecast.confidence ?? 'medium'];
  return {
    condition: { kind: 'forecast', reach, within, over, step, sum: forecast.sum ?? null, confidence },
    window: forecast.sum === undefined ? over : Math.max(over, MONTH),
  };
}

function reachOf(raw: RawRule, { reach }: RawForecast, unit: ValueUnit, scope: Scope): Comparison | null {
  const written = parseComparison(/^\s*[<>]/.test(reach) ? reach : `>= ${reach}`);
  if (written === null) return null;
  if (written.capacity !== null) return resolveCapacity(written, raw, unit, ['forecast', 'reach'], scope);
  if (written.percent && unit === 'number') {
    scope.report('TCN-R008', ['forecast', 'reach'], '`reach` is in percent, but the value is neither a ratio nor a percentage', {
      hint: 'leave the percent sign out, or write `100% of capacity.…`',
    });
    return null;
  }
  return inUnitOf(written, unit === 'percent');
}

/** The schema has already refused what is not a duration. */
function duration(written: string | undefined, otherwise: number): number {
  return written === undefined ? otherwise : (parseDuration(written) ?? otherwise);
}
