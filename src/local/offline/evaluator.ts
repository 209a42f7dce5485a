import { type EvaluateDeps, evaluate } from '../../app/evaluate.ts';
import type { WindowReadings } from '../../app/read-signals.ts';
import { tick } from '../../app/tick.ts';
import type { Transition } from '../../model/alert.ts';
import { MINUTE } from '../../model/duration.ts';
import type { EvaluationEntry } from '../../model/evaluation-log.ts';
import type { Finding } from '../../model/finding.ts';
import type { EvaluationJob } from '../../model/messages.ts';
import type { PriceTable } from '../../model/price.ts';
import type { Rule } from '../../model/rule.ts';
import type { ShardKey, ShardState } from '../../model/state.ts';
import type {
  ActivityLog,
  Deployments,
  EvaluationStore,
  HeartbeatStore,
  Inventory,
  Log,
  LogSource,
  MetricSource,
  StreamStore,
} from '../../ports.ts';
import type { OfflineClock } from './clock.ts';
import { fixedDeployments, listedActivity, listedHeartbeats } from './state.ts';
import { offlineBaselines, offlineEvaluationLog, offlineFindings, offlineStates, offlineTicks } from './stores.ts';
import { offlineStreams } from './streams.ts';

/** What is told while time passes; `now` of each is the clock's. */
export interface OfflineListener {
  readonly transition?: (transition: Transition) => void;
  readonly entry?: (entry: EvaluationEntry) => void;
  readonly state?: (key: ShardKey, state: ShardState) => void;
  /** What was read of the windows that are due. */
  readonly reading?: (rule: Rule, read: readonly WindowReadings[]) => void;
}

export interface OfflineOptions {
  readonly rules: readonly Rule[];
  /** Workspaces that log rules ask; one of any name when left out. */
  readonly workspaces?: readonly string[];
  readonly metrics: MetricSource;
  readonly logs: LogSource;
  readonly inventory: Inventory;
  /** Nothing is deployed, nothing happened, nobody checked in, nothing has a price where these are left out. */
  readonly deployments?: Deployments;
  readonly activity?: ActivityLog;
  readonly heartbeats?: HeartbeatStore;
  readonly prices?: PriceTable;
  /** Nothing was streamed where it is left out. */
  readonly streams?: StreamStore;
  readonly clock: OfflineClock;
  readonly listener?: OfflineListener;
}

/** The evaluating half of the app on a clock that is set by hand. */
export interface OfflineEvaluator {
  /** One tick of the timer at the clock's time, and every evaluation that it plans. */
  tick(): Promise<void>;
  /**
   * Ticks from the clock's time (exclusive) to `end` (inclusive), every `step` ms (a minute when left out, as the deployed timer). Windows
   * that became due within a longer step are caught up, as after a timer that slept.
   */
  runUntil(end: number, step?: number): Promise<void>;
  /** Everything found so far, oldest first. */
  findings(): Promise<readonly Finding[]>;
}

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Plans, reads, judges and remembers by the very use cases that the functions call (`tick`, `evaluate`), with stores in memory and
 * signals from whatever sources are given. Nothing is delivered: transitions go to the listener.
 */
export function offlineEvaluator(options: OfflineOptions): OfflineEvaluator {
  const { rules, metrics, logs, inventory, clock, listener = {} } = options;
  const workspaces = options.workspaces ?? ['workspace'];
  const findings = offlineFindings();
  const jobs: EvaluationJob[] = [];
  const deps: EvaluateDeps = {
    rules,
    workspaces,
    metrics,
    logs,
    inventory,
    deployments: options.deployments ?? fixedDeployments({ deployments: {}, quotas: {} }),
    activity: options.activity ?? listedActivity([], clock),
    heartbeats: options.heartbeats ?? listedHeartbeats([], clock),
    streams: options.streams ?? offlineStreams(),
    prices: options.prices ?? { currency: 'USD', prices: [] },
    states: heard(offlineStates(), listener),
    baselines: offlineBaselines(),
    evaluations: offlineEvaluationLog((entry) => listener.entry?.(entry)),
    findings,
    notifications: {
      send: async (job) => {
        if (job.kind === 'transitions') for (const transition of job.transitions) listener.transition?.(transition);
      },
    },
    clock,
    log: SILENT,
    ...(listener.reading !== undefined && { observe: listener.reading }),
  };
  const ticks = offlineTicks();
  const evaluations = { send: async (job: EvaluationJob) => void jobs.push(job) };

  const once = async (): Promise<void> => {
    await tick({ rules, workspaces, inventory, ticks, evaluations, sweeps: [], clock, log: SILENT });
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await evaluate(job, deps);
  };
  return {
    tick: once,
    runUntil: async (end, step = MINUTE) => {
      for (let now = clock.now() + step; now <= end; now += step) {
        clock.moveTo(now);
        await once();
      }
      clock.moveTo(end);
    },
    findings: () => findings.during({ start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }),
  };
}

function heard(states: EvaluationStore, { state }: OfflineListener): EvaluationStore {
  return {
    read: states.read,
    replace: async (key, next, version) => {
      const written = await states.replace(key, next, version);
      if (written) state?.(key, next);
      return written;
    },
  };
}
