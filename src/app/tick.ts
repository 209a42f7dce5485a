import { asTocsinError, type ErrorCode } from '../model/errors.ts';
import type { EvaluationJob } from '../model/messages.ts';
import type { Rule } from '../model/rule.ts';
import type { Clock, Inventory, JobQueue, Log, TickStore } from '../ports.ts';
import { planJobs } from '../rules/plan.ts';

export interface TickDeps {
  readonly rules: readonly Rule[];
  readonly workspaces: readonly string[];
  readonly inventory: Inventory;
  readonly ticks: TickStore;
  readonly evaluations: JobQueue<EvaluationJob>;
  /** Work that a lost message may have left behind; run on every tick, each on its own. */
  readonly sweeps: readonly { readonly name: string; readonly run: () => Promise<unknown> }[];
  /** Names the configuration; when it is another than at the last tick, `reconfigured` runs. */
  readonly configuration?: string;
  readonly reconfigured?: () => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface TickOutcome {
  readonly jobs: number;
  readonly targets: number;
}

/**
 * Plans everything that became due since the last tick that is on record. Safe to run twice or late: evaluation asks its own state
 * which windows are due. The record is written last, so that a tick that failed half-way is planned again.
 */
export async function tick(deps: TickDeps): Promise<TickOutcome> {
  const now = deps.clock.now();
  const sweeps = Promise.all(deps.sweeps.map((sweep) => runSweep(sweep, deps.log)));
  try {
    const { value: last, version } = await deps.ticks.read();
    const targets = await deps.inventory.targets(deps.rules.map((rule) => rule.on));
    const jobs = planJobs({ rules: deps.rules, targets, workspaces: deps.workspaces, lastTickAt: last?.lastTickAt ?? null, now });
    await Promise.all(jobs.map((job) => deps.evaluations.send(job, job.after)));
    const { configuration } = deps;
    if (last !== null && configuration !== last.configuration) await deps.reconfigured?.();
    const named = configuration === undefined ? {} : { configuration };
    await deps.ticks.replace({ lastTickAt: now, planned: jobs.length, ...named }, version);
    deps.log.info({ jobs: jobs.length, targets: targets.length }, 'tick');
    return { jobs: jobs.length, targets: targets.length };
  } catch (thrown) {
    await noteFailure(asTocsinError(thrown).code, now, deps);
    throw thrown;
  } finally {
    await sweeps;
  }
}

/** So that health and console can say why nothing is evaluated. Where even that cannot be written, the log has it. */
async function noteFailure(code: ErrorCode, at: number, { ticks, log }: TickDeps): Promise<void> {
  try {
    const { value, version } = await ticks.read();
    await ticks.replace({ ...(value ?? { lastTickAt: null, planned: 0 }), failure: { at, code } }, version);
  } catch (thrown) {
    log.warn({ code: asTocsinError(thrown).code }, 'failed tick not noted');
  }
}

async function runSweep(sweep: TickDeps['sweeps'][number], log: Log): Promise<void> {
  try {
    await sweep.run();
  } catch (thrown) {
    const error = asTocsinError(thrown);
    log.warn({ sweep: sweep.name, code: error.code, detail: error.detail }, 'sweep failed');
  }
}
