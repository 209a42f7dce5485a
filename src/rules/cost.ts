import { HOUR, MINUTE } from '../model/duration.ts';
import type { Rule } from '../model/rule.ts';
import type { Target } from '../model/target.ts';
import { alignDown } from '../model/window.ts';
import { metricQueries } from './metric-queries.ts';
import { isDue, planJobs } from './plan.ts';
import { HOURS_PER_MONTH, INSTANCE_GIGABYTES, JOB_SECONDS, PRICES, priceOf, TICK_SECONDS } from './prices.ts';
import { shardsOf } from './shards.ts';

/** What a set of rules asks of Azure in an hour, per place, as planned from the rules alone. */
export interface Cost {
  /** Metric calls an hour for each subscription and region that has up to 50 resources of each watched type. */
  readonly metricCallsPerHour: number;
  /** Log queries an hour for each workspace, and the watermark queries beside them. */
  readonly logQueriesPerHour: number;
  readonly watermarkQueriesPerHour: number;
  /** Storage reads and writes of state an hour, per place. */
  readonly stateOperationsPerHour: number;
  /** Evaluation messages an hour. */
  readonly jobsPerHour: number;
  /** Metric calls and log queries of all kinds a minute. */
  readonly callsPerMinute: number;
  readonly monthly: MonthlyCost;
}

/** US dollars a month at assumed prices (prices.ts), free grants deducted, for one place. */
export interface MonthlyCost {
  readonly metricCalls: number;
  /** Always 0: queries over Analytics tables are free. */
  readonly logQueries: number;
  readonly functions: number;
  readonly storage: number;
  readonly total: number;
}

/** Plays an hour of ticks over one invented resource per watched type and kind. */
export function costOf(rules: readonly Rule[]): Cost {
  const targets = exampleTargets(rules);
  let metricCalls = 0;
  let logQueries = 0;
  let watermarkQueries = 0;
  let stateOperations = 0;
  let jobs = 0;
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  for (let now = 24 * HOUR + MINUTE; now <= 25 * HOUR; now += MINUTE) {
    const input = { rules, targets, workspaces: ['workspace'], lastTickAt: now - MINUTE, now };
    for (const job of planJobs(input)) {
      jobs += 1;
      const planned = job.shards.flatMap(({ rule }) => byId.get(rule) ?? []);
      stateOperations += 2 * planned.length;
      if (job.kind === 'logs') {
        watermarkQueries += new Set(planned.map(({ signal }) => (signal.kind === 'log' ? signal.table : ''))).size;
        logQueries += new Set(
          planned.filter((rule) => judges(rule, now)).map(({ signal }) => (signal.kind === 'log' ? signal.query : '')),
        ).size;
        continue;
      }
      const entries = planned.flatMap((rule) => shardsOf(rule, targets, []).map((shard) => ({ rule, targets: shard.targets })));
      metricCalls += metricQueries(entries, { start: now - HOUR, end: now }).length;
    }
  }
  return {
    metricCallsPerHour: metricCalls,
    logQueriesPerHour: logQueries,
    watermarkQueriesPerHour: watermarkQueries,
    stateOperationsPerHour: stateOperations,
    jobsPerHour: jobs,
    callsPerMinute: Math.round((metricCalls + logQueries + watermarkQueries) / 6) / 10,
    monthly: monthlyCost({ metricCalls, stateOperations, jobs }),
  };
}

const TICKS_PER_HOUR = 60;
/** Send, receive and delete. */
const OPERATIONS_PER_MESSAGE = 3;

function monthlyCost(hour: {
  readonly metricCalls: number;
  readonly stateOperations: number;
  readonly jobs: number;
}): MonthlyCost {
  const [calls = 0, states = 0, jobs = 0, ticks = 0] = [hour.metricCalls, hour.stateOperations, hour.jobs, TICKS_PER_HOUR].map(
    (each) => each * HOURS_PER_MONTH,
  );
  const seconds = jobs * JOB_SECONDS + ticks * TICK_SECONDS;
  const metricCalls = priceOf(calls, PRICES.metricCall);
  const functions = priceOf(jobs + ticks, PRICES.execution) + priceOf(seconds * INSTANCE_GIGABYTES, PRICES.gigabyteSecond);
  const storage =
    priceOf(states / 2, PRICES.blobRead) +
    priceOf(states / 2, PRICES.blobWrite) +
    priceOf(jobs * OPERATIONS_PER_MESSAGE, PRICES.queueOperation);
  const [metric, run, stored] = [metricCalls, functions, storage].map(cents);
  return {
    metricCalls: metric ?? 0,
    logQueries: 0,
    functions: run ?? 0,
    storage: stored ?? 0,
    total: cents(metricCalls + functions + storage),
  };
}

function cents(dollars: number): number {
  return Math.round(dollars * 100) / 100;
}

/** Log shards are looked at more often than they query: a window is queried when it is due and once more for corrections. */
function judges(rule: Rule, now: number): boolean {
  const crossed = (lag: number) => alignDown(now - lag, rule.every) > now - MINUTE - lag;
  return isDue(rule, now - MINUTE, now) && (crossed(rule.delay) || crossed(3 * rule.delay));
}

function exampleTargets(rules: readonly Rule[]): readonly Target[] {
  const targets = rules.map(({ on }) => {
    const kind = on.kinds?.[0] ?? '';
    const name = `${on.type}-${kind}`.toLowerCase().replaceAll(/[^a-z]+/g, '-');
    const place = `/subscriptions/${on.subscriptions?.[0] ?? 's'}/resourcegroups/${on.resourceGroups?.[0] ?? 'g'}`.toLowerCase();
    return {
      id: on.ids?.[0]?.toLowerCase() ?? `${place}/providers/${on.type.toLowerCase()}/${name}`,
      name,
      type: on.type.toLowerCase(),
      kind,
      location: 'region',
      subscriptionId: on.subscriptions?.[0] ?? 's',
      resourceGroup: on.resourceGroups?.[0] ?? 'g',
      tags: on.tags ?? {},
    };
  });
  return [...new Map(targets.map((target) => [target.id, target])).values()];
}
