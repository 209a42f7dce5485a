import { groupsOf } from '../alerts/group.ts';
import { mutedBy } from '../alerts/hold.ts';
import { inhibitorOf } from '../alerts/inhibit.ts';
import { routeById } from '../alerts/route.ts';
import { silencesOf } from '../alerts/silence.ts';
import type { Alert } from '../model/alert.ts';
import { alertLabels } from '../model/alert-labels.ts';
import type { Config } from '../model/config.ts';
import type { Labels } from '../model/labels.ts';
import type { Silence } from '../model/silence.ts';

/** An alert in one of its groups, and all that keeps it from being notified there. */
export interface GroupedAlert {
  readonly alert: Alert;
  readonly group: { readonly key: string; readonly labels: Labels };
  readonly receivers: readonly string[];
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
  readonly mutedBy: readonly string[];
}

/** How alerts that fire stand to the people who should be told of them: once for each route that an alert takes. */
export function standings(
  firing: readonly Alert[],
  silences: readonly Silence[],
  { route: root, inhibit, timeIntervals }: Pick<Config, 'route' | 'inhibit' | 'timeIntervals'>,
  now: number,
): readonly GroupedAlert[] {
  const sources = firing.map((alert) => ({ alert, labels: alertLabels(alert) }));
  return sources.flatMap(({ alert, labels }) => {
    const inhibitor = inhibitorOf(labels, inhibit, sources);
    const silencedBy = silencesOf(labels, silences, now).map(({ id }) => id);
    const inhibitedBy = inhibitor === null ? [] : [inhibitor.alert.fingerprint];
    return groupsOf(alert, root).map((group): GroupedAlert => {
      const route = routeById(root, group.route) ?? root;
      const muted = mutedBy(route, timeIntervals, now);
      return { alert, group, receivers: route.receivers, silencedBy, inhibitedBy, mutedBy: muted === null ? [] : [muted] };
    });
  });
}
