import { hash } from 'node:crypto';
import type { Alert } from '../model/alert.ts';
import { alertLabels } from '../model/alert-labels.ts';
import { type Labels, labelKey, pickLabels } from '../model/labels.ts';
import type { Route } from '../model/route.ts';
import { routesFor } from './route.ts';

export interface GroupIdentity {
  /** SHA-256 (hex) over the group's labels, and over its route below the root. */
  readonly key: string;
  readonly labels: Labels;
  /** Id of the route. */
  readonly route: string;
}

type Grouped = Pick<Alert, 'rule' | 'target' | 'labels' | 'severity'>;

/** The groups that an alert is notified with: one for each route that it takes. */
export function groupsOf(alert: Grouped, root: Route): readonly GroupIdentity[] {
  const labels = alertLabels(alert);
  return routesFor(root, labels).map((route) => groupOn(route, labels));
}

function groupOn({ id, groupBy }: Route, all: Labels): GroupIdentity {
  const labels = groupBy === 'all' ? all : pickLabels(all, groupBy);
  const named = id === '' ? labelKey(labels) : JSON.stringify([id, labelKey(labels)]);
  return { key: hash('sha256', named, 'hex'), labels, route: id };
}
