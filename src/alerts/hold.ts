import type { Alert } from '../model/alert.ts';
import { alertLabels } from '../model/alert-labels.ts';
import type { Config } from '../model/config.ts';
import type { HoldReason, SentEntry } from '../model/notification.ts';
import type { Route } from '../model/route.ts';
import type { Silence } from '../model/silence.ts';
import { episodeOf } from './episode.ts';
import { inhibitorOf } from './inhibit.ts';
import { silencesOf } from './silence.ts';
import { intervalsAt } from './time-interval.ts';

/** What can keep alerts from being notified at one moment. */
export interface Circumstances {
  readonly silences: readonly Silence[];
  readonly inhibit: Config['inhibit'];
  /** Everything that fires, for inhibition; empty is enough where there are no rules. */
  readonly firing: readonly Alert[];
  /** Why the route sends nothing now, `null` when it does. */
  readonly muted: string | null;
}

export interface HeldAlert {
  readonly alert: Alert;
  readonly why: HoldReason;
  /** The silence, alert or interval that does it. */
  readonly by: string;
}

/** Alerts of a group that a receiver may be told of now, and those that are held back, with the reason. */
export interface SortedOut {
  readonly shown: readonly Alert[];
  readonly held: readonly HeldAlert[];
}

/** The interval for which a route is quiet now, in words; `null` when it is not. */
export function mutedBy(route: Route, intervals: Config['timeIntervals'], now: number): string | null {
  const [mute] = intervalsAt(route.muteTimeIntervals, intervals, now);
  if (mute !== undefined) return mute;
  const active = route.activeTimeIntervals;
  return active.length > 0 && intervalsAt(active, intervals, now).length === 0 ? `outside ${active.join(', ')}` : null;
}

/**
 * The end of an alert that the receiver was told fires passes silences and inhibition: an incident that was opened there is closed. A
 * mute interval holds back everything, until it is over.
 */
export function sortOut(
  alerts: readonly Alert[],
  circumstances: Circumstances,
  sent: Pick<SentEntry, 'firing'> | null,
  now: number,
): SortedOut {
  const told = new Set(sent?.firing);
  const others =
    circumstances.inhibit.length === 0 ? [] : circumstances.firing.map((alert) => ({ labels: alertLabels(alert), alert }));
  const shown: Alert[] = [];
  const held: HeldAlert[] = [];
  for (const alert of alerts) {
    const hold = holdOf(alert, others, circumstances, now);
    const passes = hold?.why !== 'muted' && alert.status === 'resolved' && told.has(episodeOf(alert));
    if (hold === null || passes) shown.push(alert);
    else held.push({ alert, ...hold });
  }
  return { shown, held };
}

function holdOf(
  alert: Alert,
  others: readonly { readonly labels: ReturnType<typeof alertLabels>; readonly alert: Alert }[],
  { silences, inhibit, muted }: Circumstances,
  now: number,
): Pick<HeldAlert, 'why' | 'by'> | null {
  if (muted !== null) return { why: 'muted', by: muted };
  if (inhibit.length === 0 && silences.length === 0) return null;
  const labels = alertLabels(alert);
  const inhibitor = inhibitorOf(labels, inhibit, others);
  if (inhibitor !== null) return { why: 'inhibited', by: inhibitor.alert.fingerprint };
  const [silence] = silencesOf(labels, silences, now);
  return silence === undefined ? null : { why: 'silenced', by: silence.id };
}
