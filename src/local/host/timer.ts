import type { Log } from '../../ports.ts';
import type { LocalClock } from '../clock/clock.ts';
import type { Binding, RegisteredFunction } from './core-api.ts';
import type { Invoker } from './invoker.ts';
import type { Listener } from './listener.ts';
import { ncrontab, type Schedule } from './ncrontab.ts';
import { withRetries } from './retry.ts';
import { afterRun, checkPastDue, type ScheduleStatus, type StatusStore, toWire } from './timer-status.ts';
import { json } from './typed-data.ts';

export interface TimerOptions {
  readonly fn: RegisteredFunction;
  /** With its settings resolved. */
  readonly binding: Binding;
  readonly status: StatusStore;
  readonly invoker: Invoker;
  readonly clock: LocalClock;
  readonly log: Log;
}

/**
 * Fires at every occurrence of an NCRONTAB schedule in UTC. Runs never overlap: one that takes longer than its period is followed at
 * once by a single next one. Occurrences missed while nothing ran are made up for by one run with `isPastDue`; a schedule finer than
 * a minute, or `useMonitor: false`, has neither a status nor that. A failed run is not repeated without a retry policy.
 */
export function timerListener(options: TimerOptions): Listener {
  const schedule = ncrontab(String(options.binding.schedule));
  const stopping = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  return {
    async start() {
      const now = options.clock.now();
      const monitored = options.binding.useMonitor !== false && !schedule.finerThanAMinute(now);
      const { status, missed } = monitored
        ? await pastDue(options, schedule, now)
        : { status: { last: null, next: schedule.next(now), lastUpdated: null }, missed: false };
      const first = missed || options.binding.runOnStartup === true ? { isPastDue: missed } : null;
      loop = run(options, schedule, { status, monitored, first }, stopping.signal);
    },
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

interface Begin {
  readonly status: ScheduleStatus;
  readonly monitored: boolean;
  /** A run that does not wait for the schedule. */
  readonly first: { readonly isPastDue: boolean } | null;
}

async function pastDue({ status: store }: TimerOptions, schedule: Schedule, now: number) {
  const stored = await store.read();
  const checked = checkPastDue(stored, schedule, now);
  if (checked.status !== stored) await store.write(checked.status);
  return checked;
}

async function run(options: TimerOptions, schedule: Schedule, begin: Begin, signal: AbortSignal): Promise<void> {
  const { clock } = options;
  let { status } = begin;
  let due = begin.first;
  try {
    while (!signal.aborted) {
      if (due === null) await clock.sleepUntil(status.next, signal);
      const isPastDue = due?.isPastDue ?? false;
      due = null;
      const startedAt = clock.now();
      await fire(options, begin.monitored ? status : null, isPastDue, signal);
      status = afterRun(startedAt, schedule);
      if (begin.monitored) await clock.busy(() => save(options, status));
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

async function fire(
  { fn, invoker, clock }: TimerOptions,
  status: ScheduleStatus | null,
  isPastDue: boolean,
  signal: AbortSignal,
) {
  const data = json({
    Schedule: { AdjustForDST: true },
    ScheduleStatus: status === null ? null : toWire(status),
    IsPastDue: isPastDue,
  });
  const input = { data, metadata: { TimerTrigger: { string: '' } } };
  const pause = (ms: number) => clock.sleepUntil(clock.now() + ms, signal);
  await withRetries(fn.metadata.retryOptions, pause, (retry) => invoker.invoke(fn, input, retry));
}

/** Azure's host goes on when it cannot write the status, and so must the schedule here. */
async function save({ status: store, log, fn }: TimerOptions, status: ScheduleStatus): Promise<void> {
  try {
    await store.write(status);
  } catch (err) {
    log.warn({ function: fn.metadata.name, err }, 'timer status not written');
  }
}
