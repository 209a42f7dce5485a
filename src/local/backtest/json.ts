import type { Backtest } from './backtest.ts';
import type { RuleComparison } from './compare.ts';
import type { Interval, RuleOutcome } from './report.ts';

/** The outcome for programs: one object, times as ISO 8601, lengths of time in seconds. */
export function renderJson({ period, most, records, metricMinutes, report, comparison, notes }: Backtest): string {
  return `${JSON.stringify({
    schemaVersion: 1,
    period: { from: iso(period.start), to: iso(period.end) },
    most,
    records,
    metricMinutes,
    rules: report.rules.map(ruleJson),
    notifications: report.notifications.map(({ at, ...rest }) => ({ at: iso(at), ...rest })),
    comparison:
      comparison === null
        ? null
        : { rules: comparison.rules.map(comparisonJson), onlyHere: comparison.missing, onlyInOther: comparison.added },
    notes,
  })}\n`;
}

function ruleJson({ intervals, medianDuration, firingTime, noiseTime, unjudged, ...rest }: RuleOutcome): object {
  return {
    ...rest,
    medianSeconds: medianDuration === null ? null : medianDuration / 1000,
    firingSeconds: firingTime / 1000,
    noiseSeconds: noiseTime / 1000,
    noiseHours: Math.round(noiseTime / 36_000) / 100,
    unjudged: { evaluations: unjudged.unjudged, code: unjudged.code, reason: unjudged.reason },
    alerts: intervals.map(intervalJson),
  };
}

function intervalJson({ startsAt, endsAt, duration, ...rest }: Interval): object {
  return { startsAt: iso(startsAt), endsAt: endsAt === null ? null : iso(endsAt), seconds: duration / 1000, ...rest };
}

function comparisonJson({ firingTime, onlyFirst, onlyOther, ...rest }: RuleComparison): object {
  return {
    ...rest,
    firingSeconds: firingTime.map((time) => time / 1000),
    onlyHere: onlyFirst.map(intervalJson),
    onlyInOther: onlyOther.map(intervalJson),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
