import { BASELINE_DAYS } from '../../evaluate/anomaly/detector.ts';
import type { Alert, Transition } from '../../model/alert.ts';
import type { Config } from '../../model/config.ts';
import { DAY, MINUTE } from '../../model/duration.ts';
import type { ErrorCode } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import type { Rule } from '../../model/rule.ts';
import type { Window } from '../../model/window.ts';
import { metricSignalsOf } from '../../rules/metric-signal.ts';
import { openArchiveAt } from '../archive/open.ts';
import type { Estate } from '../estate.ts';
import { offlineClock } from '../offline/clock.ts';
import { type Notification, offlineDelivery } from '../offline/delivery.ts';
import { offlineEvaluator } from '../offline/evaluator.ts';
import { fixedDeployments } from '../offline/state.ts';
import { activityArchive } from './activity.ts';
import type { ArrivalModel } from './arrival.ts';
import { deploymentsOf, inventoryOf, type KnownEstate, widened } from './estate.ts';
import { expectedQueries, openLogArchive } from './log-archive.ts';
import { openMetricArchive } from './metric-archive.ts';
import { collectValues, type ValueCollector } from './values.ts';

export interface SimulationInput {
  /** What `--archive` names: a folder, or a place in Blob Storage. */
  readonly archive: string;
  /** One set of rules, or several to compare over the same data. */
  readonly versions: readonly (readonly Rule[])[];
  readonly config: Config;
  /** Alerts of windows that end in it are of interest. */
  readonly period: Window;
  readonly arrival: ArrivalModel;
  /** `null`: the resources are those that wrote to the archive. */
  readonly estate: Estate | null;
  /** Called about once per simulated quarter of an hour. */
  readonly onProgress?: (progress: SimulationProgress) => void;
  readonly signal?: AbortSignal;
}

export interface SimulationProgress {
  /** Epoch ms that the clock has reached, and at which it will stop. */
  readonly at: number;
  readonly end: number;
  readonly records: number;
}

/** How often a rule was judged, and why it was not. */
export interface Judged {
  windows: number;
  unjudged: number;
  code: ErrorCode | string | null;
  reason: string | null;
}

/** What one set of rules did. */
export interface SimulationRun {
  readonly rules: readonly Rule[];
  readonly episodes: readonly Alert[];
  readonly notifications: readonly Notification[];
  readonly findings: readonly Finding[];
  readonly judged: ReadonlyMap<string, Judged>;
  readonly values: ValueCollector;
}

export interface SimulationResult {
  readonly runs: readonly SimulationRun[];
  readonly records: number;
  readonly metricMinutes: number;
  /** Rules that select by what an archive does not tell. */
  readonly widened: readonly string[];
}

const QUARTER = 15 * MINUTE;

/**
 * Runs the app's use cases over an archive, minute by minute on a clock of its own: tick, evaluate, deliver. The clock goes on beyond the
 * period until late data have been corrected.
 */
export async function simulate(input: SimulationInput): Promise<SimulationResult> {
  const { period, arrival, signal } = input;
  const archive = await openArchiveAt(input.archive);
  const start = Math.floor(period.start / MINUTE) * MINUTE;
  const clock = offlineClock(start);
  const all = input.versions.flat();
  const end = period.end + settleTime(all);
  const logs = openLogArchive(input.archive, expectedQueries(all), arrival, { start, end }, clock);
  const metrics = openMetricArchive(archive, Math.max(0, ...all.map(metricLookback)), start, clock);
  const logged = await archive.loggedResourceIds();
  const known: KnownEstate =
    input.estate !== null
      ? { kind: 'file', estate: input.estate }
      : { kind: 'archive', resourceIds: () => [...logged, ...metrics.resourceIds()] };
  const inventory = inventoryOf(known);
  const activity = activityArchive(archive, { start: start - Math.max(0, ...all.map(activityLookback)), end }, arrival, clock);
  const shown = new Set(input.versions.flatMap((rules) => widened(rules, known).ids));
  const sides = input.versions.map((rules) => openSide(widened(rules, known).rules));

  function openSide(rules: readonly Rule[]) {
    const notifications: Notification[] = [];
    const transitions: Transition[] = [];
    const judged = new Map<string, Judged>(rules.map(({ id }) => [id, { windows: 0, unjudged: 0, code: null, reason: null }]));
    const values = collectValues(period);
    const delivery = offlineDelivery(input.config, offlineClock(start), (sent) => notifications.push(sent));
    const evaluator = offlineEvaluator({
      rules,
      metrics: metrics.source,
      logs: logs.source,
      inventory,
      deployments: fixedDeployments({ deployments: deploymentsOf(known), quotas: {} }),
      activity,
      prices: input.config.prices,
      clock,
      listener: {
        transition: (transition) => transitions.push(transition),
        reading: values.observe,
        entry: ({ rule, outcome, windows, code, reason }) => {
          const tally = judged.get(rule);
          if (tally === undefined) return;
          tally.windows += windows;
          if (outcome !== 'unknown' && outcome !== 'failed') return;
          tally.unjudged += 1;
          tally.code = code;
          tally.reason = reason;
        },
      },
    });
    return { rules, notifications, transitions, judged, values, delivery, evaluator };
  }

  try {
    for (let now = start; now <= end; now += MINUTE) {
      signal?.throwIfAborted();
      await logs.advance(now);
      await metrics.advance(now);
      for (const side of sides) await side.delivery.runUntil(now);
      clock.moveTo(now);
      for (const { evaluator, delivery, transitions } of sides) {
        await evaluator.tick();
        await delivery.accept(transitions.splice(0));
        await delivery.runUntil(now);
      }
      if (now % QUARTER === 0) {
        input.onProgress?.({ at: now, end, records: logs.rows() + metrics.minutes() });
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  } finally {
    await logs.close();
    await archive.close();
  }
  return {
    records: logs.rows(),
    metricMinutes: metrics.minutes(),
    widened: [...shown].sort(),
    runs: await Promise.all(
      sides.map(async ({ rules, notifications, judged, values, delivery, evaluator }) => ({
        rules,
        notifications,
        judged,
        values,
        episodes: await delivery.episodes({ start: 0, end: Number.POSITIVE_INFINITY }),
        findings: await evaluator.findings(),
      })),
    ),
  };
}

/** Until the last window's data are read once more, and what that changed has been told. */
function settleTime(rules: readonly Rule[]): number {
  return Math.max(0, ...rules.map(({ delay, every }) => 3 * delay + every)) + MINUTE;
}

function metricLookback(rule: Rule): number {
  if (metricSignalsOf(rule).length === 0) return 0;
  const learning = rule.condition.kind === 'anomaly' ? (BASELINE_DAYS + 1) * DAY : 0;
  return Math.max(learning, rule.window + 6 * rule.delay + 2 * rule.every);
}

function activityLookback({ signal, window, delay }: Rule): number {
  return signal.kind === 'activity' ? window + 6 * delay : 0;
}
