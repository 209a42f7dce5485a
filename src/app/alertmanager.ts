import { silenceStatus } from '../alerts/silence.ts';
import { type AlertJson, alertJson, type GroupJson, shownLabels } from '../console/alertmanager/alert.ts';
import { pushedAlerts } from '../console/alertmanager/push.ts';
import { silenceFields, silenceJson } from '../console/alertmanager/silence.ts';
import { statusJson } from '../console/alertmanager/status.ts';
import type { Actor } from '../model/access.ts';
import type { Config } from '../model/config.ts';
import { asTocsinError, TocsinError } from '../model/errors.ts';
import { labelKey } from '../model/labels.ts';
import { type Matcher, matchesAll, parseMatchers } from '../model/matcher.ts';
import { compilePattern } from '../model/pattern.ts';
import type { PushedAlert } from '../model/push.ts';
import type { Silence } from '../model/silence.ts';
import type { AlertStore } from '../ports.ts';
import { type AccessSettings, callerOf, mustBe, mustComeFromHere } from './access.ts';
import { type HttpCall, type HttpReply, jsonReply, mustNotHurry, problemOf, problemReply, readJson } from './http.ts';
import { type PushDeps, pushAlerts } from './push-alerts.ts';
import type { Rate } from './rate.ts';
import { allSilences, expireSilence, type SilenceDeps, saveSilence } from './silences.ts';
import { type GroupedAlert, standings } from './standings.ts';

export interface AlertmanagerDeps extends SilenceDeps, PushDeps {
  readonly alerts: Pick<AlertStore, 'open'>;
  readonly config: Config;
  readonly access: AccessSettings;
  readonly rate: Rate;
  /** When the app was built, ISO 8601. */
  readonly builtAt: string;
  /** Epoch ms since which this worker answers. */
  readonly startedAt: number;
}

/** A push of 10,000 alerts has about 5 MB. */
const MOST_PUSHED = 16 * 1024 * 1024;
const MOST_SILENCE = 64 * 1024;

type Endpoint = (call: HttpCall, id: string, deps: AlertmanagerDeps) => Promise<HttpReply>;

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'GET alerts': listAlerts,
  'POST alerts': postAlerts,
  'GET alerts/groups': listGroups,
  'GET silences': listSilences,
  'POST silences': postSilence,
  'GET silence/:id': getSilence,
  'DELETE silence/:id': deleteSilence,
  'GET receivers': listReceivers,
  'GET status': getStatus,
};

/**
 * Alertmanager's API v2, https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml: `path` is what follows `/api/v2/`.
 * It never throws; errors are problem details, whose text clients of Alertmanager show as it is.
 */
export async function answerAlertmanager(path: string, call: HttpCall, deps: AlertmanagerDeps): Promise<HttpReply> {
  try {
    const [, id = ''] = /^silence\/([^/]+)$/.exec(path) ?? [];
    const shape = id === '' ? path.replace(/\/$/, '') : 'silence/:id';
    const method = call.method === 'HEAD' ? 'GET' : call.method;
    const endpoint = ENDPOINTS[`${method} ${shape}`];
    const caller = mustBe(callerOf(call, deps.access), 'reader');
    mustNotHurry(caller, deps);
    if (endpoint !== undefined) return await endpoint(call, id, deps);
    const other = Object.keys(ENDPOINTS).some((key) => key.endsWith(` ${shape}`));
    return other
      ? problemReply('TCN-H003', `${call.method} is not answered here`, { status: 405 })
      : problemReply('TCN-H001', `/api/v2/${path}`);
  } catch (thrown) {
    return problemOf(asTocsinError(thrown));
  }
}

async function listAlerts({ url }: HttpCall, _id: string, deps: AlertmanagerDeps): Promise<HttpReply> {
  const now = deps.clock.now();
  const byAlert = new Map<string, GroupedAlert>();
  for (const each of await wantedAlerts(url.searchParams, now, deps)) {
    const known = byAlert.get(each.alert.fingerprint);
    const receivers = [...new Set([...(known?.receivers ?? []), ...each.receivers])];
    byAlert.set(each.alert.fingerprint, { ...each, receivers });
  }
  const sorted = [...byAlert.values()].sort((a, b) => (a.alert.fingerprint < b.alert.fingerprint ? -1 : 1));
  return jsonReply(sorted.map((each) => alertJson(each, now, deps.access.consoleUrl)));
}

async function listGroups({ url }: HttpCall, _id: string, deps: AlertmanagerDeps): Promise<HttpReply> {
  const now = deps.clock.now();
  const groups = new Map<string, GroupJson & { readonly alerts: AlertJson[] }>();
  for (const each of await wantedAlerts(url.searchParams, now, deps)) {
    for (const name of each.receivers) {
      const key = `${each.group.key} ${name}`;
      const group = groups.get(key) ?? { alerts: [], labels: each.group.labels, receiver: { name } };
      group.alerts.push(alertJson(each, now, deps.access.consoleUrl));
      groups.set(key, group);
    }
  }
  const order = ({ labels, receiver }: GroupJson): string => `${labelKey(labels)} ${receiver.name}`;
  return jsonReply([...groups.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1)));
}

/** The alerts that fire and meet the parameters `filter`, `receiver`, `active`, `silenced`, `inhibited` and `muted`. */
async function wantedAlerts(query: URLSearchParams, now: number, deps: AlertmanagerDeps): Promise<readonly GroupedAlert[]> {
  const matchers = filtersOf(query);
  const pattern = compilePattern(query.get('receiver') ?? '.*');
  if (typeof pattern === 'string') throw new TocsinError('TCN-H003', `receiver: ${pattern}`);
  const [firing, silences] = await Promise.all([deps.alerts.open(), allSilences(deps)]);
  const wants = (name: string): boolean => query.get(name) !== 'false';
  return standings(firing, silences, deps.config, now)
    .map((each) => ({ ...each, receivers: each.receivers.filter((name) => pattern.matches(name)) }))
    .filter(({ alert, receivers, silencedBy, inhibitedBy, mutedBy }) => {
      if (query.has('receiver') && receivers.length === 0) return false;
      if (!matchesAll(matchers, shownLabels(alert))) return false;
      if (silencedBy.length > 0 && !wants('silenced')) return false;
      if (inhibitedBy.length > 0 && !wants('inhibited')) return false;
      if (mutedBy.length > 0 && !wants('muted')) return false;
      return silencedBy.length + inhibitedBy.length + mutedBy.length > 0 || wants('active');
    });
}

async function postAlerts(call: HttpCall, _id: string, deps: AlertmanagerDeps): Promise<HttpReply> {
  const caller = writer(call, deps);
  const alerts = pushedAlerts(await readJson(call, MOST_PUSHED), deps.clock.now());
  if (typeof alerts === 'string') throw new TocsinError('TCN-H003', alerts);
  const good = alerts.filter((each): each is PushedAlert => typeof each !== 'string');
  await pushAlerts(good, caller, deps);
  const wrong = alerts.flatMap((each, index) => (typeof each === 'string' ? [`alert ${index + 1}: ${each}`] : []));
  if (wrong.length > 0) throw new TocsinError('TCN-H003', `${wrong.slice(0, 5).join('; ')} (${good.length} others were taken)`);
  return { status: 200, headers: {}, body: '' };
}

async function listSilences({ url }: HttpCall, _id: string, deps: AlertmanagerDeps): Promise<HttpReply> {
  const now = deps.clock.now();
  const matchers = filtersOf(url.searchParams);
  const rank = { active: 0, pending: 1, expired: 2 } as const;
  const found = (await allSilences(deps))
    .filter((silence) => mentions(silence, matchers))
    .map((silence) => ({ silence, state: silenceStatus(silence, now) }))
    .sort((a, b) => rank[a.state] - rank[b.state] || ends(a.silence) - ends(b.silence));
  return jsonReply(found.map(({ silence, state }) => silenceJson(silence, state)));
}

async function getSilence(_call: HttpCall, id: string, deps: AlertmanagerDeps): Promise<HttpReply> {
  const silence = deps.declared.find((each) => each.id === id) ?? (await deps.silences.read(id)).value;
  if (silence === null) throw new TocsinError('TCN-H001', `there is no silence ${id}`);
  return jsonReply(silenceJson(silence, silenceStatus(silence, deps.clock.now())));
}

async function postSilence(call: HttpCall, _id: string, deps: AlertmanagerDeps): Promise<HttpReply> {
  const caller = writer(call, deps);
  const fields = silenceFields(await readJson(call, MOST_SILENCE), deps.clock.now());
  if (typeof fields === 'string') throw new TocsinError('TCN-H010', fields);
  const author = fields.author.trim() === '' ? caller.name : fields.author;
  const { id } = await saveSilence({ ...fields, author }, caller, deps);
  return jsonReply({ silenceID: id });
}

async function deleteSilence(call: HttpCall, id: string, deps: AlertmanagerDeps): Promise<HttpReply> {
  await expireSilence(id, writer(call, deps), deps);
  return { status: 200, headers: {}, body: '' };
}

async function listReceivers(_call: HttpCall, _id: string, { config }: AlertmanagerDeps): Promise<HttpReply> {
  return jsonReply(config.receivers.map(({ name }) => ({ name })));
}

async function getStatus(_call: HttpCall, _id: string, { config, builtAt, startedAt }: AlertmanagerDeps): Promise<HttpReply> {
  return jsonReply(statusJson(config, builtAt, startedAt));
}

/** Silences are filtered by what they name: the matchers are held against their own equalities. */
function mentions(silence: Silence, filter: readonly Matcher[]): boolean {
  if (filter.length === 0) return true;
  return silence.matchers.some((set) => {
    const named = Object.fromEntries(set.map(({ name, value }) => [name, value]));
    return matchesAll(filter, named);
  });
}

function ends({ endsAt }: Silence): number {
  return endsAt ?? Number.MAX_SAFE_INTEGER;
}

function filtersOf(query: URLSearchParams): readonly Matcher[] {
  return query.getAll('filter').flatMap((text) => {
    const found = parseMatchers(text);
    if (typeof found === 'string') throw new TocsinError('TCN-H003', `filter: ${found}`);
    return found;
  });
}

/** Who may write, having come from where writes come from. */
function writer(call: HttpCall, deps: AlertmanagerDeps): Actor {
  const caller = mustBe(callerOf(call, deps.access), 'responder');
  mustComeFromHere(caller, call, deps.access.consoleUrl);
  return caller;
}
