import { count } from '../render/format.ts';
import type { DigestModel, DigestPeriod } from './model.ts';

type Told = Pick<DigestModel, 'period' | 'quiet' | 'counts'>;

const SPANS: Readonly<Record<DigestPeriod, string>> = { daily: 'day', weekly: 'week', 'on demand': 'period' };

/** The one sentence for those who read one sentence. */
export function headlineOf({ period, quiet, counts }: Told): string {
  const { rules, rulesFired, rulesUnjudged, episodes, open, reportFindings, troubles } = counts;
  if (rules === 0) return 'No rule is configured, so nothing was watched.';
  if (rulesUnjudged === rules && episodes === 0)
    return `Nothing can be said: none of the ${count(rules, 'rule')} could be judged.`;
  if (quiet) return `A quiet ${SPANS[period]}: none of the ${count(rules, 'rule')} fired and there is nothing to read.`;

  const fired =
    episodes === 0 ? 'No alert fired' : `${count(rulesFired, 'rule')} fired ${count(episodes, 'alert')}, ${openWords(open)}`;
  const more = [
    reportFindings > 0 && `${count(reportFindings, 'finding')} to read`,
    rulesUnjudged > 0 && `${count(rulesUnjudged, 'rule')} could not be judged`,
    troubles > 0 && `Tocsin had ${count(troubles, 'trouble')} of its own`,
  ].filter((part) => part !== false);
  return `${[fired, ...more].join('; ')}.`;
}

export function subjectOf({ period, quiet, counts }: Told): string {
  const title = { daily: 'Daily digest', weekly: 'Weekly digest', 'on demand': 'Digest' }[period];
  if (quiet) return `${title}: quiet`;
  const parts = [
    `${count(counts.rulesFired, 'rule')} fired`,
    counts.open > 0 && `${counts.open} still open`,
    counts.reportFindings > 0 && count(counts.reportFindings, 'finding'),
    counts.rulesUnjudged > 0 && `${counts.rulesUnjudged} not judged`,
    `${counts.rulesQuiet} quiet`,
  ];
  return `${title}: ${parts.filter((part) => part !== false).join(', ')}`;
}

function openWords(open: number): string {
  if (open === 0) return 'all resolved';
  return open === 1 ? '1 is still open' : `${open} are still open`;
}
