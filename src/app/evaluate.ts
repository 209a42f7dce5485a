import { type DuePlan, planWindows } from '../evaluate/due.ts';
import { judge, withoutUnsent } from '../evaluate/judge.ts';
import { partOf } from '../evaluate/part-of.ts';
import { asTocsinError } from '../model/errors.ts';
import type { EvaluationEntry } from '../model/evaluation-log.ts';
import type { HubView } from '../model/hub.ts';
import type { EvaluationJob, NotificationJob } from '../model/messages.ts';
import type { PriceTable } from '../model/price.ts';
import type { Rule } from '../model/rule.ts';
import type { ShardKey, ShardState } from '../model/state.ts';
import type { Expected, Target } from '../model/target.ts';
import type {
  ActivityLog,
  BaselineStore,
  Clock,
  Deployments,
  EvaluationLog,
  EvaluationStore,
  FindingStore,
  HeartbeatStore,
  Inventory,
  JobQueue,
  Log,
  LogDestinations,
  LogSource,
  MetricSource,
  StreamStore,
  Version,
} from '../ports.ts';
import { parentOf, shardsOf } from '../rules/shards.ts';
import { variantsOf } from '../rules/variants.ts';
import { keepBaseline, openBaseline } from './baselines.ts';
import { homesIn } from './log-homes.ts';
import { publishTransitions } from './publish-transitions.ts';
import {
  isUnknown,
  type ReadRequest,
  readLogs,
  readMetrics,
  readWatermarks,
  type UnknownReading,
  type Watermarks,
  type WindowReadings,
} from './read-signals.ts';
import { readActivity, readHeartbeats, readInventory, withDeployments } from './read-state.ts';
import { readStreamMark, readStreams } from './read-streams.ts';

export interface EvaluateDeps {
  readonly rules: readonly Rule[];
  readonly workspaces: readonly string[];
  readonly metrics: MetricSource;
  readonly logs: LogSource;
  readonly inventory: Inventory;
  /** Asked only where there are several workspaces. */
  readonly destinations?: LogDestinations;
  readonly deployments: Deployments;
  readonly activity: ActivityLog;
  readonly heartbeats: HeartbeatStore;
  readonly streams: StreamStore;
  readonly prices: PriceTable;
  /** What the hub was seen to hold; absent: nobody looks. */
  readonly hubView?: () => Promise<HubView | null>;
  readonly states: EvaluationStore;
  readonly baselines: BaselineStore;
  readonly evaluations: EvaluationLog;
  readonly findings: FindingStore;
  readonly notifications: JobQueue<NotificationJob>;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears what was read of the windows that are due, before they are judged: for backtests. */
  readonly observe?: (rule: Rule, read: readonly WindowReadings[]) => void;
}

export interface EvaluateOutcome {
  readonly judgedWindows: number;
  readonly transitions: number;
}

/** One rule on one shard, on its way through the stations. */
interface Pass {
  readonly rule: Rule;
  readonly key: ShardKey;
  readonly targets: readonly Target[];
  readonly state: ShardState | null;
  readonly version: Version;
  readonly plan: DuePlan;
  /** Why nothing of it can be read, where that is known before reading. */
  readonly unreadable: UnknownReading | null;
  /** Targets whose logs are expected in the workspace that is asked; `undefined`: all. */
  readonly atHome: ReadonlySet<string> | undefined;
}

/**
 * Reads and judges what is due of every rule and shard of one job. Safe to run twice, also at the same time: the conditional write
 * lets one of them win and the other does nothing. One rule's failure is its own entry in the evaluation log.
 */
export async function evaluate(job: EvaluationJob, deps: EvaluateDeps): Promise<EvaluateOutcome> {
  const passes = await openPasses(job, deps);
  const readings = await readAll(job, passes, deps);
  const outcomes = await Promise.all(passes.map((pass, index) => closePass(pass, readings[index] ?? [], deps)));
  return {
    judgedWindows: outcomes.reduce((sum, outcome) => sum + outcome.judgedWindows, 0),
    transitions: outcomes.reduce((sum, outcome) => sum + outcome.transitions, 0),
  };
}

async function openPasses(job: EvaluationJob, deps: EvaluateDeps): Promise<readonly Pass[]> {
  const wanted = new Set(job.shards.map((key) => `${key.rule}\n${key.shard}`));
  const rules = deps.rules.filter((rule) => job.shards.some((key) => key.rule === rule.id));
  const known = await deps.inventory.targets(rules.map((rule) => rule.on));
  const shards = rules.flatMap((rule) =>
    shardsOf(rule, known, deps.workspaces)
      .filter((shard) => wanted.has(`${shard.key.rule}\n${shard.key.shard}`))
      .map((shard) => ({ rule, key: shard.key, targets: shard.targets })),
  );
  const marksIn = rememberedMarks(shards, deps);
  const watermarksOf =
    job.kind === 'logs' && job.workspace !== null
      ? await marksIn(job.workspace)
      : job.kind === 'streams'
        ? await streamMarks(shards, deps)
        : () => null;
  return Promise.all(
    shards.map(async ({ rule, key, targets }) => {
      const { state, version } = await stateOf(key, targets, deps);
      const watermarks = watermarksOf(rule);
      const unreadable = watermarks !== null && isUnknown(watermarks) ? watermarks : null;
      const ids = targets.map((target) => target.id);
      const known = watermarks === null || isUnknown(watermarks) ? null : watermarks;
      const plan = planWindows(rule, state, ids, known, deps.clock.now());
      const atHome =
        job.workspace !== null && plan.due.length > 0 && expectsListed(rule)
          ? await homesIn(job.workspace, rule, ids, async (workspace) => (await marksIn(workspace))(rule), deps)
          : undefined;
      return { rule, key, targets, state, version, plan, unreadable, atHome };
    }),
  );
}

/** Every workspace's watermarks are asked for once. */
function rememberedMarks(
  shards: readonly { readonly rule: Rule; readonly targets: readonly Target[] }[],
  { logs, clock }: EvaluateDeps,
): (workspace: string) => Promise<(rule: Rule) => Watermarks> {
  const asked = new Map<string, Promise<(rule: Rule) => Watermarks>>();
  return (workspace) => {
    const answer = asked.get(workspace) ?? readWatermarks(shards, workspace, logs, clock);
    asked.set(workspace, answer);
    return answer;
  };
}

/** The partitions of a hub hold records of every target, so all of them are counted as far. */
async function streamMarks(
  shards: readonly { readonly rule: Rule; readonly targets: readonly Target[] }[],
  deps: EvaluateDeps,
): Promise<(rule: Rule) => Watermarks> {
  const mark = await readStreamMark(Math.max(0, ...shards.map(({ rule }) => rule.delay)), deps);
  if (typeof mark !== 'number') return () => mark;
  const marks = Object.fromEntries(shards.flatMap(({ targets }) => targets.map(({ id }) => [id, mark])));
  return () => marks;
}

function expectsListed({ signal, condition }: Rule): boolean {
  return signal.kind === 'log' && condition.kind === 'absent' && condition.expect.some(({ kind }) => kind !== 'seen');
}

/** A shard that was split off begins with its part of the state that it was split from. */
async function stateOf(
  key: ShardKey,
  targets: readonly Target[],
  { states }: EvaluateDeps,
): Promise<{ readonly state: ShardState | null; readonly version: Version }> {
  const { value, version } = await states.read(key);
  let state = value;
  for (let parent = parentOf(key); state === null && parent !== null; parent = parentOf(parent)) {
    const inherited = (await states.read(parent)).value;
    if (inherited !== null)
      state = partOf(
        inherited,
        targets.map((target) => target.id),
      );
  }
  return { state, version };
}

async function readAll(
  job: EvaluationJob,
  passes: readonly Pass[],
  deps: EvaluateDeps,
): Promise<readonly (readonly WindowReadings[])[]> {
  const requests = passes.map(({ rule, targets, plan, unreadable }) => ({
    rule,
    targets,
    windows: unreadable === null ? [...plan.due.map((due) => due.window), ...plan.recheck] : [],
  }));
  const read = await readRequests(job, requests, deps);
  return passes.map(({ plan, targets, unreadable }, index) => {
    if (unreadable === null) return read[index] ?? [];
    const readings = Object.fromEntries(targets.map((target) => [target.id, unreadable]));
    return [...plan.due.map((due) => due.window), ...plan.recheck].map((window) => ({ window, readings }));
  });
}

async function closePass(pass: Pass, read: readonly WindowReadings[], deps: EvaluateDeps): Promise<EvaluateOutcome> {
  const { rule, key, version, plan, state } = pass;
  const now = deps.clock.now();
  const where = { rule: rule.id, shard: key.shard };
  const record = (entry: Omit<EvaluationEntry, 'rule' | 'shard' | 'at'>) =>
    deps.evaluations.record({ ...where, at: now, ...entry });
  if (plan.due.length === 0 && plan.recheck.length === 0 && plan.skipped === null) {
    if (plan.waiting !== null)
      await record({ ...nothingJudged(pass, now), outcome: 'waiting', reason: plan.waiting, code: null });
    return { judgedWindows: 0, transitions: await publish(key, state, deps) };
  }
  try {
    const due = plan.due.length;
    const expected = await expectedOf(pass, deps);
    const { rules: variants, problems } = variantsOf(rule, pass.targets);
    const readings = { due: read.slice(0, due), recheck: read.slice(due) };
    deps.observe?.(rule, readings.due);
    const known = await openBaseline(rule, key, pass.targets, deps);
    const context = { variants, notes: problems, atHome: pass.atHome, baseline: known?.value ?? null };
    const judgement = judge(rule, state, plan, readings, expected, now, context);
    await keepBaseline(key, known, judgement.baseline, deps);
    if (!(await deps.states.replace(key, judgement.next, version))) {
      deps.log.info(where, 'someone else judged');
      return { judgedWindows: 0, transitions: 0 };
    }
    for (const finding of judgement.findings) await deps.findings.put(finding);
    await publish(key, judgement.next, deps);
    await record(judgement.entry);
    const { outcome, reason, code, windows, transitions } = judgement.entry;
    deps.log[code === null ? 'info' : 'warn']({ ...where, outcome, reason, code, windows, transitions }, 'judged');
    return { judgedWindows: windows, transitions };
  } catch (thrown) {
    const error = asTocsinError(thrown);
    if (error.kind === 'transient') throw error;
    await record({ ...nothingJudged(pass, now), outcome: 'failed', reason: error.detail, code: error.code });
    deps.log.error({ ...where, code: error.code, detail: error.detail }, 'evaluation failed');
    return { judgedWindows: 0, transitions: 0 };
  }
}

function nothingJudged(pass: Pass, now: number): Omit<EvaluationEntry, 'rule' | 'shard' | 'at' | 'outcome' | 'reason' | 'code'> {
  const windowEnd = pass.plan.due.at(-1)?.window.end ?? pass.state?.lastWindowEnd ?? now;
  return { windowEnd, windows: 0, series: 0, breaches: 0, transitions: 0 };
}

async function readRequests(
  job: EvaluationJob,
  requests: readonly ReadRequest[],
  deps: EvaluateDeps,
): Promise<readonly (readonly WindowReadings[])[]> {
  switch (job.kind) {
    case 'activity':
      return readActivity(requests, deps.activity, deps.inventory);
    case 'heartbeats':
      return readHeartbeats(requests, deps.heartbeats);
    case 'streams':
      return readStreams(requests, deps.streams);
    case 'inventory':
      return readInventory(requests, deps.deployments);
    case 'metrics':
    case 'logs': {
      const read =
        job.kind === 'metrics'
          ? await readMetrics(requests, deps.metrics)
          : await readLogs(requests, job.workspace ?? '', deps.logs);
      return Promise.all(
        requests.map((request, index) => withDeployments(request, read[index] ?? [], deps.deployments, deps.prices)),
      );
    }
  }
}

async function expectedOf({ rule, targets }: Pass, deps: EvaluateDeps): Promise<readonly Expected[]> {
  if (rule.condition.kind !== 'absent' || !rule.condition.expect.some((expect) => expect.kind === 'inventory')) return [];
  const lists = await Promise.all(targets.map((target) => deps.inventory.expected(target, rule.signal.by)));
  return lists.flat();
}

/**
 * Queues the state's unsent transitions, then forgets them. A crash between the two queues them again with the same ids; a lost race
 * for the second write leaves them to the next evaluation, which does the same.
 */
async function publish(key: ShardKey, state: ShardState | null, deps: EvaluateDeps): Promise<number> {
  const transitions = state?.unsent ?? [];
  if (transitions.length === 0) return 0;
  await publishTransitions(transitions, deps.notifications);
  const stored = await deps.states.read(key);
  if (stored.value !== null) {
    const sent = transitions.map((transition) => transition.id);
    await deps.states.replace(key, withoutUnsent(stored.value, sent), stored.version);
  }
  return transitions.length;
}
