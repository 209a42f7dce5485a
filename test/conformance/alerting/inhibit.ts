import { inhibitorOf } from '../../../src/alerts/inhibit.ts';
import { type Labels, labelKey } from '../../../src/model/labels.ts';
import { matchesAll } from '../../../src/model/matcher.ts';
import { type AlertingCase, allOf, compared, fields, list, type Verdict } from './case.ts';
import { configOf, matchersOf } from './tocsin-yaml.ts';

const labelsOf = (value: unknown): Labels => fields(value) as Labels;

/** Inhibition rules, and alerts that fire or one after the other are pushed: which are inhibited. */
export async function inhibit({ given, expect }: AlertingCase): Promise<Verdict> {
  const rules = configOf({
    inhibit: list(given.rules)
      .map(fields)
      .map(({ source, target, equal = [] }) => ({ source: matchersOf(source), target: matchersOf(target), equal })),
  }).inhibit;
  if (given.sequences === undefined) {
    const firing = list(given.source_alerts).map((labels) => ({ labels: labelsOf(labels) }));
    const inhibited = list(given.targets).map((labels) => inhibitorOf(labelsOf(labels), rules, firing) !== null);
    return compared('inhibited', inhibited, expect.inhibited);
  }
  const after = list(given.sequences).map((pushes) => {
    const alerts = new Map<string, { readonly labels: Labels; readonly firing: boolean }>();
    for (const push of list(pushes).map(fields)) {
      const labels = labelsOf(push.labels);
      alerts.set(labelKey(labels), { labels, firing: push.resolved !== true });
    }
    const firing = [...alerts.values()].filter((alert) => alert.firing);
    const verdict = (side: 'source' | 'target'): boolean | null => {
      const found = [...alerts.values()].find(({ labels }) => rules.some((rule) => matchesAll(rule[side], labels)));
      return found === undefined ? null : inhibitorOf(found.labels, rules, firing) !== null;
    };
    return { source: verdict('source'), target: verdict('target') };
  });
  return allOf([
    compared(
      'target inhibited',
      after.map(({ target }) => target),
      expect.target_inhibited,
    ),
    compared(
      'source inhibited',
      after.map(({ source }) => source),
      expect.source_inhibited,
    ),
  ]);
}
