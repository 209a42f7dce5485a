import type { Finding } from '../model/finding.ts';
import type { Labels } from '../model/labels.ts';
import { isoTime } from '../render/time.ts';
import type {
  Change,
  Counters,
  DeliveryFigures,
  DeliveryTotals,
  DigestModel,
  Episode,
  ForwardTotals,
  Offender,
  StuckDelivery,
} from './model.ts';

/**
 * The JSON form of a digest, for scripts. `schemaVersion` changes when a member is removed or changes its meaning; members may be
 * added. Times are RFC 3339 in UTC, durations are seconds, ratios are in [0, 1].
 */
export interface DigestJson {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly name: string;
  readonly period: DigestModel['period'];
  readonly window: { readonly start: string; readonly end: string };
  readonly zone: string;
  readonly headline: string;
  readonly quiet: boolean;
  readonly counts: DigestModel['counts'];
  readonly fired: readonly {
    readonly rule: string;
    readonly severity: number;
    readonly firingSeconds: number;
    /** One entry a cell of the strip: the share of it in which the rule fired, `null` where it could not be judged. */
    readonly strip: readonly (number | null)[];
    readonly episodes: readonly EpisodeJson[];
  }[];
  readonly open: readonly EpisodeJson[];
  readonly new: readonly Change[];
  readonly gone: readonly Change[];
  readonly findings: readonly FindingJson[];
  readonly troubles: readonly FindingJson[];
  readonly unjudged: readonly {
    readonly rule: string;
    readonly outcome: string;
    readonly reason: string;
    readonly code: string | null;
    readonly shards: number;
    readonly windowEnd: string | null;
  }[];
  readonly topTargets: readonly OffenderJson[];
  readonly topRules: readonly OffenderJson[];
  /** What the rules asked of people; a suggestion only for a week or longer. */
  readonly fatigue: DigestModel['fatigue'];
  /** Added since the previous digest; since Tocsin began where `sincePrevious` is false. */
  readonly sincePrevious: boolean;
  readonly deliveries: readonly DeliveryFigures[];
  readonly unconfirmed: readonly (Omit<StuckDelivery, 'createdAt'> & { readonly createdAt: string })[];
  readonly forwarding: ForwardTotals;
  readonly quietRules: readonly string[];
  /** Rules that match no resource. */
  readonly idleRules: readonly string[];
  /** What the counters stood at; the next digest subtracts them. */
  readonly counters: Counters;
}

interface EpisodeJson {
  readonly fingerprint: string;
  readonly rule: string;
  readonly target: string;
  readonly labels: Labels;
  readonly severity: number;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly open: boolean;
  readonly durationSeconds: number;
  readonly condition: string;
  readonly summary: string;
  readonly reason: string;
  readonly owner: string;
  readonly peak: number | null;
  readonly last: number | null;
  readonly unit: 'ratio' | 'number';
  readonly deliveries: number;
  readonly failedDeliveries: number;
}

interface FindingJson extends Omit<Finding, 'firstAt' | 'lastAt' | 'evidence'> {
  readonly firstAt: string;
  readonly lastAt: string;
}

interface OffenderJson {
  readonly name: string;
  readonly firingSeconds: number;
  readonly episodes: number;
}

export function renderJson(model: DigestModel): string {
  return `${JSON.stringify(digestJson(model), null, 2)}\n`;
}

/** The counters of a published digest, `null` when the text is not one we understand: then the next digest counts from the beginning. */
export function countersOfJson(text: string): Counters | null {
  const { counters } = parsed(text);
  if (!isRecord(counters)) return null;
  const { forwarding, deliveries } = counters;
  if (!isRecord(forwarding) || !isRecord(deliveries)) return null;
  const figure = (from: Record<string, unknown>, name: string) => (typeof from[name] === 'number' ? from[name] : 0);
  return {
    forwarding: {
      events: figure(forwarding, 'events'),
      records: figure(forwarding, 'records'),
      quarantined: figure(forwarding, 'quarantined'),
      duplicates: figure(forwarding, 'duplicates'),
      sinkRequests: figure(forwarding, 'sinkRequests'),
      parked: figure(forwarding, 'parked'),
    },
    deliveries: Object.fromEntries(
      Object.entries(deliveries).map(([receiver, totals]): [string, DeliveryTotals] => {
        const from = isRecord(totals) ? totals : {};
        return [receiver, { sent: figure(from, 'sent'), failed: figure(from, 'failed'), retried: figure(from, 'retried') }];
      }),
    ),
  };
}

function digestJson(model: DigestModel): DigestJson {
  const { id, name, period, window, zone, headline, quiet, counts } = model;
  return {
    schemaVersion: 1,
    id,
    name,
    period,
    window: { start: isoTime(window.start), end: isoTime(window.end) },
    zone,
    headline,
    quiet,
    counts,
    fired: model.fired.map(({ rule, severity, firingTime, strip, episodes }) => ({
      rule,
      severity,
      firingSeconds: seconds(firingTime),
      strip: strip.map(({ state, share }) => (state === 'unknown' ? null : Math.round(share * 1000) / 1000)),
      episodes: episodes.map(episodeJson),
    })),
    open: model.open.map(episodeJson),
    new: model.fresh,
    gone: model.gone,
    findings: model.reports.flatMap(({ findings }) => findings.map(findingJson)),
    troubles: model.troubles.flatMap(({ findings }) => findings.map(findingJson)),
    unjudged: model.unjudged.map((rule) => ({ ...rule, windowEnd: rule.windowEnd === null ? null : isoTime(rule.windowEnd) })),
    topTargets: model.topTargets.map(offenderJson),
    topRules: model.topRules.map(offenderJson),
    fatigue: model.fatigue,
    sincePrevious: model.sinceBefore,
    deliveries: model.deliveries,
    unconfirmed: model.stuck.map((delivery) => ({ ...delivery, createdAt: isoTime(delivery.createdAt) })),
    forwarding: model.forwarding,
    quietRules: model.quietRules,
    idleRules: model.idleRules,
    counters: model.counters,
  };
}

function episodeJson(episode: Episode): EpisodeJson {
  const { startsAt, endsAt, duration, evidence, firingTime: _, ...rest } = episode;
  return {
    ...rest,
    startsAt: isoTime(startsAt),
    endsAt: endsAt === null ? null : isoTime(endsAt),
    durationSeconds: seconds(duration),
    unit: evidence.unit,
  };
}

function findingJson({ firstAt, lastAt, evidence: _, ...rest }: Finding): FindingJson {
  return { ...rest, firstAt: isoTime(firstAt), lastAt: isoTime(lastAt) };
}

function offenderJson({ name, firingTime, episodes }: Offender): OffenderJson {
  return { name, firingSeconds: seconds(firingTime), episodes };
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
