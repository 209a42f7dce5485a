import { nextRepeats } from '../../../src/alerts/repeat.ts';
import { type AlertingCase, compared, fields, list, number, type Verdict } from './case.ts';

/** Reminders at growing intervals: how many count as in a row after one that comes so long after the last wait was over. */
export async function realert({ given, expect }: AlertingCase): Promise<Verdict> {
  const limit = number(given.exponential_realert_s);
  const timing = {
    repeatInterval: number(given.realert_s) * 1000,
    ...(limit === 0 ? {} : { repeatFactor: number(given.factor, 2), repeatLimit: limit * 1000 }),
  };
  const cases = list(given.cases).length > 0 ? list(given.cases).map(fields) : [given];
  const next = cases.map((one) => nextRepeats(number(one.exponent), number(one.seconds_after_last_until) * 1000, timing));
  return compared('exponents', Array.isArray(expect.next_exponent) ? next : next[0], expect.next_exponent);
}
