import { type DuePlan, planWindows } from '../evaluate/due.ts';
import { judge, withoutUnsent } from '../evaluate/judge.ts';
import type { Transition } from '../model/alert.ts';
import { asTocsinError } from '../model/errors.ts';
import type { EvaluationEntry } from '../model/evaluation-log.ts';
import type { EvaluationJob, NotificationJob } from '../model/messages.ts';
import type { Rule } from '../model/rule.ts';
import type { ShardKey, ShardState } from '../model/state.ts';
import type { Expected, Target } from '../model/target.ts';
import type {
  Clock,
  EvaluationLog,
  EvaluationStore,
  FindingStore,
  Inventory,
  JobQueue,
  Log,
  LogSource,
  MetricSource,
  Version,
} from '../ports.ts';
import { shardsOf } from '../rules/shards.ts';
import { readLogs, readMetrics, readWatermarks, type WindowReadings } from './read-signals.ts';

export interface EvaluateDeps {
  readonly rules: readonly Rule[];
  readonly workspaces: readonly string[];
  readonly metrics: MetricSource;
  readonly logs: LogSource;
  readonly inventory: Inventory;
  readonly states: EvaluationStore;
  readonly evaluations: EvaluationLog;
  readonly findings: FindingStore;
  readonly notifications: JobQueue<NotificationJob>;
  readonly clock: Clock;
  readonly log: Log;
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
  const watermarks =
    job.kind === 'logs' && job.workspace !== null ? await readWatermarks(shards, job.workspace, deps.logs, deps.clock) : null;
  return Promise.all(
    shards.map(async ({ rule, key, targets }) => {
      const { value: state, version } = await deps.states.read(key);
      const ids = targets.map((target) => target.id);
      const plan = planWindows(rule, state, ids, watermarks === null ? null : watermarks(rule), deps.clock.now());
      return { rule, key, targets, state, version, plan };
    }),
  );
}

async function readAll(
  job: EvaluationJob,
  passes: readonly Pass[],
  deps: EvaluateDeps,
): Promise<readonly (readonly WindowReadings[])[]> {
  const requests = passes.map(({ rule, targets, plan }) => ({
    rule,
    targets,
    windows: [...plan.due.map((due) => due.window), ...plan.recheck],
  }));
  if (job.kind === 'metrics') return readMetrics(requests, deps.metrics);
  return readLogs(requests, job.workspace ?? '', deps.logs);
}

async function closePass(pass: Pass, read: readonly WindowReadings[], deps: EvaluateDeps): Promise<EvaluateOutcome> {
  const { rule, key, version, plan } = pass;
  const now = deps.clock.now();
  const record = (entry: Omit<EvaluationEntry, 'rule' | 'shard' | 'at'>) =>
    deps.evaluations.record({ rule: rule.id, shard: key.shard, at: now, ...entry });

  const { plan: readable, trouble } = postponeUnread(rule, plan, read, now);
  if (readable.due.length === 0 && readable.recheck.length === 0) {
    const pending = (pass.state?.unsent ?? []).length > 0 ? await publish(pass, pass.state?.unsent ?? [], deps) : 0;
    const waits = trouble ?? (plan.waiting === null ? null : { reason: plan.waiting, code: null });
    if (waits !== null) await record({ ...idle(pass, now), outcome: trouble === null ? 'waiting' : 'unknown', ...waits });
    if (trouble !== null) deps.log.warn({ rule: rule.id, shard: key.shard, ...trouble }, 'could not read');
    return { judgedWindows: 0, transitions: pending };
  }

  const count = readable.due.length;
  try {
    const judgement = judge(
      rule,
      pass.state,
      readable,
      { due: read.slice(0, count), recheck: read.slice(plan.due.length) },
      await expectedOf(pass, deps),
      now,
    );
    if (!(await deps.states.replace(key, judgement.next, version))) {
      deps.log.info({ rule: rule.id, shard: key.shard }, 'someone else judged');
      return { judgedWindows: 0, transitions: 0 };
    }
    for (const finding of judgement.findings) await deps.findings.put(finding);
    if (judgement.next.unsent.length > 0) await publish({ ...pass, state: judgement.next }, judgement.next.unsent, deps);
    const entry = trouble === null ? judgement.entry : { ...judgement.entry, ...trouble };
    await record(plan.waiting === null ? entry : { ...entry, reason: `${entry.reason}; waiting: ${plan.waiting}` });
    deps.log.info(
      { rule: rule.id, shard: key.shard, windows: count, transitions: judgement.transitions.length, reason: entry.reason },
      'judged',
    );
    return { judgedWindows: count, transitions: judgement.transitions.length };
  } catch (thrown) {
    const error = asTocsinError(thrown);
    if (error.kind === 'transient') throw error;
    await record({ ...idle(pass, now), outcome: 'failed', reason: error.detail, code: error.code });
    deps.log.error({ rule: rule.id, shard: key.shard, code: error.code, detail: error.detail }, 'evaluation failed');
    return { judgedWindows: 0, transitions: 0 };
  }
}

/**
 * A target that could not be read lags behind instead of being judged blind, so that the window is judged when reading works again.
 * After `delay × 3` past a window's end it is judged as it is, under the rule's `noData` and `onError`.
 */
export function postponeUnread(
  rule: Rule,
  plan: DuePlan,
  read: readonly WindowReadings[],
  now: number,
): { readonly plan: DuePlan; readonly trouble: { readonly reason: string; readonly code: string } | null } {
  const postponed = new Set<string>();
  let trouble: { reason: string; code: string } | null = null;
  const due = plan.due.map((due, index) => {
    const readings = read[index]?.readings ?? {};
    for (const id of due.targets) {
      const reading = readings[id];
      if (reading?.status !== 'unknown' || reading.reason === 'no data') continue;
      trouble ??= { reason: `${reading.reason}: ${reading.detail}`, code: reading.code };
      if (now < due.window.end + 3 * rule.delay) postponed.add(id);
    }
    if (postponed.size === 0) return due;
    return { ...due, targets: due.targets.filter((id) => !postponed.has(id)), late: due.late.filter((id) => !postponed.has(id)) };
  });
  if (postponed.size === 0) return { plan, trouble };
  const everyoneWaits = due.every((each) => each.targets.length === 0);
  return { plan: { ...plan, due: everyoneWaits ? [] : due, recheck: everyoneWaits ? [] : plan.recheck }, trouble };
}

function idle(pass: Pass, now: number): Omit<EvaluationEntry, 'rule' | 'shard' | 'at' | 'outcome' | 'reason' | 'code'> {
  const windowEnd = pass.plan.due.at(-1)?.window.end ?? pass.state?.lastWindowEnd ?? now;
  return { windowEnd, windows: 0, series: 0, breaches: 0, transitions: 0 };
}

async function expectedOf({ rule, targets }: Pass, deps: EvaluateDeps): Promise<readonly Expected[]> {
  if (rule.condition.kind !== 'absent' || !rule.condition.expect.some((expect) => expect.kind === 'inventory')) return [];
  const lists = await Promise.all(targets.map((target) => deps.inventory.expected(target, rule.signal.by)));
  return lists.flat();
}

/** About 40 KB of JSON in a message, well under the 48 KB of text that a storage queue carries. */
const TRANSITIONS_PER_MESSAGE = 8;

/**
 * Queues transitions, then forgets them. A crash between the two queues them again with the same ids; a lost race for the second
 * write leaves them to the next evaluation, which does the same.
 */
async function publish({ key, state }: Pass, transitions: readonly Transition[], deps: EvaluateDeps): Promise<number> {
  for (let start = 0; start < transitions.length; start += TRANSITIONS_PER_MESSAGE) {
    await deps.notifications.send({
      kind: 'transitions',
      transitions: transitions.slice(start, start + TRANSITIONS_PER_MESSAGE),
    });
  }
  const stored = await deps.states.read(key);
  if (stored.value === null || state === null) return transitions.length;
  const sent = transitions.map((transition) => transition.id);
  await deps.states.replace(key, withoutUnsent(stored.value, sent), stored.version);
  return transitions.length;
}
