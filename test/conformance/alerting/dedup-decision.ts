import { shouldNotify } from '../../../src/alerts/should-notify.ts';
import { type AlertingCase, compared, fields, list, number, type Verdict } from './case.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

const episodes = (value: unknown): readonly string[] => list(value).map(String);

/** What a receiver was told, and what fires and resolved since: whether it is told now. */
export async function dedupDecision({ given, expect }: AlertingCase): Promise<Verdict> {
  const entry = given.entry === null || given.entry === undefined ? null : fields(given.entry);
  const sent =
    entry === null
      ? null
      : { at: NOW - number(entry.age_s) * 1000, firing: episodes(entry.firing), resolved: episodes(entry.resolved) };
  const group = { firing: new Set(episodes(given.firing)), resolved: new Set(episodes(given.resolved)) };
  const policy = { sendResolved: given.send_resolved !== false, repeatInterval: number(given.repeat_interval_s) * 1000 };
  return compared('notify', shouldNotify(group, sent, policy, NOW) !== null, expect.notify);
}
