import { routesFor } from '../../../src/alerts/route.ts';
import type { Labels } from '../../../src/model/labels.ts';
import { type AlertingCase, compared, type Fields, fields, list, text, type Verdict } from './case.ts';
import { configOf, matchersOf, receiverNamed, seconds } from './tocsin-yaml.ts';

const TIMINGS = { group_wait_s: 'groupWait', group_interval_s: 'groupInterval', repeat_interval_s: 'repeatInterval' } as const;

/** Names of receivers are lower case in tocsin.yaml. */
const nameOf = (receiver: unknown): string => text(receiver).toLowerCase();

function settingsOf(route: Fields): Fields {
  const timings = Object.entries(TIMINGS).flatMap(([key, ours]) =>
    route[key] === undefined ? [] : [[ours, seconds(route[key])]],
  );
  return {
    ...Object.fromEntries(timings),
    ...(route.group_by === undefined ? {} : { groupBy: route.group_by }),
    ...(route.receiver === undefined ? {} : { receivers: [nameOf(route.receiver)] }),
    ...(route.routes === undefined ? {} : { routes: list(route.routes).map((child) => childOf(fields(child))) }),
  };
}

function childOf(route: Fields): Fields {
  const matchers = matchersOf(route.match, route.match_re, route.matchers);
  return { ...settingsOf(route), matchers, ...(route.continue === true ? { continue: true } : {}) };
}

function receiversIn(route: Fields): readonly string[] {
  return [nameOf(route.receiver), ...list(route.routes).flatMap((child) => receiversIn(fields(child)))].filter(Boolean);
}

/** A routing tree and the labels of an alert: the routes that it takes. */
export async function routeMatch({ given, expect }: AlertingCase): Promise<Verdict> {
  const tree = fields(given.tree);
  const { route } = configOf({
    receivers: [...new Set(receiversIn(tree))].map((name) => receiverNamed(name)),
    route: { ...settingsOf(fields(given.defaults)), ...settingsOf(tree) },
  });
  const taken = routesFor(route, fields(given.labels) as Labels).map((one) => ({
    receiver: one.receivers[0],
    group_by: one.groupBy === 'all' ? ['...'] : one.groupBy,
    group_wait_s: one.groupWait / 1000,
    group_interval_s: one.groupInterval / 1000,
    repeat_interval_s: one.repeatInterval / 1000,
  }));
  const wanted = list(expect.routes).map((one) => ({ ...fields(one), receiver: nameOf(fields(one).receiver) }));
  return compared('routes', taken, wanted);
}
