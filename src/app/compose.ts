import { createHash } from 'node:crypto';
import type { InvocationContext } from '@azure/functions';
import type { Config } from '../model/config.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../model/duration.ts';
import type { EvaluationJob, NotificationJob } from '../model/messages.ts';
import type { Rule } from '../model/rule.ts';
import { countersOf, streamRetention } from '../model/stream.ts';
import type { Log } from '../ports.ts';
import type { AlertmanagerDeps } from './alertmanager.ts';
import type { AlertsApiDeps } from './alerts-api.ts';
import type { AzureHookDeps } from './azure-hook.ts';
import { clock } from './clock.ts';
import { readCompiled } from './compiled.ts';
import type { Adapters } from './compose/adapters.ts';
import { logFor, workerLog } from './compose/log.ts';
import type { ConsoleDeps } from './console.ts';
import type { ConsoleVisitDeps } from './console-visit.ts';
import type { CoverageDeps } from './coverage.ts';
import type { DeliverDeps } from './deliver.ts';
import type { DigestDeps } from './digest.ts';
import type { EvaluateDeps } from './evaluate.ts';
import type { StreamCounting } from './forward/streams.ts';
import type { ForwardDeps } from './forward.ts';
import type { HealthDeps } from './health.ts';
import type { HeartbeatDeps } from './heartbeat.ts';
import { inParallel } from './in-parallel.ts';
import { evaluationJobOf, notificationJobOf } from './jobs.ts';
import type { PoisonDeps } from './poison.ts';
import { createRate } from './rate.ts';
import { resolveConfig } from './resolve-config.ts';
import { retireAlerts } from './retire.ts';
import { environment, readSettings, type Settings } from './settings.ts';
import { setupFindings, setupProblems } from './setup-problems.ts';
import type { SilenceDeps } from './silences.ts';
import type { TickDeps } from './tick.ts';

/**
 * What each use case needs, made of the settings and adapters of this worker. The only place where ports meet adapters. The functions
 * import it when they are registered; so it imports adapters and use cases when they are asked for (docs/benchmarks.md).
 */
export interface Composition {
  readonly settings: Settings;
  readonly eventHubName: string;
  evaluationJob(message: unknown): Promise<EvaluationJob>;
  notificationJob(message: unknown): Promise<NotificationJob>;
  tick(): TickDeps;
  evaluate(): EvaluateDeps;
  deliver(): DeliverDeps;
  poison(): PoisonDeps;
  digest(): DigestDeps;
  forward(): Promise<ForwardDeps>;
  coverage(): CoverageDeps;
  console(): ConsoleDeps;
  consoleVisit(): ConsoleVisitDeps;
  health(): HealthDeps;
  heartbeat(): HeartbeatDeps;
  azureHook(): AzureHookDeps;
  alertmanager(): AlertmanagerDeps;
  alertsApi(): AlertsApiDeps;
}

/** Check-ins that one worker takes: of one job, and of all. */
const CHECK_INS = createRate({ perMinute: 60, burst: 30 }, { perMinute: 1_200, burst: 300 });

/** What one worker answers of `/api/v2`: to one caller, and to all. */
const API_CALLS = createRate({ perMinute: 6_000, burst: 1_000 }, { perMinute: 12_000, burst: 2_000 });

const STARTED_AT = Date.now();

/** How long a silence is kept once it is over. */
const SILENCES_KEPT = 5 * DAY;

/** The hub is asked once a minute; where a laptop runs time faster than the wall, less often. */
const LOOK_EVERY = 20 * SECOND;
let lookedAt = 0;

/** How long it is kept who was notified of which alerts. */
const NOTES_KEPT = 90 * DAY;

/** Alerts of Azure Monitor that one worker takes. */
const AZURE_ALERTS = createRate({ perMinute: 1_200, burst: 300 }, { perMinute: 1_200, burst: 300 });

/** Wires one invocation. Adapters live as long as the worker; the log belongs to the invocation. */
export async function compose(context: InvocationContext): Promise<Composition> {
  const env = environment();
  const settings = readSettings(env);
  const log = await logFor(context, settings.logLevel);
  const compiled = await readCompiled();
  const { rules, builtAt } = compiled;
  const resolved = resolveConfig(compiled.config, env, /^http:\/\/127\.0\.0\.1(:|\/|$)/.test(settings.consoleUrl));
  const { config, missing } = resolved;
  const setup = setupProblems(compiled, resolved);
  if (missing.length > 0) log.debug({ missing }, 'settings named in tocsin.yaml but not set');
  const { adapters } = await import('./compose/adapters.ts');
  const ports = adapters(settings, clock(), await workerLog(settings.logLevel));
  const deliver = deliverDeps(config, settings, ports, log);
  const hubView = async () => (await ports.hubViews.read(settings.eventHubName)).value;
  const pages = (): ConsoleDeps => ({
    hubView,
    drained: ports.drained,
    ...digestSources(ports),
    rules,
    setup,
    clock: clock(),
    digests: ports.digests,
    ticks: ports.ticks,
    quarantine: ports.quarantine,
    silences: async () => [...config.silences, ...(await ports.silences.all())],
    audit: ports.audit,
    parking: ports.parking,
    zone: config.digests[0]?.zone ?? 'UTC',
  });
  return {
    settings,
    eventHubName: settings.eventHubName,
    evaluationJob: async (message) => evaluationJobOf(await ports.jobOf(message)),
    notificationJob: async (message) => notificationJobOf(await ports.jobOf(message)),
    tick: () => ({
      rules,
      workspaces: settings.workspaces,
      inventory: ports.inventory,
      ticks: ports.ticks,
      evaluations: ports.evaluationQueue,
      sweeps: [
        { name: 'notifications', run: async () => (await import('./deliver.ts')).sweepNotifications(deliver) },
        {
          name: 'retired alerts',
          run: () =>
            retireAlerts({
              rules,
              alerts: ports.alerts,
              inventory: ports.inventory,
              notifications: ports.notificationQueue,
              clock: clock(),
            }),
        },
        {
          name: 'pushed alerts',
          run: async () =>
            (await import('./push-alerts.ts')).endPushes({
              pushes: ports.pushes,
              notifications: ports.notificationQueue,
              clock: clock(),
            }),
        },
        {
          name: 'old silences',
          run: async () => {
            const now = clock().now();
            if (now % HOUR < MINUTE) await ports.knownSilences.prune(now - SILENCES_KEPT);
          },
        },
        {
          name: 'old history',
          run: async () => {
            const now = clock().now();
            if (now % HOUR >= MINUTE) return;
            await ports.audit.prune(now - settings.auditDays * DAY);
            await ports.alerts.forgetNotes(now - NOTES_KEPT);
          },
        },
        {
          name: 'setup',
          run: async () => {
            const now = clock().now();
            if (now % HOUR < MINUTE) await inParallel(setupFindings(setup, now), 4, (finding) => ports.findings.put(finding));
          },
        },
        {
          name: 'unread events',
          run: async () => {
            const { hub: source } = ports;
            if (source === null || clock().wall() - lookedAt < LOOK_EVERY) return;
            lookedAt = clock().wall();
            await (await import('./forward.ts')).watchHub({
              hub: settings.eventHubName,
              source,
              views: ports.hubViews,
              marks: ports.forwardMarks,
              findings: ports.findings,
              notifications: ports.notificationQueue,
              clock: clock(),
              log,
            });
          },
        },
        {
          name: 'metrics of forwarding',
          run: async () =>
            (await import('./forward.ts')).sendOwnMetrics({
              ...forwardDeps(config, ports, log),
              hubView,
              drained: ports.drained,
            }),
        },
        {
          name: 'old counts',
          run: async () => {
            const now = clock().now();
            const kept = streamRetention(rules);
            if (kept !== null && now % HOUR < MINUTE) await ports.streams.prune(now - kept);
          },
        },
        {
          name: 'parked batches',
          run: async () =>
            (await import('./forward.ts')).drainParked({ ...forwardDeps(config, ports, log), drained: ports.drained }),
        },
      ],
      configuration: configurationName(config),
      reconfigured: async () => (await import('./deliver.ts')).flushAll(deliver),
      clock: clock(),
      log,
    }),
    evaluate: () => ({
      rules,
      workspaces: settings.workspaces,
      metrics: ports.metrics,
      logs: ports.logs,
      inventory: ports.inventory,
      destinations: ports.destinations,
      deployments: ports.inventory,
      activity: ports.activity,
      heartbeats: ports.heartbeats,
      streams: ports.streams,
      hubView,
      prices: config.prices,
      states: ports.states,
      baselines: ports.baselines,
      evaluations: ports.evaluations,
      findings: ports.findings,
      notifications: ports.notificationQueue,
      clock: clock(),
      log,
    }),
    deliver: () => deliver,
    poison: () => ({
      findings: ports.findings,
      notifications: ports.notificationQueue,
      parse: ports.jobOf,
      clock: clock(),
      logger: log,
    }),
    digest: () => ({
      ...digestSources(ports),
      rules,
      clock: clock(),
      digests: ports.digests,
      schedules: config.digests,
      consoleUrl: settings.consoleUrl,
      announce: async (summary, receivers) => {
        const { announceDigest } = await import('./deliver.ts');
        await announceDigest(summary, receivers, deliver);
      },
      log,
    }),
    forward: async () => ({ ...forwardDeps(config, ports, log), ...(await streamsOf(rules, ports)) }),
    coverage: () => ({
      rules,
      inventory: ports.inventory,
      settings: ports.diagnosticSettings,
      findings: ports.findings,
      clock: clock(),
      log,
    }),
    console: pages,
    consoleVisit: () => ({
      pages: pages(),
      acks: { alerts: ports.alerts, audit: ports.audit, clock: clock() },
      silences: silenceDeps(config, ports),
      secret: ports.signingSecret,
      access: settings,
      rate: API_CALLS,
    }),
    health: () => ({ ticks: ports.ticks, clock: clock() }),
    heartbeat: () => ({ heartbeats: ports.heartbeats, rate: CHECK_INS, clock: clock() }),
    azureHook: () => ({
      pushes: ports.pushes,
      notifications: ports.notificationQueue,
      audit: ports.audit,
      rate: AZURE_ALERTS,
      clock: clock(),
    }),
    alertsApi: () => ({ alerts: ports.alerts, audit: ports.audit, access: settings, rate: API_CALLS, clock: clock() }),
    alertmanager: () => ({
      ...silenceDeps(config, ports),
      alerts: ports.alerts,
      config,
      pushes: ports.pushes,
      notifications: ports.notificationQueue,
      access: settings,
      rate: API_CALLS,
      builtAt,
      startedAt: STARTED_AT,
    }),
  };
}

/** Changes with whatever decides who is told what and when; a rotated secret is no reason to look again. */
function configurationName({ route, inhibit, timeIntervals, receivers }: Config): string {
  const told = receivers.map(({ secret: _, url: __, ...receiver }) => receiver);
  return createHash('sha256')
    .update(JSON.stringify([route, inhibit, timeIntervals, told]))
    .digest('hex')
    .slice(0, 16);
}

function deliverDeps(config: Config, settings: Settings, ports: Adapters, logger: Log): DeliverDeps {
  return {
    config,
    alerts: ports.alerts,
    groups: ports.groups,
    silences: { all: async () => [...config.silences, ...(await ports.knownSilences.all())] },
    notificationLog: ports.notificationLog,
    circuits: ports.receiverCircuits,
    turns: ports.turns,
    archive: ports.sentArchive,
    findings: ports.findings,
    queue: ports.notificationQueue,
    http: ports.http,
    mail: ports.mail,
    tokens: ports.sinkClients,
    links: { consoleUrl: settings.consoleUrl },
    signingSecret: ports.signingSecret,
    clock: clock(),
    logger,
  };
}

/** Lists are of what is stored now; what is written, the flushes of this worker know at once. */
function silenceDeps(config: Config, ports: Adapters): SilenceDeps {
  const { silences, knownSilences, audit } = ports;
  return {
    silences: { ...knownSilences, all: (options) => silences.all(options) },
    declared: config.silences,
    audit,
    clock: clock(),
  };
}

function forwardDeps(config: Config, ports: Adapters, log: Log): ForwardDeps {
  return {
    sinks: config.sinks,
    http: ports.http,
    clients: ports.sinkClients,
    circuits: ports.circuits,
    resources: ports.knownResources,
    quarantine: ports.quarantine,
    parking: ports.parking,
    marks: ports.forwardMarks,
    findings: ports.findings,
    clock: clock(),
    log,
  };
}

let counting: { readonly rules: readonly Rule[]; readonly counting: StreamCounting } | undefined;

/** What counts for stream rules remembers what it wrote, so it lives as long as the worker. Nothing, where no rule asks for it. */
async function streamsOf(rules: readonly Rule[], { streams }: Adapters): Promise<Pick<ForwardDeps, 'streams'>> {
  const counters = countersOf(rules);
  if (counters.length === 0) return {};
  if (counting?.rules !== rules) {
    const { StreamCounting } = await import('./forward/streams.ts');
    counting = { rules, counting: new StreamCounting(counters) };
  }
  return { streams: { counting: counting.counting, store: streams } };
}

function digestSources(ports: Adapters) {
  return {
    alerts: ports.alerts,
    findings: ports.findings,
    evaluations: ports.evaluations,
    notifications: ports.notificationLog,
    forward: ports.forwardMarks,
  };
}
