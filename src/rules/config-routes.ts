import { createHash } from 'node:crypto';
import type { Config } from '../model/config.ts';
import { HOUR, MINUTE, parseDuration, SECOND } from '../model/duration.ts';
import { type Matcher, matcherText, parseMatchers } from '../model/matcher.ts';
import type { GroupTiming, RepeatTiming, Route, RouteSettings } from '../model/route.ts';
import { parseInterval, type WrittenInterval } from '../model/time-interval.ts';
import type { RawConfig, RawRoute } from './config-schema.ts';
import type { Path } from './document.ts';
import type { Scope } from './scope.ts';
import { adviceFor } from './suggest.ts';

type RawRoot = NonNullable<RawConfig['route']>;
type RawInterval = NonNullable<RawConfig['timeIntervals']>[number]['intervals'][number];

const TIMING: GroupTiming = { groupWait: 30 * SECOND, groupInterval: 5 * MINUTE, repeatInterval: 4 * HOUR };
const GROUP_BY = ['alertname', 'target'];

/** The tree with what every route inherits filled in. What is wrong in it is {@link checkRouting}'s to say. */
export function routeOf(raw: RawRoot = {}, everybody: readonly string[]): Route {
  return routeBelow({ matchers: [], ...raw }, '', { ...TIMING, receivers: everybody, groupBy: GROUP_BY });
}

function routeBelow(raw: RawRoute, id: string, above: RouteSettings): Route {
  const settings: RouteSettings = {
    receivers: raw.receivers ?? above.receivers,
    groupBy: raw.groupBy === undefined ? above.groupBy : groupByOf(raw.groupBy),
    groupWait: milliseconds(raw.groupWait, above.groupWait),
    groupInterval: milliseconds(raw.groupInterval, above.groupInterval),
    repeatInterval: milliseconds(raw.repeatInterval, above.repeatInterval),
    ...growthOf(raw, above),
    ...escalationOf(raw, above),
  };
  const taken = new Map<string, number>();
  const routes = (raw.routes ?? []).map((child) => {
    const own = routeId(id, matchersOf(child.matchers));
    const same = taken.get(own) ?? 0;
    taken.set(own, same + 1);
    return routeBelow(child, same === 0 ? own : `${own}-${same}`, settings);
  });
  return {
    id,
    ...settings,
    matchers: matchersOf(raw.matchers),
    continue: raw.continue ?? false,
    muteTimeIntervals: raw.muteTimeIntervals ?? [],
    activeTimeIntervals: raw.activeTimeIntervals ?? [],
    routes,
  };
}

function growthOf(raw: RawRoot, above: RepeatTiming): Pick<RouteSettings, 'repeatFactor' | 'repeatLimit'> {
  const factor = raw.repeatFactor ?? above.repeatFactor;
  const limit = raw.repeatLimit === undefined ? above.repeatLimit : milliseconds(raw.repeatLimit, 0);
  return {
    ...(factor === undefined ? {} : { repeatFactor: factor }),
    ...(limit === undefined ? {} : { repeatLimit: limit }),
  };
}

function escalationOf(raw: RawRoot, above: RouteSettings): Pick<RouteSettings, 'escalate'> {
  const escalate = raw.escalate
    ?.map(({ after, receivers }) => ({ after: milliseconds(after, 0), receivers }))
    .sort((a, b) => a.after - b.after);
  const steps = escalate ?? above.escalate;
  return steps === undefined ? {} : { escalate: steps };
}

/** Stays the same as long as the matchers on the way do: who already was told is then known after a change of the file. */
function routeId(parent: string, matchers: readonly Matcher[]): string {
  const texts = matchers.map(matcherText).sort();
  return createHash('sha256')
    .update(JSON.stringify([parent, texts]))
    .digest('hex')
    .slice(0, 16);
}

export function inhibitRulesOf(raw: RawConfig): Config['inhibit'] {
  return (raw.inhibit ?? []).map(({ source, target, equal = [] }) => ({
    source: matchersOf(source),
    target: matchersOf(target),
    equal,
  }));
}

export function intervalsOf(raw: RawConfig): Config['timeIntervals'] {
  return (raw.timeIntervals ?? []).map(({ name, intervals }) => ({
    name,
    intervals: intervals.map((interval) => parseInterval(textsOf(interval)).interval),
  }));
}

/** Matchers, receivers and intervals of the tree, and the intervals themselves. */
export function checkRouting(raw: RawConfig, scope: Scope): void {
  const receivers = (raw.receivers ?? []).map(({ name }) => name);
  const intervals = (raw.timeIntervals ?? []).map(({ name }) => name);
  const checkNames = (names: readonly string[] | undefined, known: readonly string[], what: string, path: Path): void => {
    for (const [index, name] of (names ?? []).entries()) {
      if (known.includes(name)) continue;
      const hint = adviceFor(name, known, `${what}s`);
      scope.report('TCN-C003', [...path, index], `there is no ${what} \`${name}\``, { hint });
    }
  };
  const checkRoute = (route: Omit<RawRoute, 'matchers'>, path: Path): void => {
    checkNames(route.receivers, receivers, 'receiver', [...path, 'receivers']);
    for (const [index, step] of (route.escalate ?? []).entries()) {
      const at = [...path, 'escalate', index];
      checkNames(step.receivers, receivers, 'receiver', [...at, 'receivers']);
      if (milliseconds(step.after, 1) <= 0) scope.report('TCN-C003', [...at, 'after'], '`after` must be longer than nothing');
      const twice = step.receivers.find((name) => route.receivers?.includes(name));
      if (twice !== undefined) scope.report('TCN-C003', [...at, 'receivers'], `\`${twice}\` is told by the route already`);
    }
    checkNames(route.muteTimeIntervals, intervals, 'time interval', [...path, 'muteTimeIntervals']);
    checkNames(route.activeTimeIntervals, intervals, 'time interval', [...path, 'activeTimeIntervals']);
    for (const key of ['groupInterval', 'repeatInterval'] as const) {
      if (milliseconds(route[key], 1) > 0) continue;
      scope.report('TCN-C003', [...path, key], `\`${key}\` must be longer than nothing`);
    }
    for (const [index, child] of (route.routes ?? []).entries()) {
      const below = [...path, 'routes', index];
      checkMatchers(child.matchers, scope, [...below, 'matchers']);
      checkRoute(child, below);
    }
  };
  checkRoute(raw.route ?? {}, ['route']);
  for (const [index, { source, target }] of (raw.inhibit ?? []).entries()) {
    checkMatchers(source, scope, ['inhibit', index, 'source']);
    checkMatchers(target, scope, ['inhibit', index, 'target']);
  }
  for (const [index, named] of (raw.timeIntervals ?? []).entries()) {
    for (const [each, interval] of named.intervals.entries()) {
      for (const { path, message } of parseInterval(textsOf(interval)).problems) {
        scope.report('TCN-C003', ['timeIntervals', index, 'intervals', each, ...path], message);
      }
    }
  }
}

export function checkMatchers(written: readonly string[], scope: Scope, path: Path): void {
  for (const [index, text] of written.entries()) {
    const found = parseMatchers(text);
    if (typeof found !== 'string') continue;
    scope.report('TCN-C003', [...path, index], found, { hint: 'write it like severity="critical" or target=~".*/rg-prod/.*"' });
  }
}

export function matchersOf(written: readonly string[]): readonly Matcher[] {
  return written.flatMap((text) => {
    const found = parseMatchers(text);
    return typeof found === 'string' ? [] : found;
  });
}

/** `[...]` is Alertmanager's word for all labels. */
function groupByOf(names: readonly string[]): Route['groupBy'] {
  return names.length === 1 && names[0] === '...' ? 'all' : names;
}

/** YAML reads `2026` and `-1` as numbers. */
function textsOf({ daysOfMonth, months, years, ...rest }: RawInterval): WrittenInterval {
  return {
    ...rest,
    daysOfMonth: daysOfMonth?.map(String),
    months: months?.map(String),
    years: years?.map(String),
  };
}

/** The schema has already refused what is not a duration. */
function milliseconds(written: string | undefined, otherwise: number): number {
  return written === undefined ? otherwise : (parseDuration(written) ?? otherwise);
}
