/** A check-in of a job that Tocsin does not run. */
export interface Heartbeat {
  readonly id: string;
  readonly phase: 'start' | 'finish' | 'fail';
  readonly at: number;
  /** What the job sent with it, at most 1,000 characters. */
  readonly note?: string;
}

/** The newest check-in of each phase of one job, in epoch ms; `null`: none yet. */
export interface CheckIns {
  readonly start: number | null;
  readonly finish: number | null;
  readonly fail: number | null;
  /** What the job sent when it failed last. */
  readonly note: string;
}

export const NO_CHECK_INS: CheckIns = { start: null, finish: null, fail: null, note: '' };

/** The newest check-ins by job, whatever their order. */
export function checkInsOf(heartbeats: readonly Heartbeat[]): ReadonlyMap<string, CheckIns> {
  const jobs = new Map<string, CheckIns>();
  for (const { id, phase, at, note = '' } of heartbeats) {
    const known = jobs.get(id) ?? NO_CHECK_INS;
    if ((known[phase] ?? Number.NEGATIVE_INFINITY) > at) continue;
    jobs.set(id, { ...known, [phase]: at, ...(phase === 'fail' && { note }) });
  }
  return jobs;
}
