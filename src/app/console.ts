import { silenceStatus } from '../alerts/silence.ts';
import { alertPage } from '../console/alert.ts';
import { answer, jsonAnswer, problem, wantsJson } from '../console/answer.ts';
import type { Desk } from '../console/desk.ts';
import { alertsPage, digestsPage, homePage, rulesPage } from '../console/home.ts';
import { rulePage } from '../console/rule.ts';
import { auditPage, silencesPage } from '../console/silences.ts';
import { statusJson } from '../console/status.ts';
import type { ConsoleAnswer, Overview, Part } from '../console/view.ts';
import { type Actor, hasRole } from '../model/access.ts';
import { DAY } from '../model/duration.ts';
import { asTocsinError } from '../model/errors.ts';
import type { HubView } from '../model/hub.ts';
import type { Rule } from '../model/rule.ts';
import type { SetupProblem } from '../model/setup-problem.ts';
import type { Silence } from '../model/silence.ts';
import type {
  AlertStore,
  AuditLog,
  Clock,
  DigestStore,
  DrainTotalsStore,
  EvaluationLog,
  FindingStore,
  ForwardMarks,
  NotificationLog,
  ParkingStore,
  QuarantineStore,
  TickStore,
} from '../ports.ts';
import { forwarded } from './console/forwarded.ts';
import { health } from './health.ts';

export interface ConsoleDeps {
  readonly alerts: Pick<AlertStore, 'get' | 'open' | 'during'>;
  readonly findings: Pick<FindingStore, 'during'>;
  readonly evaluations: Pick<EvaluationLog, 'latest' | 'of'>;
  readonly digests: Pick<DigestStore, 'list' | 'get'>;
  readonly notifications: Pick<NotificationLog, 'all'>;
  readonly forward: Pick<ForwardMarks, 'all'>;
  /** What the hub was seen to hold; absent: nobody looks. */
  readonly hubView?: () => Promise<HubView | null>;
  /** What became of what was parked; absent: it is not added up. */
  readonly drained?: Pick<DrainTotalsStore, 'read'>;
  readonly parking: Pick<ParkingStore, 'list' | 'sinks'>;
  readonly quarantine: Pick<QuarantineStore, 'list'>;
  readonly ticks: TickStore;
  readonly rules: readonly Rule[];
  readonly setup: readonly SetupProblem[];
  readonly clock: Clock;
  readonly silences: () => Promise<readonly Silence[]>;
  readonly audit: Pick<AuditLog, 'during'>;
  /** The time zone of the pages, e.g. `Europe/Berlin`; UTC where none is given. */
  readonly zone?: string;
}

const FORMS = {
  html: 'text/html; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  json: 'application/json; charset=utf-8',
} as const;
type Form = keyof typeof FORMS;

const AUDIT_SHOWN = 30 * DAY;
const MOST_AUDIT = 500;
const QUARANTINE_LIMIT = 5;
const PARKING_LIMIT = 1_000;

/** Who looks, and what that allows. */
export interface Visitor {
  readonly visitor: Pick<Actor, 'role'>;
  readonly desk: Desk | null;
}

const ONLOOKER: Visitor = { visitor: { role: 'reader' }, desk: null };

/** What ids may look like; anything else names nothing here, and never reaches a store as a key. */
const ID = /^[\w.-]{1,200}$/;

/**
 * Answers a GET of the console: `/`, `/alerts[/FINGERPRINT]`, `/rules[/ID]`, `/digests[/ID][?form=text|json]`, `/silences`, `/audit`, `/api/status`. `path` is
 * still percent-encoded. It never throws: an unreadable store is said on the page, or answered as an error.
 */
export async function consolePage(
  path: string,
  query: URLSearchParams,
  accept: string,
  deps: ConsoleDeps,
  visit: Visitor = ONLOOKER,
): Promise<ConsoleAnswer> {
  const asJson = wantsJson(path, accept);
  try {
    return (await route(path, query, deps, visit)) ?? problem(404, 'TCN-H001', `There is nothing at ${shortened(path)}.`, asJson);
  } catch (thrown) {
    const { code, detail, kind } = asTocsinError(thrown);
    return problem(kind === 'transient' ? 503 : 500, code, detail, asJson);
  }
}

async function route(path: string, query: URLSearchParams, deps: ConsoleDeps, visit: Visitor): Promise<ConsoleAnswer | null> {
  const [area = '', encoded, ...more] = path.replace(/^\//, '').replace(/\/$/, '').split('/');
  if (path === '/api/status') return jsonAnswer(statusJson(await overview(deps)));
  if (more.length > 0) return null;
  if (encoded === undefined) {
    if (area === 'silences') return allSilences(deps, visit);
    return area === 'audit' ? trail(deps, visit) : listPage(area, deps);
  }
  const id = decoded(encoded);
  if (id === null) return null;
  if (area === 'alerts') return ID.test(id) ? onePage(id, deps, visit.desk) : null;
  if (area === 'rules') return oneRule(id, deps);
  return area === 'digests' && ID.test(id) ? oneDigest(id, query.get('form') ?? 'html', deps) : null;
}

async function listPage(area: string, deps: ConsoleDeps): Promise<ConsoleAnswer | null> {
  const pages = { '': homePage, alerts: alertsPage, rules: rulesPage, digests: digestsPage };
  if (!Object.hasOwn(pages, area)) return null;
  return pages[area as keyof typeof pages](await overview(deps));
}

async function onePage(
  fingerprint: string,
  { alerts, rules, clock, zone = 'UTC' }: ConsoleDeps,
  desk: Desk | null,
): Promise<ConsoleAnswer | null> {
  const alert = await alerts.get(fingerprint);
  if (alert === null) return null;
  const now = clock.now();
  const earlier = await part(
    alerts
      .during({ start: now - 7 * DAY, end: now })
      .then((all) =>
        all
          .filter((other) => other.fingerprint === fingerprint && other.startsAt !== alert.startsAt)
          .sort((a, b) => b.startsAt - a.startsAt),
      ),
  );
  return alertPage({ alert, rule: rules.find(({ id }) => id === alert.rule) ?? null, earlier, now, zone, desk });
}

async function allSilences({ silences, clock, zone = 'UTC' }: ConsoleDeps, { visitor, desk }: Visitor): Promise<ConsoleAnswer> {
  const now = clock.now();
  const found = await part(silences().then((all) => all.map((silence) => ({ silence, state: silenceStatus(silence, now) }))));
  return silencesPage({ silences: found, desk, maySeeAudit: hasRole(visitor, 'admin'), now, zone });
}

async function trail({ audit, clock, zone = 'UTC' }: ConsoleDeps, { visitor }: Visitor): Promise<ConsoleAnswer> {
  if (!hasRole(visitor, 'admin')) return problem(403, 'TCN-H002', 'The audit trail is for the role admin.', false);
  const now = clock.now();
  const entries = await audit.during({ start: now - AUDIT_SHOWN, end: now + 1 });
  return auditPage({ entries: entries.slice(0, MOST_AUDIT), now, zone });
}

async function oneRule(
  id: string,
  { alerts, evaluations, rules, clock, zone = 'UTC' }: ConsoleDeps,
): Promise<ConsoleAnswer | null> {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule === undefined) return null;
  const [open, entries] = await Promise.all([
    part(alerts.open().then((all) => all.filter((alert) => alert.rule === id))),
    part(evaluations.of(id)),
  ]);
  return rulePage({ rule, open, entries, now: clock.now(), zone });
}

async function oneDigest(id: string, form: string, { digests }: ConsoleDeps): Promise<ConsoleAnswer | null> {
  if (!isForm(form)) return problem(400, 'TCN-H003', 'A digest has the forms html, text and json.', false);
  const body = await digests.get(id, form);
  return body === null ? null : answer(200, FORMS[form], body);
}

async function overview(deps: ConsoleDeps): Promise<Overview> {
  const { alerts, findings, evaluations, digests, notifications, forward, parking, quarantine, ticks, rules, clock } = deps;
  const now = clock.now();
  const day = { start: now - DAY, end: now + 1 };
  const [vitals, open, resolved, latest, found, published, records, marks, waiting, quarantined] = await Promise.all([
    health({ ticks, clock }),
    part(alerts.open()),
    part(
      alerts
        .during(day)
        .then((all) => all.filter((alert) => alert.endsAt !== null).sort((a, b) => (b.endsAt ?? 0) - (a.endsAt ?? 0))),
    ),
    part(evaluations.latest()),
    part(findings.during(day)),
    part(digests.list()),
    part(notifications.all()),
    part(
      Promise.all([forward.all(), deps.hubView?.() ?? null, deps.drained?.read() ?? null]).then(([all, view, drained]) =>
        forwarded(all, view, drained?.value ?? null),
      ),
    ),
    part(parkedIn(parking)),
    part(quarantine.list(QUARANTINE_LIMIT)),
  ]);
  return {
    now,
    zone: deps.zone ?? 'UTC',
    vitals,
    rules,
    setup: deps.setup,
    open,
    resolved,
    evaluations: latest,
    findings: found,
    digests: published,
    notifications: records,
    forward: marks,
    waiting,
    quarantined,
  };
}

async function parkedIn(parking: ConsoleDeps['parking']): Promise<{ readonly batches: number; readonly records: number }> {
  const bySink = await Promise.all((await parking.sinks()).map((sink) => parking.list(sink, 'oldest', PARKING_LIMIT)));
  const all = bySink.flat();
  return { batches: all.length, records: all.reduce((sum, one) => sum + one.records, 0) };
}

async function part<Value>(reading: Promise<Value>): Promise<Part<Value>> {
  try {
    return { ok: true, value: await reading };
  } catch (thrown) {
    const { code, detail, fix } = asTocsinError(thrown);
    return { ok: false, code, detail, fix };
  }
}

/** `null`: not percent-encoded as it must be. */
export function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function isForm(form: string): form is Form {
  return Object.hasOwn(FORMS, form);
}

function shortened(path: string): string {
  return path.length <= 120 ? path : `${path.slice(0, 117)}...`;
}
