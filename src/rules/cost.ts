import { HOUR, MINUTE } from '../model/duration.ts';
import type { Rule } from '../model/rule.ts';
import type { Target } from '../model/target.ts';
import { alignDown } from '../model/window.ts';
import { metricQueries } from './metric-queries.ts';
import { isDue, planJobs } from './plan.ts';
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
}

/** Plays an hour of ticks over one invented resource per watched type and kind. */
export function costOf(rules: readonly Rule[]): Cost {
  const targets = exampleTargets(rules);
  let metricCalls = 0;
  let logQueries = 0;
  let watermarkQueries = 0;
  let stateOperations = 0;
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  for (let now = 24 * HOUR + MINUTE; now <= 25 * HOUR; now += MINUTE) {
    const input = { rules, targets, workspaces: ['workspace'], lastTickAt: now - MINUTE, now };
    for (const job of planJobs(input)) {
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
  };
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
    return {
      id: on.ids?.[0]?.toLowerCase() ?? `/subscriptions/s/resourcegroups/g/providers/${on.type.toLowerCase()}/${name}`,
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
