import type { Alert } from '../model/alert.ts';
import type { Labels } from '../model/labels.ts';
import type { SetupProblem } from '../model/setup-problem.ts';
import { isoTime } from '../render/time.ts';
import { ruleStatus } from './rule-status.ts';
import type { Forwarded, Overview, Part, Waiting } from './view.ts';

/**
 * `GET /api/status`: the whole installation for scripts. Times are RFC 3339 in UTC, ages and spans are seconds, ratios are in [0, 1].
 * A part that could not be read is `null`, and `errors` says why. `schemaVersion` changes when a member is removed or changes its
 * meaning; members may be added.
 */
export interface StatusJson {
  readonly schemaVersion: 1;
  readonly now: string;
  /** `ok`: evaluation runs and everything could be read; `stale`: the timer has stopped; `degraded`: something could not be read or judged, or is not set up. */
  readonly status: 'ok' | 'degraded' | 'stale';
  readonly tick: {
    readonly ok: boolean;
    readonly ageSeconds: number | null;
    readonly reason: string;
    readonly code: string | null;
  };
  readonly alerts: {
    readonly open: readonly AlertJson[] | null;
    /** Resolved in the last 24 hours, newest first. */
    readonly resolved: readonly AlertJson[] | null;
  };
  /** What keeps the app from doing what its files say. */
  readonly setup: readonly SetupProblem[];
  readonly rules: readonly RuleJson[];
  /** Of the last 24 hours, by kind. */
  readonly findings: Readonly<Record<string, number>> | null;
  /** Newest first. */
  readonly digests: readonly DigestJson[] | null;
  readonly notifications: {
    readonly sent: number;
    readonly failed: number;
    readonly retried: number;
    /** Decided on and not yet confirmed by the receiver. */
    readonly pending: number;
  } | null;
  readonly forwarding: (Omit<Forwarded, 'updatedAt'> & { readonly updatedAt: string | null }) | null;
  /** What sinks have not taken yet. */
  readonly waiting: Waiting | null;
  readonly errors: readonly { readonly part: string; readonly code: string; readonly detail: string }[];
}

export interface AlertJson {
  readonly fingerprint: string;
  readonly rule: string;
  readonly target: string;
  readonly labels: Labels;
  readonly severity: number;
  readonly status: 'firing' | 'resolved';
  readonly reason: string;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly value: number | null;
  readonly condition: string;
  readonly summary: string;
  /** Notifications about this episode that a receiver confirmed. */
  readonly deliveries: number;
  /** Who takes care of it; `null` where nobody does. */
  readonly acknowledgedBy: string | null;
  readonly owner: string;
  readonly action: string;
  readonly respondBy: string;
  readonly path: string;
}

interface RuleJson {
  readonly id: string;
  readonly disposition: 'alert' | 'report';
  readonly severity: number;
  readonly firing: number | null;
  /** The worst newest evaluation over its shards; `null` when it was never evaluated. */
  readonly lastEvaluation: {
    readonly at: string;
    readonly windowEnd: string;
    readonly outcome: string;
    readonly reason: string;
    readonly code: string | null;
    readonly series: number;
    readonly breaches: number;
    readonly shards: number;
  } | null;
}

interface DigestJson {
  readonly id: string;
  readonly name: string;
  readonly window: { readonly start: string; readonly end: string };
  readonly publishedAt: string;
  readonly headline: string;
  readonly alerts: number;
  readonly findings: number;
  readonly path: string;
}

export function statusJson(view: Overview): StatusJson {
  const { now, vitals, open, resolved, evaluations, findings, digests, notifications, forward, waiting, quarantined, rules } =
    view;
  const parts = { open, resolved, evaluations, findings, digests, notifications, forward, waiting, quarantined };
  const errors = Object.entries(parts).flatMap(([part, read]) =>
    read.ok ? [] : [{ part, code: read.code, detail: read.detail }],
  );
  const statuses = rules.map((rule) => ruleStatus(rule, evaluations.ok ? evaluations.value : [], now));
  const troubled = statuses.some(({ tone }) => tone === 'bad' || tone === 'warn');
  return {
    schemaVersion: 1,
    now: isoTime(now),
    status: !vitals.ok
      ? 'stale'
      : errors.length > 0 || troubled || view.setup.length > 0 || vitals.code !== null
        ? 'degraded'
        : 'ok',
    tick: { ok: vitals.ok, ageSeconds: vitals.lastTickAgeSeconds, reason: vitals.reason, code: vitals.code },
    alerts: { open: read(open, (alerts) => alerts.map(alertJson)), resolved: read(resolved, (alerts) => alerts.map(alertJson)) },
    setup: view.setup,
    rules: statuses.map(({ rule, entry, shards }) => ({
      id: rule.id,
      disposition: rule.disposition,
      severity: rule.severity,
      firing: read(open, (alerts) => alerts.filter((alert) => alert.rule === rule.id).length),
      lastEvaluation: entry && {
        at: isoTime(entry.at),
        windowEnd: isoTime(entry.windowEnd),
        outcome: entry.outcome,
        reason: entry.reason,
        code: entry.code,
        series: entry.series,
        breaches: entry.breaches,
        shards,
      },
    })),
    findings: read(findings, (all) => {
      const kinds: Record<string, number> = {};
      for (const { kind } of all) kinds[kind] = (kinds[kind] ?? 0) + 1;
      return kinds;
    }),
    digests: read(digests, (all) =>
      all.map(({ window, publishedAt, ...digest }) => ({
        ...digest,
        window: { start: isoTime(window.start), end: isoTime(window.end) },
        publishedAt: isoTime(publishedAt),
        path: `/digests/${encodeURIComponent(digest.id)}`,
      })),
    ),
    notifications: read(notifications, (records) =>
      records.reduce(
        (sum, { counts, pending }) => ({
          sent: sum.sent + counts.sent,
          failed: sum.failed + counts.failed,
          retried: sum.retried + counts.retried,
          pending: sum.pending + (pending === null ? 0 : 1),
        }),
        { sent: 0, failed: 0, retried: 0, pending: 0 },
      ),
    ),
    forwarding: read(forward, (counts) => ({
      ...counts,
      updatedAt: counts.updatedAt === null ? null : isoTime(counts.updatedAt),
    })),
    waiting: read(waiting, (all) => all),
    errors,
  };
}

function alertJson(alert: Alert): AlertJson {
  const { fingerprint, rule, target, labels, severity, status, reason, startsAt, endsAt, value, condition, summary } = alert;
  return {
    fingerprint,
    rule,
    target,
    labels,
    severity,
    status,
    reason,
    startsAt: isoTime(startsAt),
    endsAt: endsAt === null ? null : isoTime(endsAt),
    value,
    condition,
    summary,
    deliveries: alert.history.filter((entry) => entry.what === 'notified').length,
    acknowledgedBy: status === 'firing' ? (alert.acknowledgement?.by ?? null) : null,
    owner: alert.response.owner,
    action: alert.response.action,
    respondBy: isoTime(startsAt + alert.response.within),
    path: `/alerts/${fingerprint}`,
  };
}

function read<Value, Result>(part: Part<Value>, shape: (value: Value) => Result): Result | null {
  return part.ok ? shape(part.value) : null;
}
