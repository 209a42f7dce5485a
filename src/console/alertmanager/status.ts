import type { Config } from '../../model/config.ts';
import { formatDuration } from '../../model/duration.ts';
import { matcherText } from '../../model/matcher.ts';
import type { Route } from '../../model/route.ts';

/** `alertmanagerStatus` of Alertmanager's OpenAPI. */
export function statusJson(config: Config, builtAt: string, startedAt: number): object {
  return {
    cluster: { status: 'disabled', peers: [] },
    config: { original: configText(config) },
    uptime: new Date(startedAt).toISOString(),
    versionInfo: { version: 'tocsin', branch: '', buildDate: builtAt, buildUser: '', goVersion: '', revision: '' },
  };
}

/**
 * Routes, inhibition and receivers as Alertmanager writes them (JSON is YAML), for tools that show or test routes. Receivers have names
 * only: what they are sent to is nobody's business. A route with several receivers has all their names in one.
 */
function configText({ route, receivers, inhibit }: Config): string {
  const routes = routeJson(route);
  const names = new Set([...receivers.map(({ name }) => name), ...namesIn(route)]);
  return JSON.stringify(
    {
      route: routes,
      receivers: [...names].map((name) => ({ name })),
      inhibit_rules: inhibit.map(({ source, target, equal }) => ({
        source_matchers: source.map(matcherText),
        target_matchers: target.map(matcherText),
        equal,
      })),
    },
    null,
    2,
  );
}

function routeJson(route: Route): object {
  const { groupBy, groupWait, groupInterval, repeatInterval, matchers, routes } = route;
  return {
    receiver: receiverName(route),
    group_by: groupBy === 'all' ? ['...'] : groupBy,
    group_wait: formatDuration(groupWait),
    group_interval: formatDuration(groupInterval),
    repeat_interval: formatDuration(repeatInterval),
    ...(matchers.length > 0 && { matchers: matchers.map(matcherText), continue: route.continue }),
    ...(routes.length > 0 && { routes: routes.map(routeJson) }),
  };
}

function receiverName({ receivers }: Route): string {
  return receivers.length === 0 ? 'nobody' : receivers.join(', ');
}

function namesIn(route: Route): readonly string[] {
  return [receiverName(route), ...route.routes.flatMap(namesIn)];
}
