import { type EvaluateDeps, evaluate } from '../../src/app/evaluate.ts';
import type { Transition } from '../../src/model/alert.ts';
import { MINUTE } from '../../src/model/duration.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { NotificationJob } from '../../src/model/messages.ts';
import type { LogAnswer, MetricQuery } from '../../src/model/query.ts';
import type { Rule } from '../../src/model/rule.ts';
import type { Target } from '../../src/model/target.ts';
import { defaultConfig } from '../../src/rules/config.ts';
import { loadRuleFiles } from '../../src/rules/load.ts';
import { planJobs } from '../../src/rules/plan.ts';
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
} from './memory/index.ts';

export const ACCOUNT: Target = {
  id: '/subscriptions/s/resourcegroups/g/providers/microsoft.cognitiveservices/accounts/east',
  name: 'east',
  type: 'microsoft.cognitiveservices/accounts',
  kind: 'OpenAI',
  location: 'eastus2',
  subscriptionId: 's',
  resourceGroup: 'g',
  tags: { env: 'prod' },
};

export const START = Date.parse('2026-11-20T12:00:00Z');

/** The rules of a YAML text (below `rules:`); throws what is wrong with it. */
export function rulesOf(yaml: string): readonly Rule[] {
  const text = `version: 1\ntargets:\n  chat: { type: Microsoft.CognitiveServices/accounts, tags: { env: prod } }\nrules:\n${yaml}`;
  const { rules, diagnostics } = loadRuleFiles([{ path: 'rules/test.yaml', text }]);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return rules;
}

export const RESPOND = 'respond: { owner: ai-platform, within: 15m, action: Look. }';

/** Value of a metric of one series in the point that begins at `at`; `null`: no point. */
export type MetricScript = (metric: string, at: number) => readonly { labels: Readonly<Record<string, string>>; value: number }[];

/** A rule file over in-memory ports, evaluated as the functions do it: plan, read, judge, remember, queue. */
export function ruleWorld(yaml: string, targets: readonly Target[] = [ACCOUNT]) {
  const rules = rulesOf(yaml);
  const clock = new FakeClock(START);
  const deps = {
    rules,
    workspaces: ['ws'],
    metrics: new ScriptedMetricSource(() => ({ series: [], failed: [] })),
    logs: new ScriptedLogSource((): LogAnswer => ({ columns: [], rows: [] })),
    inventory: new MemoryInventory(targets),
    deployments: new MemoryDeployments(),
    activity: new MemoryActivityLog(),
    heartbeats: new MemoryHeartbeatStore(),
    streams: new MemoryStreamStore(),
    prices: defaultConfig().prices,
    states: new MemoryEvaluationStore(),
    baselines: new MemoryBaselineStore(),
    evaluations: new MemoryEvaluationLog(),
    findings: new MemoryFindingStore(),
    notifications: new MemoryQueue<NotificationJob>(clock),
    clock,
    log: new MemoryLog(),
  } satisfies EvaluateDeps;
  let last: number | null = null;

  async function tick(): Promise<void> {
    const now = clock.now();
    const watched = await deps.inventory.targets(rules.map((rule) => rule.on));
    for (const job of planJobs({ rules, targets: watched, workspaces: deps.workspaces, lastTickAt: last, now })) {
      await evaluate(job, deps);
    }
    last = now;
  }

  return {
    ...deps,
    tick,
    /** Ticks every `step` until `time` (ms after START) has come. */
    async until(time: number, step: number = MINUTE): Promise<void> {
      while (clock.now() < START + time) {
        clock.set(Math.min(START + time, clock.now() + step));
        await tick();
      }
    },
    /** Answers metric queries by series. */
    play(script: MetricScript): void {
      deps.metrics.script = (query) => ({ series: query.resourceIds.flatMap((id) => seriesOf(query, id, script)), failed: [] });
    },
    told: (): readonly Transition[] =>
      deps.notifications.pending().flatMap(({ job }) => (job.kind === 'transitions' ? job.transitions : [])),
    found: (): Promise<readonly Finding[]> => deps.findings.during({ start: 0, end: Number.MAX_SAFE_INTEGER }),
    /** Why the rules' evaluations stand as they do, newest first. */
    reasons: async (): Promise<readonly string[]> =>
      (await Promise.all(rules.map((rule) => deps.evaluations.of(rule.id)))).flat().map(({ reason }) => reason),
  };
}

function seriesOf(query: MetricQuery, resourceId: string, script: MetricScript) {
  return query.metrics.flatMap((metric) => {
    const byLabels = new Map<
      string,
      {
        labels: Readonly<Record<string, string>>;
        points: { at: number; total: number; average: number; maximum: number; minimum: number; count: number }[];
      }
    >();
    for (let at = Math.ceil(query.span.start / query.grain) * query.grain; at < query.span.end; at += query.grain) {
      for (const { labels, value } of script(metric, at)) {
        const picked = Object.fromEntries(query.splitBy.map((name) => [name, labels[name] ?? '']));
        const key = JSON.stringify(picked);
        const one = byLabels.get(key) ?? { labels: picked, points: [] };
        byLabels.set(key, one);
        one.points.push({ at, total: value, average: value, maximum: value, minimum: value, count: 1 });
      }
    }
    return [...byLabels.values()].map(({ labels, points }) => ({ resourceId, metric, labels, points }));
  });
}
