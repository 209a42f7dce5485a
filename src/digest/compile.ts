import type { Alert } from '../model/alert.ts';
import type { Finding } from '../model/finding.ts';
import type { Severity } from '../model/rule.ts';
import { isoTime } from '../render/time.ts';
import { changes, type Told } from './changes.ts';
import { countersOf, deliveredSince, forwardedSince, stuckDeliveries } from './counters.ts';
import { activities, compareText, episodeOf, groupBy, offenders } from './episodes.ts';
import { fatigueOf } from './fatigue.ts';
import { headlineOf, subjectOf } from './headline.ts';
import type { DigestInput, DigestModel, FindingGroup } from './model.ts';
import { idleRulesOf, unjudgedRules } from './unjudged.ts';

const TOP = 5;

/** Name and window start, e.g. `daily-2026-11-21T0800Z`. */
export function digestId(name: string, windowStart: number): string {
  return `${name}-${isoTime(windowStart).slice(0, 16).replace(':', '')}Z`;
}

/** The digest of one window, from what the stores held of it. Pure: the same input gives the same model. */
export function compileDigest(input: DigestInput): DigestModel {
  const { name, period, window, now, zone, rules } = input;
  const told = inOrder(input.alerts, input.findings);
  const toldBefore = inOrder(input.previousAlerts, input.previousFindings);
  const { alerts, findings } = told;
  const episodes = alerts.map((alert) => episodeOf(alert, window));
  const fired = activities(episodes, findings, window);
  const open = episodes.filter((episode) => episode.open).sort((a, b) => a.severity - b.severity);
  const reportFindings = findings.filter(({ kind }) => kind === 'report');
  const troubles = findings.filter(({ kind }) => kind !== 'report');
  const idleRules = idleRulesOf(rules, input.evaluations);
  const watching = rules.filter(({ id }) => !idleRules.includes(id));
  const unjudged = unjudgedRules(watching, input.evaluations, now);

  const stuck = stuckDeliveries(input.notifications);
  const busy = new Set([
    ...fired.map(({ rule }) => rule),
    ...findings.map(({ rule }) => rule),
    ...unjudged.map(({ rule }) => rule),
  ]);
  const quietRules = watching.map(({ id }) => id).filter((id) => !busy.has(id));
  const counts = {
    rules: rules.length,
    rulesFired: fired.length,
    rulesQuiet: quietRules.length,
    rulesUnjudged: unjudged.length,
    episodes: episodes.length,
    open: open.length,
    reportFindings: reportFindings.length,
    troubles: troubles.length + stuck.length,
  };
  const quiet = episodes.length === 0 && findings.length === 0 && unjudged.length === 0 && stuck.length === 0 && rules.length > 0;
  const counters = countersOf(input.notifications, input.forward);

  return {
    id: digestId(name, window.start),
    name,
    period,
    window,
    zone,
    subject: subjectOf({ period, quiet, counts }),
    headline: headlineOf({ period, quiet, counts }),
    quiet,
    counts,
    fired,
    open,
    fresh: changes(told, toldBefore),
    gone: changes(toldBefore, told),
    reports: findingGroups(reportFindings, ({ rule, kind }) => rule ?? kind),
    troubles: findingGroups(troubles, ({ kind }) => kind),
    unjudged,
    topTargets: offenders(episodes, window, ({ target }) => target).slice(0, TOP),
    topRules: offenders(episodes, window, ({ rule }) => rule).slice(0, TOP),
    fatigue: fatigueOf(alerts, toldBefore.alerts, rules, window),
    deliveries: deliveredSince(counters, input.countersBefore),
    stuck,
    forwarding: forwardedSince(counters, input.countersBefore),
    sinceBefore: input.countersBefore !== null,
    quietRules: quietRules.sort(compareText),
    idleRules,
    counters,
  };
}

/** Stores may answer in any order; a digest is the same all the same. */
function inOrder(alerts: readonly Alert[], findings: readonly Finding[]): Told {
  return {
    alerts: [...alerts].sort((a, b) => a.startsAt - b.startsAt || compareText(a.fingerprint, b.fingerprint)),
    findings: [...findings].sort((a, b) => a.firstAt - b.firstAt || compareText(a.id, b.id)),
  };
}

function findingGroups(findings: readonly Finding[], titleOf: (finding: Finding) => string): readonly FindingGroup[] {
  return [...groupBy(findings, titleOf)]
    .map(([title, own]) => {
      const sorted = [...own].sort((a, b) => a.severity - b.severity);
      const severity: Severity = sorted[0]?.severity ?? 4;
      return { title, severity, findings: sorted, count: own.reduce((sum, finding) => sum + finding.count, 0) };
    })
    .sort((a, b) => a.severity - b.severity || compareText(a.title, b.title));
}
