import type { Labels } from '../model/labels.ts';
import { matchesAll } from '../model/matcher.ts';
import type { Route } from '../model/route.ts';

/**
 * The routes that an alert takes: depth first, the first child that matches unless it has `continue`, and the parent where no child
 * does. Empty only where the root itself does not match.
 */
export function routesFor(route: Route, labels: Labels): readonly Route[] {
  if (!matchesAll(route.matchers, labels)) return [];
  const found: Route[] = [];
  for (const child of route.routes) {
    const taken = routesFor(child, labels);
    found.push(...taken);
    if (taken.length > 0 && !child.continue) break;
  }
  return found.length > 0 ? found : [route];
}

/** The route of this id; `null` when the configuration has it no more. */
export function routeById(route: Route, id: string): Route | null {
  if (route.id === id) return route;
  for (const child of route.routes) {
    const found = routeById(child, id);
    if (found !== null) return found;
  }
  return null;
}
