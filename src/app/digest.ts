import { compileDigest } from '../digest/compile.ts';
import { sumForward } from '../digest/counters.ts';
import { countersOfJson } from '../digest/json.ts';
import type { Counters, DigestModel, DigestPeriod } from '../digest/model.ts';
import { renderDigest } from '../digest/render.ts';
import { type DueDigest, dueDigests } from '../digest/schedule.ts';
import type { DigestSchedule } from '../model/config.ts';
import type { DigestSummary } from '../model/digest.ts';
import { HOUR } from '../model/duration.ts';
import { asTocsinError } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';
import type { Window } from '../model/window.ts';
import type {
  AlertStore,
  CallOptions,
  Clock,
  DigestStore,
  EvaluationLog,
  FindingStore,
  ForwardMarks,
  Log,
  NotificationLog,
} from '../ports.ts';

/** What a digest is compiled from. */
export interface DigestSources {
  readonly alerts: Pick<AlertStore, 'during'>;
  readonly findings: Pick<FindingStore, 'during'>;
  readonly evaluations: Pick<EvaluationLog, 'latest'>;
  readonly notifications: Pick<NotificationLog, 'all'>;
  readonly forward: Pick<ForwardMarks, 'all'>;
  readonly digests: Pick<DigestStore, 'list' | 'get'>;
  readonly rules: readonly Rule[];
  readonly clock: Clock;
}

export interface DigestDeps extends DigestSources {
  readonly digests: DigestStore;
  readonly schedules: readonly DigestSchedule[];
  /** Base of links into the console: `''` where the console serves the digest itself. */
  readonly consoleUrl: string;
  /**
   * Tells the receivers of a published digest. It is called again for the newest digest while that is less than an hour old, because a
   * crash may have come between publishing and telling: it must recognise a digest by `summary.id` and do nothing the second time.
   */
  readonly announce: (summary: DigestSummary, receivers: readonly string[]) => Promise<void>;
  readonly log: Log;
}

export interface DigestOutcome {
  readonly published: readonly DigestSummary[];
  /** Schedules whose digest could not be made or announced; the next run of the timer tries again. */
  readonly failed: readonly string[];
}

/** A digest on demand or on schedule: which window, against which, under which name. */
export interface DigestRequest {
  readonly name: string;
  readonly period: DigestPeriod;
  readonly window: Window;
  readonly previous: Window;
  readonly zone: string;
}

/** How long a made-up first digest, and a repeated announcement, are worth making. */
const RECENT = HOUR;

/** Publishes and announces every digest that is due. One that fails does not hold up the others. Safe to run twice. */
export async function runDigests(deps: DigestDeps, options?: CallOptions): Promise<DigestOutcome> {
  const { schedules, clock, log } = deps;
  const known = await deps.digests.list(options);
  const published: DigestSummary[] = [];
  const failed: string[] = [];

  for (const schedule of schedules) {
    try {
      const [due] = dueDigests([schedule], lastRunsOf(known), clock.now());
      const fresh = due === undefined ? null : await publish(due, deps, options);
      if (fresh !== null) published.push(fresh);
      const summary = fresh ?? newestOf(known, schedule.name, clock.now());
      if (summary !== null && schedule.receivers.length > 0) await deps.announce(summary, schedule.receivers);
    } catch (thrown) {
      const { code, detail } = asTocsinError(thrown);
      failed.push(schedule.name);
      log.error({ digest: schedule.name, code, detail }, 'digest failed');
    }
  }
  return { published, failed };
}

/** Reads what the stores hold of a window and compiles it; writes nothing. */
export async function collectDigest(request: DigestRequest, sources: DigestSources, options?: CallOptions): Promise<DigestModel> {
  const { name, period, window, previous, zone } = request;
  const [alerts, findings, previousAlerts, previousFindings, evaluations, notifications, marks, countersBefore] =
    await Promise.all([
      sources.alerts.during(window, options),
      sources.findings.during(window, options),
      sources.alerts.during(previous, options),
      sources.findings.during(previous, options),
      sources.evaluations.latest(options),
      sources.notifications.all(options),
      sources.forward.all(options),
      countersBeforeWindow(request, sources, options),
    ]);
  return compileDigest({
    name,
    period,
    window,
    now: sources.clock.now(),
    zone,
    alerts,
    findings,
    previousAlerts,
    previousFindings,
    rules: sources.rules,
    evaluations,
    notifications,
    forward: sumForward(marks.map(({ counts }) => counts)),
    countersBefore,
  });
}

async function publish(due: DueDigest, deps: DigestDeps, options?: CallOptions): Promise<DigestSummary | null> {
  const { schedule, window, previous, first } = due;
  const now = deps.clock.now();
  const request = { name: schedule.name, period: schedule.period, window, previous, zone: schedule.zone };
  const model = await collectDigest(request, deps, options);

  // A new installation did not watch the period before it existed: a digest of it would call blindness quiet.
  const empty = model.fired.length === 0 && model.reports.length === 0 && model.troubles.length === 0;
  if (first && empty && now - window.end > RECENT) return null;

  const summary: DigestSummary = {
    id: model.id,
    name: model.name,
    window,
    publishedAt: now,
    headline: model.headline,
    alerts: model.counts.episodes,
    findings: model.counts.reportFindings + model.counts.troubles,
  };
  await deps.digests.publish(summary, renderDigest(model, { console: deps.consoleUrl }), options);
  deps.log.info({ digest: summary.id, alerts: summary.alerts, findings: summary.findings }, 'digest published');
  return summary;
}

async function countersBeforeWindow(
  { name, window }: DigestRequest,
  { digests }: DigestSources,
  options?: CallOptions,
): Promise<Counters | null> {
  const earlier = (await digests.list(options)).filter((summary) => summary.name === name && summary.window.end <= window.start);
  const [newest] = [...earlier].sort((a, b) => b.window.end - a.window.end);
  if (newest === undefined) return null;
  const text = await digests.get(newest.id, 'json', options);
  return text === null ? null : countersOfJson(text);
}

function lastRunsOf(known: readonly DigestSummary[]): Readonly<Record<string, number>> {
  const lastRuns: Record<string, number> = {};
  for (const { name, window } of known) lastRuns[name] = Math.max(lastRuns[name] ?? 0, window.end);
  return lastRuns;
}

function newestOf(known: readonly DigestSummary[], name: string, now: number): DigestSummary | null {
  const [newest] = known.filter((summary) => summary.name === name).sort((a, b) => b.window.end - a.window.end);
  return newest !== undefined && now - newest.publishedAt < RECENT ? newest : null;
}
