import type { Route } from '../../src/model/route.ts';

/** A root route: Alertmanager's timings, one group per rule and target. */
export function rootRoute(fields: Partial<Route> = {}): Route {
  return {
    id: '',
    matchers: [],
    receivers: [],
    groupBy: ['alertname', 'target'],
    groupWait: 30_000,
    groupInterval: 300_000,
    repeatInterval: 4 * 3_600_000,
    continue: false,
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    routes: [],
    ...fields,
  };
}
