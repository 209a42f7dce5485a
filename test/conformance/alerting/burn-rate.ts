import { DAY, HOUR, MINUTE } from '../../../src/model/duration.ts';
import type { BurnPair } from '../../../src/model/rule.ts';
import { type AlertingCase, allOf, compared, type Fields, fields, list, number, text, type Verdict } from './case.ts';
import { compileRules, type WrittenRule } from './world.ts';

const RATIO = { name: 'ModelRequests', aggregate: 'total', where: { StatusCode: ['>=500'] }, over: {} };

function pairsOf(burnRate: WrittenRule): readonly BurnPair[] {
  const [rule] = compileRules({ Case: { metric: RATIO, burnRate } });
  return rule?.condition.kind === 'burnRate' ? rule.condition.pairs : [];
}

const hours = (value: unknown): string => `${Math.round((number(value) * HOUR) / MINUTE)}m`;

/** Windows and factors: of an objective's period in a source's style, or from budgets. */
export async function burnRate({ given, expect }: AlertingCase): Promise<Verdict> {
  const period = `${Math.round((number(given.slo_period_days) * DAY) / MINUTE)}m`;
  const written = list(given.windows).map(fields);
  if (written.length > 0) {
    const windows = written.map((one) => ({
      long: hours(one.long_window_h),
      short: hours(one.short_window_h),
      budget: `${number(one.error_budget_percent)}%`,
    }));
    const pairs = pairsOf({ slo: '99.9%', period, windows });
    const factors = Object.fromEntries(written.map((one, index) => [text(one.name), pairs[index]?.factor ?? null]));
    return compared('factors', factors, expect.factor);
  }
  const style = text(given.style, 'google');
  const windows = style === 'pyrra' ? 'scaled' : 'workbook';
  const speeds = { fast: 'critical', slow: 'warning' } as const;
  const pairs = (Object.keys(speeds) as (keyof typeof speeds)[]).flatMap((speed) =>
    pairsOf({ slo: '99.9%', period, windows, speed }).map((pair) => ({
      severity: speeds[speed],
      for_s: pair.for / 1000,
      long_s: pair.long / 1000,
      short_s: pair.short / 1000,
      factor: pair.factor,
    })),
  );
  const wanted = list(expect.windows).map(fields);
  return allOf(wanted.map((one, index) => compared(`window ${index}`, pick(pairs[index] ?? {}, Object.keys(one)), one)));
}

function pick(from: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(keys.map((key) => [key, from[key]]));
}
