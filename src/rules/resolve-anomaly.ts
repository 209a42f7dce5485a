import { DAY, formatDuration, parseDuration } from '../model/duration.ts';
import type { AnomalyCondition } from '../model/rule.ts';
import { FAILING, type RawAnomaly, type RawRule } from './schema.ts';
import type { Scope } from './scope.ts';

/** What Azure Monitor's dynamic thresholds ask for, too: less makes no baseline. */
const LEAST_HISTORY = 3 * DAY;
const LEAST_SAMPLES = 30;
/** A baseline holds four weeks. */
const MOST_HISTORY = 28 * DAY;
/** Verdicts that are remembered. */
const MOST_PERIODS = 32;

const OTHERS = ['clear', 'relativeTo'] as const;

/** Checks an `anomaly` condition; `null` after a diagnostic. */
export function resolveAnomaly(raw: RawRule, anomaly: RawAnomaly, scope: Scope): AnomalyCondition | null {
  for (const key of OTHERS) {
    if (raw[key] !== undefined) scope.report('TCN-R009', [key], `\`${key}\` does not go with \`anomaly\``, { key: true });
  }
  const time = anomaly.history === undefined ? LEAST_HISTORY : (parseDuration(anomaly.history) ?? 0);
  if (time < LEAST_HISTORY || time > MOST_HISTORY) {
    const message = `\`history\` lies between ${formatDuration(LEAST_HISTORY)} and ${formatDuration(MOST_HISTORY)}, which is what a baseline holds`;
    scope.report('TCN-R007', ['anomaly', 'history'], message);
  }
  const periods = Number(FAILING.exec(raw.failing ?? '')?.[2] ?? 1);
  if (periods > MOST_PERIODS) {
    scope.report('TCN-R009', ['failing'], `an anomaly remembers the last ${MOST_PERIODS} windows`, {
      hint: `at most \`n of ${MOST_PERIODS}\``,
    });
  }
  if (scope.failed()) return null;
  return {
    kind: 'anomaly',
    sensitivity: anomaly.sensitivity ?? 'medium',
    side: anomaly.side ?? 'both',
    history: { time, samples: anomaly.samples ?? LEAST_SAMPLES },
  };
}
