import { describe, expect, it } from 'vitest';
import { type EvaluateDeps, evaluate } from '../../src/app/evaluate.ts';
import { MINUTE } from '../../src/model/duration.ts';
import { TocsinError } from '../../src/model/errors.ts';
import type { EvaluationJob, NotificationJob } from '../../src/model/messages.ts';
import type { LogAnswer, MetricAnswer, MetricQuery } from '../../src/model/query.ts';
import type { Rule } from '../../src/model/rule.ts';
import type { Target } from '../../src/model/target.ts';
import { planJobs } from '../../src/rules/plan.ts';
import { missingDeploymentRule, pipelineRule, throttledRule } from '../support/fixtures/rules.ts';
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
  ScriptedLogSource,
  ScriptedMetricSource,
} from '../support/memory/index.ts';

const ACCOUNT: Target = {
  id: '/subscriptions/s/resourcegroups/g/providers/microsoft.cognitiveservices/accounts/east',
  name: 'east',
  type: 'microsoft.cognitiveservices/accounts',
  kind: 'OpenAI',
  location: 'eastus2',
  subscriptionId: 's',
  resourceGroup: 'g',
  tags: { env: 'prod' },
};

const WORKSPACE: Target = {
  ...ACCOUNT,
  id: '/subscriptions/s/resourcegroups/g/providers/microsoft.machinelearningservices/workspaces/ml',
  name: 'ml',
  type: 'microsoft.machinelearningservices/workspaces',
  kind: '',
};

const T0 = Date.parse('2026-11-20T12:00:00Z');

/** Ten calls a minute on deployment `chat`, of which `refused(minute)` get 429. */
function traffic(refused: (at: number) => number): (query: MetricQuery) => MetricAnswer {
  return ({ span, resourceIds, grain }) => {
    const series = new Map<string, { at: number; total: number }[]>([
      ['200', []],
      ['429', []],
    ]);
    for (let at = Math.ceil(span.start / grain) * grain; at < span.end; at += grain) {
      series.get('200')?.push({ at, total: 10 - refused(at) });
      series.get('429')?.push({ at, total: refused(at) });
    }
    return {
      series: resourceIds.flatMap((resourceId) =>
        [...series].map(([StatusCode, points]) => ({
          resourceId,
          metric: 'ModelRequests',
          labels: { ModelDeploymentName: 'chat', StatusCode },
          points,
        })),
      ),
      failed: [],
    };
  };
}

function world(rules: readonly Rule[], targets: readonly Target[] = [ACCOUNT]) {
  const clock = new FakeClock(T0);
  const deps = {
    rules,
    workspaces: ['ws'],
    metrics: new ScriptedMetricSource(traffic(() => 0)),
    logs: new ScriptedLogSource((): LogAnswer => ({ columns: [], rows: [] })),
    inventory: new MemoryInventory(targets),
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
    clock,
    log: new MemoryLog(),
  } satisfies EvaluateDeps;
  const jobs = (): readonly EvaluationJob[] =>
    planJobs({ rules, targets, workspaces: deps.workspaces, lastTickAt: null, now: clock.now() });
  return {
    ...deps,
    jobs,
    async minute() {
      clock.advance(MINUTE);
      const outcomes = [];
      for (const job of jobs()) outcomes.push(await evaluate(job, deps));
      return outcomes;
    },
    evaluate: (job: EvaluationJob) => evaluate(job, deps),
    queued: () =>
      deps.notifications
        .pending()
        .flatMap(({ job }) => (job.kind === 'transitions' ? job.transitions : []))
        .map(({ id, kind, at }) => ({ id, kind, minute: (at - T0) / MINUTE })),
  };
}

const STORM = (at: number): number => (at >= T0 + 5 * MINUTE && at < T0 + 15 * MINUTE ? 6 : 0);

describe('an evaluation job of metrics', () => {
  it('queues one transition when an alert fires and one when it resolves, at the same ids whoever judges', async () => {
    const one = world([throttledRule()]);
    one.metrics.script = traffic(STORM);
    for (let minute = 0; minute < 40; minute++) await one.minute();
    expect(one.queued().map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
    const [fired] = one.queued();
    // 10 % of five minutes' calls are refused from the window that ends one minute into the storm; then three minutes of `for`.
    expect(fired?.minute).toBe(5 + 1 + 3);
  });

  it('catches up after a timer that slept, with the same result', async () => {
    const awake = world([throttledRule()]);
    const asleep = world([throttledRule()]);
    for (const one of [awake, asleep]) one.metrics.script = traffic(STORM);
    for (let minute = 0; minute < 45; minute++) await awake.minute();
    await asleep.minute();
    asleep.clock.advance(43 * MINUTE);
    await asleep.minute();
    expect(asleep.queued()).toEqual(awake.queued());
  });

  it('does nothing the second time, whether after the first or beside it', async () => {
    const one = world([throttledRule({ for: 0 })]);
    one.metrics.script = traffic(() => 6);
    one.clock.advance(MINUTE);
    const [job] = one.jobs();
    if (job === undefined) throw new Error('no job');
    const outcomes = await Promise.all([one.evaluate(job), one.evaluate(job)]);
    outcomes.push(await one.evaluate(job));
    expect(outcomes.map(({ judgedWindows }) => judgedWindows).sort()).toEqual([0, 0, 1]);
    expect(new Set(one.queued().map(({ id }) => id)).size).toBe(1);
  });

  it('sends transitions again, at the same ids, when the queue failed after the state was written', async () => {
    const one = world([throttledRule({ for: 0 })]);
    one.metrics.script = traffic(() => 6);
    one.notifications.failNext('send', new TocsinError('TCN-S001', 'queue'));
    await expect(one.minute()).rejects.toThrow('TCN-S001');
    expect(one.queued()).toEqual([]);
    const [job] = one.jobs();
    if (job === undefined) throw new Error('no job');
    await one.evaluate(job);
    expect(one.queued().map(({ kind }) => kind)).toEqual(['fired']);
    await one.minute();
    expect(one.queued()).toHaveLength(1);
  });

  it('never takes a failed read for an answer: the windows are judged when reading works again', async () => {
    const one = world([throttledRule()]);
    one.metrics.script = traffic(STORM);
    for (let minute = 0; minute < 12; minute++) await one.minute();
    one.metrics.script = () => {
      throw new TocsinError('TCN-A001', 'slow down', { retryAfter: 5_000 });
    };
    for (let minute = 0; minute < 3; minute++) await one.minute();
    const [entry] = await one.evaluations.latest();
    expect(entry?.code).toBe('TCN-A001');
    expect(entry?.reason).toContain('throttled');
    expect(one.queued().map(({ kind }) => kind)).toEqual(['fired']);
    one.metrics.script = traffic(STORM);
    for (let minute = 0; minute < 30; minute++) await one.minute();
    expect(one.queued().map(({ kind }) => kind)).toEqual(['fired', 'resolved']);
  });

  it('judges other rules when one cannot be judged', async () => {
    const other = throttledRule({ id: 'Other', for: 0 });
    const one = world([throttledRule({ for: 0 }), other]);
    one.metrics.script = traffic(() => 6);
    one.states.failNext('replace', new TocsinError('TCN-S002', 'broken'));
    await one.minute();
    const entries = await one.evaluations.latest();
    expect(entries.map(({ outcome }) => outcome).sort()).toEqual(['failed', 'judged']);
    expect(one.queued()).toHaveLength(1);
  });

  it('keeps a firing alert when its shard splits because the estate has grown', async () => {
    const accounts = (count: number): Target[] =>
      Array.from({ length: count }, (_, index) => ({ ...ACCOUNT, id: `${ACCOUNT.id}-${index}`, name: `east-${index}` }));
    const few = accounts(3);
    const one = world([throttledRule({ for: 0 })], few);
    one.metrics.script = traffic(() => 6);
    await one.minute();
    const grown = world([throttledRule({ for: 0 })], accounts(120));
    grown.clock.set(one.clock.now());
    const after = { ...grown, states: one.states };
    grown.metrics.script = traffic(() => 6);
    grown.clock.advance(MINUTE);
    for (const job of grown.jobs()) await evaluate(job, after);
    const fired = [...one.queued(), ...grown.queued()].filter(({ kind }) => kind === 'fired');
    expect(fired).toHaveLength(120);
    expect(new Set(fired.map(({ id }) => id)).size).toBe(120);
  });

  it('asks once for two rules over the same metric and split', async () => {
    const one = world([throttledRule(), throttledRule({ id: 'Other', for: 0 })]);
    await one.minute();
    expect(one.metrics.asked).toHaveLength(1);
  });
});

const at = (minute: number): number => T0 + minute * MINUTE;

/** A run every ten minutes until just before the test begins; nothing arrives after that. */
const UNTIL_NOON = Array.from({ length: 12 }, (_, run) => [at(-1 - 10 * run), 'nightly-train'] as const);

function logTable(
  rows: () => readonly (readonly [at: number, ...string[]])[],
  columns: readonly string[],
  clock: FakeClock,
  resource: string,
) {
  return ({ kql, span }: { kql: string; span: { start: number; end: number } }): LogAnswer => {
    const visible = rows().filter(([time]) => time >= span.start && time < span.end && time <= clock.now());
    if (kql.includes('Watermark')) {
      const newest = Math.max(...visible.map(([time]) => time));
      return {
        columns: [
          { name: '_ResourceId', type: 'string' },
          { name: 'Watermark', type: 'datetime' },
        ],
        rows: visible.length === 0 ? [] : [[resource, newest]],
      };
    }
    return {
      columns: [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: '_ResourceId', type: 'string' },
        ...columns.map((name) => ({ name, type: 'string' })),
      ],
      rows: visible.map(([time, ...cells]) => [time, resource, ...cells]),
    };
  };
}

describe('an evaluation job of logs', () => {
  const pipeline = pipelineRule({
    condition: { kind: 'absent', for: 30 * MINUTE, expect: [{ kind: 'names', names: ['nightly-train'] }] },
    window: 30 * MINUTE,
    every: 5 * MINUTE,
  });

  it('waits while the table has not caught up, and says so in the evaluation log', async () => {
    const one = world([pipeline], [WORKSPACE]);
    one.logs.script = logTable(() => UNTIL_NOON, ['ExperimentName'], one.clock, WORKSPACE.id);
    for (let minute = 0; minute < 22; minute++) await one.minute();
    const [entry] = await one.evaluations.latest();
    expect(entry?.outcome).toBe('waiting');
    expect(entry?.reason).toMatch(/data late: newest AmlRunStatusChangedEvent row is \d+m old/);
    expect(one.queued()).toEqual([]);
  });

  it('calls a key absent once the table has caught up without it', async () => {
    const one = world([pipeline], [WORKSPACE]);
    one.logs.script = logTable(
      () => Array.from({ length: 200 }, (_, minute) => [at(minute - 60), 'other'] as const),
      ['ExperimentName'],
      one.clock,
      WORKSPACE.id,
    );
    for (let minute = 0; minute < 30; minute++) await one.minute();
    expect(one.queued().map(({ kind }) => kind)).toEqual(['fired']);
  });

  it('never calls anything absent while the data are late, however long', async () => {
    const one = world([pipeline], [WORKSPACE]);
    one.logs.script = logTable(() => UNTIL_NOON, ['ExperimentName'], one.clock, WORKSPACE.id);
    for (let minute = 0; minute < 120; minute++) await one.minute();
    expect(one.queued()).toEqual([]);
    const entries = await one.evaluations.of(pipeline.id);
    expect(entries.some(({ reason }) => reason.includes('data late'))).toBe(true);
  });

  it('takes a workspace that does not answer for unknown, with its code, and asks it nothing more', async () => {
    const one = world([pipeline], [WORKSPACE]);
    one.logs.script = () => {
      throw new TocsinError('TCN-A003', 'workspace ws');
    };
    await one.minute();
    const [entry] = await one.evaluations.latest();
    expect(entry?.code).toBe('TCN-A003');
    expect(one.logs.asked).toHaveLength(1);
    expect(one.queued()).toEqual([]);
  });

  it('writes the breaches of a report rule as findings and notifies nobody', async () => {
    const one = world([missingDeploymentRule({ every: 5 * MINUTE })]);
    one.logs.script = logTable(
      () => Array.from({ length: 120 }, (_, minute) => [at(minute - 60), 'old-chat', '3'] as const),
      ['DeploymentName', 'Calls'],
      one.clock,
      ACCOUNT.id,
    );
    for (let minute = 0; minute < 30; minute++) await one.minute();
    const findings = await one.findings.during({ start: T0 - 1, end: T0 + 3_600_000 });
    expect(findings.map(({ kind, labels }) => [kind, labels.DeploymentName])).toEqual([['report', 'old-chat']]);
    expect(one.queued()).toEqual([]);
  });
});
