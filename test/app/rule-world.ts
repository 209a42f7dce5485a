import { expect } from 'vitest';
import { evaluate } from '../../src/app/evaluate.ts';
import { tick } from '../../src/app/tick.ts';
import { MINUTE } from '../../src/model/duration.ts';
import type { EvaluationJob, NotificationJob } from '../../src/model/messages.ts';
import type { LogAnswer, LogCell, LogQuery, MetricAnswer, MetricQuery } from '../../src/model/query.ts';
import type { Target } from '../../src/model/target.ts';
import type { LogDestinations } from '../../src/ports.ts';
import { loadRuleFiles } from '../../src/rules/load.ts';
import {
  FakeClock,
  MemoryActivityLog,
  MemoryBaselineStore,
  MemoryDeployments,
  MemoryEvaluationLog,
  MemoryEvaluationStore,
  MemoryFindingStore,
  MemoryHeartbeatStore,
  MemoryInventory,
  MemoryLog,
  MemoryQueue,
  MemoryStreamStore,
  MemoryTickStore,
  ScriptedLogSource,
  ScriptedMetricSource,
} from '../support/memory/index.ts';

const T0 = Date.parse('2026-11-20T12:00:00Z');
export const at = (minute: number): number => T0 + minute * MINUTE;

const PROVIDER = '/subscriptions/s/resourcegroups/g/providers';

export function account(name: string, changes: Partial<Target> = {}): Target {
  return {
    id: `${PROVIDER}/microsoft.cognitiveservices/accounts/${name}`,
    name,
    type: 'microsoft.cognitiveservices/accounts',
    kind: 'OpenAI',
    location: 'eastus2',
    subscriptionId: 's',
    resourceGroup: 'g',
    tags: {},
    ...changes,
  };
}

export function workspace(name: string, changes: Partial<Target> = {}): Target {
  const type = 'microsoft.machinelearningservices/workspaces';
  return account(name, { id: `${PROVIDER}/${type}/${name}`, type, kind: '', ...changes });
}

/** What a resource counts: one series of a metric, a value for each minute since T0; `null`: nothing. */
export interface Counter {
  readonly of: Target;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: (minute: number) => number | null;
}

/** A row of a log table of one workspace, there to be read once it has arrived. */
export interface Row {
  readonly minute: number;
  readonly arrives?: number;
  readonly of: Target;
  readonly workspace?: string;
  readonly cells: Readonly<Record<string, LogCell>>;
}

/**
 * A rule file as its user writes it, evaluated minute by minute by the product's own use cases: plan, read, judge, state, transitions.
 * Only time, Azure's answers and storage are made up.
 */
export function ruleWorld(rules: string, targets: readonly Target[]) {
  const loaded = loadRuleFiles([{ path: 'rules.yaml', text: `version: 1\n${rules}` }]);
  expect(loaded.diagnostics).toEqual([]);
  const clock = new FakeClock(T0);
  const world = {
    counters: [] as readonly Counter[],
    rows: [] as readonly Row[],
    workspaces: ['ws'],
    destinations: undefined as LogDestinations | undefined,
  };
  const queue = new MemoryQueue<EvaluationJob>(clock);
  const common = { rules: loaded.rules, inventory: new MemoryInventory(targets), clock, log: new MemoryLog() };
  const deps = {
    ...common,
    metrics: new ScriptedMetricSource((query) => metricAnswer(world.counters, query)),
    logs: new ScriptedLogSource((query) => logAnswer(world.rows, clock.now(), query)),
    deployments: new MemoryDeployments(),
    activity: new MemoryActivityLog(),
    heartbeats: new MemoryHeartbeatStore(),
    streams: new MemoryStreamStore(),
    prices: { currency: 'USD', prices: [] },
    states: new MemoryEvaluationStore(),
    baselines: new MemoryBaselineStore(),
    evaluations: new MemoryEvaluationLog(),
    findings: new MemoryFindingStore(),
    notifications: new MemoryQueue<NotificationJob>(clock),
  };
  const ticks = new MemoryTickStore();
  const told = () => deps.notifications.pending().flatMap(({ job }) => (job.kind === 'transitions' ? job.transitions : []));
  return {
    ...deps,
    world,
    /** Lets minutes pass, one tick each. */
    async pass(minutes: number) {
      for (let minute = 0; minute < minutes; minute++) {
        clock.advance(MINUTE);
        const { workspaces, destinations } = world;
        const told = destinations === undefined ? {} : { destinations };
        await tick({ ...common, workspaces, ticks, evaluations: queue, sweeps: [] });
        for (const job of queue.due(clock.now())) await evaluate(job, { ...deps, ...told, workspaces });
      }
    },
    transitions: told,
    /** `kind name minute` of every transition, by time; the name is that of the labels, else of the resource. */
    told: () =>
      told()
        .map(({ kind, at: when, alert }) => ({
          when,
          kind,
          name: Object.values(alert.labels).join(' ') || alert.target.split('/').at(-1),
        }))
        .map(({ when, kind, name }) => ({ when, line: `${kind} ${name} ${(when - T0) / MINUTE}` }))
        .sort((a, b) => a.when - b.when || (a.line < b.line ? -1 : 1))
        .map(({ line }) => line),
    found: () => deps.findings.during({ start: 0, end: Number.MAX_SAFE_INTEGER }),
  };
}

function metricAnswer(counters: readonly Counter[], query: MetricQuery): MetricAnswer {
  const { span, grain, splitBy, metrics, resourceIds, aggregations } = query;
  const series = new Map<
    string,
    { resourceId: string; metric: string; labels: Record<string, string>; bins: Map<number, number[]> }
  >();
  for (const { of, metric, labels, value } of counters) {
    if (!metrics.includes(metric) || !resourceIds.includes(of.id)) continue;
    const own = Object.fromEntries(splitBy.map((name) => [name, labels[name] ?? '']));
    const key = JSON.stringify([of.id, metric, own]);
    const one = series.get(key) ?? { resourceId: of.id, metric, labels: own, bins: new Map<number, number[]>() };
    series.set(key, one);
    for (let time = Math.ceil(span.start / MINUTE) * MINUTE; time < span.end; time += MINUTE) {
      const given = value((time - T0) / MINUTE);
      const bin = Math.floor(time / grain) * grain;
      if (given !== null) one.bins.set(bin, [...(one.bins.get(bin) ?? []), given]);
    }
  }
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const folds = {
    total: sum,
    count: sum,
    average: (v: readonly number[]) => sum(v) / v.length,
    maximum: (v: readonly number[]) => Math.max(...v),
    minimum: (v: readonly number[]) => Math.min(...v),
  };
  return {
    series: [...series.values()].map(({ bins, ...one }) => ({
      ...one,
      points: [...bins]
        .sort(([a], [b]) => a - b)
        .map(([time, values]) => ({ at: time, ...Object.fromEntries(aggregations.map((how) => [how, folds[how](values)])) })),
    })),
    failed: [],
  };
}

function logAnswer(rows: readonly Row[], now: number, { kql, span, workspaceId }: LogQuery): LogAnswer {
  const visible = rows.filter(
    ({ minute, arrives = minute, workspace: own = 'ws' }) =>
      own === workspaceId && at(minute) >= span.start && at(minute) < span.end && at(arrives) <= now,
  );
  if (kql.includes('Watermark')) {
    const newest = new Map<string, number>();
    for (const { of, minute } of visible) newest.set(of.id, Math.max(newest.get(of.id) ?? 0, at(minute)));
    const columns = [
      { name: '_ResourceId', type: 'string' },
      { name: 'Watermark', type: 'datetime' },
    ];
    return { columns, rows: [...newest] };
  }
  const names = [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))];
  return {
    columns: [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: '_ResourceId', type: 'string' },
      ...names.map((name) => ({ name, type: 'dynamic' })),
    ],
    rows: visible.map(({ minute, of, cells }) => [at(minute), of.id, ...names.map((name) => cells[name] ?? null)]),
  };
}
