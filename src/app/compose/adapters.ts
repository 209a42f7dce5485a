import { createActivityLog } from '../../azure/activity-log.ts';
import { createAlertStore } from '../../azure/alert-store.ts';
import { createAuditLog } from '../../azure/audit-log.ts';
import { createBaselineStore } from '../../azure/baseline-store.ts';
import { createCircuitStore } from '../../azure/circuit-store.ts';
import { createDiagnosticSettings } from '../../azure/diagnostic-settings.ts';
import { createDigestStore } from '../../azure/digest-store.ts';
import { createDrainTotalsStore } from '../../azure/drain-totals-store.ts';
import { createEvaluationLog } from '../../azure/evaluation-log.ts';
import { createEvaluationStore } from '../../azure/evaluation-store.ts';
import { createFindingStore } from '../../azure/finding-store.ts';
import { createForwardMarks } from '../../azure/forward-marks.ts';
import { createGroupStore } from '../../azure/group-store.ts';
import { createHeartbeatStore } from '../../azure/heartbeat-store.ts';
import { createHubSource } from '../../azure/hub-source.ts';
import { createHubViewStore } from '../../azure/hub-view-store.ts';
import { createInventory } from '../../azure/inventory.ts';
import { createLogDestinations } from '../../azure/log-destinations.ts';
import { createLogSource } from '../../azure/log-source.ts';
import { azureAccess } from '../../azure/loopback.ts';
import { createMetricSource } from '../../azure/metric-source.ts';
import { createNotificationLog } from '../../azure/notification-log.ts';
import { createParkingStore } from '../../azure/parking-store.ts';
import { createPushStore } from '../../azure/push-store.ts';
import { createQuarantineStore } from '../../azure/quarantine-store.ts';
import { createJobQueue, parseEnvelope } from '../../azure/queue.ts';
import { createSentArchive } from '../../azure/sent-archive.ts';
import { createSigningSecret } from '../../azure/signing-secret.ts';
import { createSilenceStore } from '../../azure/silence-store.ts';
import { createSinkClients } from '../../azure/sink-clients.ts';
import { createStorage } from '../../azure/storage.ts';
import { createStreamStore } from '../../azure/stream-store.ts';
import { createTickStore } from '../../azure/tick-store.ts';
import { createTurnStore } from '../../azure/turn-store.ts';
import { SECOND } from '../../model/duration.ts';
import type { EvaluationJob, NotificationJob } from '../../model/messages.ts';
import { createHttpSender } from '../../net/http.ts';
import { createMailSender } from '../../net/mail.ts';
import type { Clock, HubSource, Log } from '../../ports.ts';
import { combinedFlushes } from '../combined-flushes.ts';
import { sharedTurns } from '../deliver/turns.ts';
import { Circuits } from '../forward/circuits.ts';
import { KnownResources } from '../forward/known-resources.ts';
import { knownCircuits } from '../known-circuits.ts';
import { knownSilences } from '../known-silences.ts';
import type { Settings } from '../settings.ts';

/** Every port over its adapter. The SDKs behind them are loaded by the first call that needs them. */
export type Adapters = ReturnType<typeof makeAdapters>;

let kept: { readonly key: string; readonly adapters: Adapters } | undefined;

/** The adapters of this worker: made once, and again when the platform has replaced the settings. */
export function adapters(settings: Settings, clock: Clock, log: Log): Adapters {
  const key = JSON.stringify(settings);
  if (kept?.key !== key) kept = { key, adapters: makeAdapters(settings, clock, log) };
  return kept.adapters;
}

function makeAdapters(settings: Settings, clock: Clock, log: Log) {
  const access = azureAccess(settings.clientId, settings.standIn);
  const identity = azureAccess(settings.storage.clientId ?? settings.clientId, null);
  const storage = createStorage(settings.storage, identity.credential);
  const delays = settings.queueDelays;
  const silences = createSilenceStore(storage, log);
  const diagnosticSettings = createDiagnosticSettings(access);
  const inventory = createInventory(access, settings.subscriptions, clock);
  return {
    activity: createActivityLog(access),
    alerts: createAlertStore(storage, log),
    audit: createAuditLog(storage, log),
    receiverCircuits: knownCircuits(createCircuitStore(storage, log), clock),
    destinations: createLogDestinations(access, diagnosticSettings, clock),
    diagnosticSettings,
    digests: createDigestStore(storage),
    drained: createDrainTotalsStore(storage, log),
    evaluationQueue: createJobQueue<EvaluationJob>({ storage, queue: settings.evaluationsQueue, clock, delays }),
    evaluations: createEvaluationLog(storage, log),
    findings: createFindingStore(storage, log),
    forwardMarks: createForwardMarks(storage, log),
    groups: createGroupStore(storage, log),
    heartbeats: createHeartbeatStore(storage, log),
    http: createHttpSender({ proxy: settings.proxy }),
    mail: createMailSender({ proxy: settings.proxy }),
    hub: hubOf(settings),
    hubViews: createHubViewStore(storage, log),
    inventory,
    knownResources: new KnownResources(inventory, settings.subscriptions, clock, log),
    logs: createLogSource(access),
    metrics: createMetricSource(access),
    notificationLog: createNotificationLog(storage, log),
    notificationQueue: combinedFlushes(
      createJobQueue<NotificationJob>({ storage, queue: settings.notificationsQueue, clock, delays }),
      clock,
      delays === 'visibility' ? SECOND : 1,
    ),
    parking: createParkingStore(storage),
    pushes: createPushStore(storage, log),
    quarantine: createQuarantineStore(storage),
    sentArchive: createSentArchive(storage),
    signingSecret: createSigningSecret(storage, log),
    silences,
    knownSilences: knownSilences(silences, clock),
    sinkClients: createSinkClients(access),
    circuits: new Circuits(),
    states: createEvaluationStore(storage, log),
    turns: sharedTurns(createTurnStore(storage, log)),
    streams: createStreamStore(storage, log),
    baselines: createBaselineStore(storage, log),
    ticks: createTickStore(storage, log),
    /** The body of what a queue trigger hands over; TCN-Q001 for what is no envelope. */
    jobOf: (message: unknown): Promise<unknown> => parseEnvelope(message, storage),
  };
}

/** `null` where the settings do not say where the hub is. */
function hubOf({ eventHubName: name, eventHub, clientId }: Settings): HubSource | null {
  const { consumerGroup, connection, namespace } = eventHub;
  if (connection === null && namespace === null) return null;
  return createHubSource({ name, consumerGroup, connection, namespace }, azureAccess(eventHub.clientId ?? clientId, null));
}
