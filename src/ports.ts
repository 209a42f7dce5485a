import type { Acknowledgement } from './model/acknowledgement.ts';
import type { ActivityEvent } from './model/activity.ts';
import type { Alert, HistoryEntry, Transition } from './model/alert.ts';
import type { Homed } from './model/alert-home.ts';
import type { AuditEntry } from './model/audit.ts';
import type { ShardBaseline } from './model/baseline.ts';
import type { Deployment, Quota } from './model/deployment.ts';
import type { DigestSummary, RenderedDigest } from './model/digest.ts';
import type { ErrorCode } from './model/errors.ts';
import type { EvaluationEntry } from './model/evaluation-log.ts';
import type { Finding } from './model/finding.ts';
import type { Heartbeat } from './model/heartbeat.ts';
import type { HubPartition, HubView } from './model/hub.ts';
import type { Group, NotificationRecord, ReceiverCircuit } from './model/notification.ts';
import type { Push } from './model/push.ts';
import type { LogAnswer, LogQuery, MetricAnswer, MetricQuery } from './model/query.ts';
import type { Silence } from './model/silence.ts';
import type { BlobSink, EventHubSink } from './model/sink.ts';
import type { ShardKey, ShardState } from './model/state.ts';
import type { StreamHour } from './model/stream.ts';
import type { Expected, Target, TargetSelector } from './model/target.ts';
import type { Window } from './model/window.ts';

/*
 * What the use cases need from outside, in the domain's words. Every method may throw TocsinError; `kind: 'transient'` means that
 * the same call may succeed later. No method retries beyond what its technology does by itself: queues do that.
 */

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** An opaque mark of what was read (an ETag); `null`: nothing was stored. */
export type Version = string | null;

export interface Versioned<Value> {
  readonly value: Value;
  readonly version: Version;
}

export interface Clock {
  /** The time of what is watched, in epoch ms. A scenario on a laptop may run it faster than the wall. */
  now(): number;
  /** The time that the other side of a connection compares with its own clock (signatures), in epoch ms. */
  wall(): number;
}

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Platform metrics. */
export interface MetricSource {
  /** All points of the span. A metric that cannot be read of one resource is in `failed`; only a call that failed as a whole throws. */
  read(query: MetricQuery, options?: CallOptions): Promise<MetricAnswer>;
}

/** Logs by KQL. */
export interface LogSource {
  /** The complete answer or a throw: partial, empty-bodied, throttled and timed-out answers are errors, never few rows. */
  query(query: LogQuery, options?: CallOptions): Promise<LogAnswer>;
}

/** Resources as Azure Resource Manager knows them; answers may be up to an hour old. */
export interface Inventory {
  /** Every resource that any of the selectors matches, each once. */
  targets(selectors: readonly TargetSelector[], options?: CallOptions): Promise<readonly Target[]>;
  /** What exists inside a target and is expected to speak (deployments, endpoints), by the label names asked for. */
  expected(target: Target, labelNames: readonly string[], options?: CallOptions): Promise<readonly Expected[]>;
}

/** What Azure Resource Manager says of what is deployed inside targets; answers may be up to an hour old. */
export interface Deployments {
  /** Model deployments of an account, deployments of online endpoints of a workspace or endpoint; none of any other type. */
  of(target: Target, options?: CallOptions): Promise<readonly Deployment[]>;
  /** The same, with what is known of the retirement of their models, which costs a listing of its own. */
  lifecycles(target: Target, options?: CallOptions): Promise<readonly Deployment[]>;
  /** Quotas of the target's kind of service in its subscription and region. */
  quotas(target: Target, options?: CallOptions): Promise<readonly Quota[]>;
}

/** The activity log: operations on resources, service health, resource health. */
export interface ActivityLog {
  /** Every event of one subscription whose time lies in the span, in no particular order. */
  events(subscriptionId: string, span: Window, options?: CallOptions): Promise<readonly ActivityEvent[]>;
}

/** Evaluation state of one rule on one shard of its targets. */
export interface EvaluationStore {
  /** The state, or `null` as value where the rule was never judged on the shard. */
  read(key: ShardKey, options?: CallOptions): Promise<Versioned<ShardState | null>>;
  /** Writes only if nobody wrote since `version`; otherwise resolves to `false` and changes nothing. */
  replace(key: ShardKey, next: ShardState, version: Version, options?: CallOptions): Promise<boolean>;
}

/** What finished days were like for the series of an anomaly rule on one shard. Losing one costs time to learn it anew. */
export interface BaselineStore {
  read(key: ShardKey, options?: CallOptions): Promise<Versioned<ShardBaseline | null>>;
  /** Writes only if nobody wrote since `version`; otherwise resolves to `false` and changes nothing. */
  replace(key: ShardKey, next: ShardBaseline, version: Version, options?: CallOptions): Promise<boolean>;
}

/** The evaluation log: the newest entry and the last few of every rule and shard. Losing one is no harm. */
export interface EvaluationLog {
  record(entry: EvaluationEntry, options?: CallOptions): Promise<void>;
  /** Newest entry per rule and shard. */
  latest(options?: CallOptions): Promise<readonly EvaluationEntry[]>;
  /** The last entries of one rule, newest first, at most 50 per shard. */
  of(rule: string, options?: CallOptions): Promise<readonly EvaluationEntry[]>;
}

/** Work to be done at or after a time, at least once, by any instance. */
export interface JobQueue<Job> {
  /** `delay` in ms from now, at most 7 days. */
  send(job: Job, delay?: number, options?: CallOptions): Promise<void>;
}

/** What the timer remembers between runs. */
export interface TickRecord {
  /** Of the last tick that planned its work; `null` before the first. */
  readonly lastTickAt: number | null;
  readonly planned: number;
  /** The newest tick since then that could not. */
  readonly failure?: { readonly at: number; readonly code: ErrorCode };
  /** Names the configuration that the tick ran with. */
  readonly configuration?: string;
}

export interface TickStore {
  read(options?: CallOptions): Promise<Versioned<TickRecord | null>>;
  replace(next: TickRecord, version: Version, options?: CallOptions): Promise<boolean>;
}

export interface OfGroupOptions {
  /** Homes (model/alert-home.ts) of all alerts that the group may have; absent: they are looked for. */
  readonly homes?: readonly string[];
}

export interface AlertStore {
  /** Applies a transition to its alert; one already applied, or older than what is stored, changes nothing and resolves to `false`. */
  apply(transition: Transition, groups: readonly string[], options?: CallOptions): Promise<boolean>;
  /** Applies many at once, those of one alert in their order; resolves to how many changed something. */
  applyAll(
    changes: readonly { readonly transition: Transition; readonly groups: readonly string[] }[],
    options?: CallOptions,
  ): Promise<number>;
  /** Moves an alert to other groups, after the routes have changed; one that is unknown stays so. */
  regroup(alert: Homed, groups: readonly string[], options?: CallOptions): Promise<void>;
  /** The newest episode of an alert, with all lines of its history; reads everything that fires. */
  get(fingerprint: string, options?: CallOptions): Promise<Alert | null>;
  /** The newest episodes of those that are known, for what it costs to get one; without lines of history that groups share. */
  several(fingerprints: readonly string[], options?: CallOptions): Promise<readonly Alert[]>;
  /** Firing alerts, most severe first, then newest. */
  open(options?: CallOptions): Promise<readonly Alert[]>;
  /** Alerts of a group that it lists at `now`: they fire, or their end became known less than 15 min before. */
  ofGroup(group: string, now: number, options?: CallOptions & OfGroupOptions): Promise<readonly Alert[]>;
  /** Every episode that was firing at any time of the window, oldest first. */
  during(window: Window, options?: CallOptions): Promise<readonly Alert[]>;
  /** Notes that somebody takes care of an episode, or (`null`) no more; resolves to `false` where that episode does not fire any more. */
  acknowledge(
    episode: Homed & Pick<Alert, 'startsAt'>,
    acknowledgement: Acknowledgement | null,
    line: HistoryEntry,
    options?: CallOptions,
  ): Promise<boolean>;
  /** Adds a line to the histories of alerts of one group: `get` and `during` have it, listings of what fires do not. */
  noteGroup(group: string, fingerprints: readonly string[], entry: HistoryEntry, options?: CallOptions): Promise<void>;
  /** Forgets lines of `noteGroup` from before `time`. */
  forgetNotes(time: number, options?: CallOptions): Promise<void>;
}

export interface FindingStore {
  /** Writes or extends: same id → `lastAt` grows, `count` is the larger, the rest is the newest. */
  put(finding: Finding, options?: CallOptions): Promise<void>;
  /** Findings whose span touches the window, oldest first. */
  during(window: Window, options?: CallOptions): Promise<readonly Finding[]>;
}

export interface GroupStore {
  read(key: string, options?: CallOptions): Promise<Versioned<Group | null>>;
  replace(next: Group, version: Version, options?: CallOptions): Promise<boolean>;
  /** Groups whose scheduled flush is before `time`: their message was lost. */
  overdue(time: number, options?: CallOptions): Promise<readonly Group[]>;
}

export interface SilenceStore {
  /** All that are not long over, in no particular order. */
  all(options?: CallOptions): Promise<readonly Silence[]>;
  read(id: string, options?: CallOptions): Promise<Versioned<Silence | null>>;
  replace(next: Silence, version: Version, options?: CallOptions): Promise<boolean>;
  /** Forgets those that ended before `time`. */
  prune(time: number, options?: CallOptions): Promise<void>;
}

/** Who changed what, when, and how it was before. */
export interface AuditLog {
  /** Writes the entry; one of the same id and time takes its place. */
  record(entry: AuditEntry, options?: CallOptions): Promise<void>;
  /** Entries of the window, newest first. */
  during(window: Window, options?: CallOptions): Promise<readonly AuditEntry[]>;
  /** Forgets entries from before `time`. */
  prune(time: number, options?: CallOptions): Promise<void>;
}

/** What other systems have pushed and not taken back. */
export interface PushStore {
  read(fingerprint: string, options?: CallOptions): Promise<Versioned<Push | null>>;
  /** Writes only if nobody wrote since `version`; otherwise resolves to `false` and changes nothing. */
  replace(next: Push, version: Version, options?: CallOptions): Promise<boolean>;
  /** Forgets it if it still has this version. */
  remove(fingerprint: string, version: string, options?: CallOptions): Promise<void>;
  /** Those that ended before or at `time` unless they are pushed again. */
  ended(time: number, options?: CallOptions): Promise<readonly Push[]>;
}

/** The secret with which this installation signs links and forms: made once, the same for every worker. */
export interface SigningSecret {
  get(options?: CallOptions): Promise<string>;
}

/** What every receiver was told of every group, and what is on its way to it. */
export interface NotificationLog {
  read(group: string, receiver: string, options?: CallOptions): Promise<Versioned<NotificationRecord | null>>;
  replace(next: NotificationRecord, version: Version, options?: CallOptions): Promise<boolean>;
  /** As `replace`; resolves to the version that the record has now, or to `null` where it had another than `version`. */
  rewrite(next: NotificationRecord, version: Version, options?: CallOptions): Promise<Version>;
  /** Records with a delivery whose next try is before `time`: their message was lost. */
  overdue(time: number, options?: CallOptions): Promise<readonly NotificationRecord[]>;
  /** All records, for the console, the digest and the summary of a run. */
  all(options?: CallOptions): Promise<readonly NotificationRecord[]>;
}

/** How receivers do, for every worker to know. */
export interface CircuitStore {
  read(receiver: string, options?: CallOptions): Promise<Versioned<ReceiverCircuit | null>>;
  replace(next: ReceiverCircuit, version: Version, options?: CallOptions): Promise<boolean>;
}

/** Until when the turns of receivers with a rate limit are taken (epoch ms), for every worker to know. */
export interface TurnStore {
  read(receiver: string, options?: CallOptions): Promise<Versioned<number | null>>;
  /** Writes only if nobody wrote since `version`; otherwise resolves to `false` and changes nothing. */
  replace(receiver: string, freeAt: number, version: Version, options?: CallOptions): Promise<boolean>;
}

/** Bodies of notifications, written once and read at every try. */
export interface SentArchive {
  /** Keeps the first body given for an id. */
  put(id: string, body: string, options?: CallOptions): Promise<void>;
  get(id: string, options?: CallOptions): Promise<string | null>;
}

export interface DigestStore {
  publish(summary: DigestSummary, digest: RenderedDigest, options?: CallOptions): Promise<void>;
  /** Newest first. */
  list(options?: CallOptions): Promise<readonly DigestSummary[]>;
  get(id: string, form: 'html' | 'text' | 'json', options?: CallOptions): Promise<string | null>;
}

/** A body or record that could not be understood or delivered for good. */
export interface QuarantineEntry {
  /** Deterministic (hub, partition, sequence number, index), so that a redelivery writes the same blob. */
  readonly id: string;
  readonly at: number;
  readonly code: string;
  readonly reason: string;
  readonly partition: string;
  readonly offset: string;
  readonly sequenceNumber: string;
  readonly enqueuedAt: string;
  /** The sink that refused it, while others may have taken it; absent: it went to none. */
  readonly sink?: string;
  readonly body: Uint8Array;
}

export interface QuarantineStore {
  put(entry: QuarantineEntry, options?: CallOptions): Promise<void>;
  /** Newest first, without bodies, at most `limit`. */
  list(limit: number, options?: CallOptions): Promise<readonly Omit<QuarantineEntry, 'body'>[]>;
  /** The body of an entry that was listed; `null` when it is gone. */
  body(entry: Omit<QuarantineEntry, 'body'>, options?: CallOptions): Promise<Uint8Array | null>;
  /** Takes an entry out; one that is gone is fine. */
  remove(entry: Omit<QuarantineEntry, 'body'>, options?: CallOptions): Promise<void>;
}

/** Encoded batches that a sink did not take in time, to be sent later in order. */
export interface ParkedBatch {
  readonly id: string;
  readonly sink: string;
  readonly path: string;
  /** How its body is taken apart: `otlp`, `otlp-json`, `lines`, `pairs`, `array` or `series`. */
  readonly format: string;
  readonly records: number;
  /** When the first of its events came into the hub, epoch ms: batches of a sink are in the order of it. */
  readonly enqueuedAt: number;
  readonly parkedAt: number;
  readonly attempts: number;
}

/** What names a parked batch. */
export type ParkedKey = Pick<ParkedBatch, 'id' | 'sink' | 'enqueuedAt'>;

export interface ParkingStore {
  /** Keeps the first body given for a key. */
  park(batch: ParkedBatch, body: Uint8Array, options?: CallOptions): Promise<void>;
  /** Of one sink, at most `limit`, from the oldest or the newest on. */
  list(sink: string, order: 'oldest' | 'newest', limit: number, options?: CallOptions): Promise<readonly ParkedBatch[]>;
  /** Sinks for which something is parked. */
  sinks(options?: CallOptions): Promise<readonly string[]>;
  body(batch: ParkedKey, options?: CallOptions): Promise<Uint8Array | null>;
  update(batch: ParkedBatch, options?: CallOptions): Promise<void>;
  remove(batch: ParkedKey, options?: CallOptions): Promise<void>;
}

/** What sinks need that are not asked over plain HTTP. Each call is tried as its SDK does, within `timeout` ms. */
export interface SinkClients {
  /** A bearer token of the app's identity. */
  token(scope: string, options?: CallOptions): Promise<string>;
  /** Sends lines of JSON, one record each, as events of one partition key; an empty key leaves the choice to the hub. */
  sendToHub(sink: EventHubSink, partitionKey: string, lines: Uint8Array, options?: CallOptions): Promise<void>;
  /** Appends lines to a blob, `container/name`, which is made where it is missing. */
  append(sink: BlobSink, path: string, lines: Uint8Array, options?: CallOptions): Promise<void>;
}

/** How far each partition of the hub has been forwarded, so that a redelivered event is recognised; counts for the console. */
export interface ForwardMark {
  readonly partition: string;
  /** Highest sequence number whose records are delivered, parked or in quarantine. */
  readonly sequenceNumber: number;
  /** When that event was enqueued (ISO 8601): a lower number enqueued later is of a hub that was created anew. */
  readonly enqueuedAt?: string;
  readonly counts: ForwardCounts;
  /** Of the newest batch, from an event's arrival in the hub until it was dealt with; absent where unknown. */
  readonly lag?: ForwardLag;
  readonly updatedAt: number;
  /** Since the partition was read first; absent in marks of earlier versions. */
  readonly totals?: ForwardTotals;
}

/** What became of the records of a partition, added up since `since` (epoch ms). */
export interface ForwardTotals {
  readonly since: number;
  /** Records that went nowhere because no sink is configured. */
  readonly dropped: number;
  /** The same by category; absent in marks of earlier versions, as what follows. */
  readonly droppedOf?: Readonly<Record<string, number>>;
  /** Entries in the quarantine by category, as far as it is known. */
  readonly quarantinedOf?: Readonly<Record<string, number>>;
  /** By category. */
  readonly records: Readonly<Record<string, number>>;
  /** By category what was repaired in its records, and how often. */
  readonly repaired: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly sinks: Readonly<Record<string, SinkTotals>>;
  /** Of the hour of the newest batch (epoch ms of its beginning) and of the hour before it. */
  readonly hour: { readonly at: number; readonly now: LossCounts; readonly before: LossCounts };
}

export interface LossCounts {
  readonly records: number;
  /** In quarantine, or refused by a sink that did not say which. */
  readonly lost: number;
}

export interface SinkTotals {
  readonly delivered: number;
  readonly repeated: number;
  readonly parked: number;
  readonly rejected: number;
  readonly refused: number;
  readonly requests: number;
  readonly failures: number;
  /** Of the newest batch that asked it. */
  readonly latency: ForwardLag | null;
  /** Records that its filter left out; absent in marks of earlier versions, as what follows. */
  readonly filtered?: number;
  /** By category, as far as it is known: of what a sink took in part it is not. */
  readonly categories?: Readonly<Record<string, CategoryTotals>>;
}

export interface CategoryTotals {
  readonly delivered: number;
  readonly parked: number;
  readonly refused: number;
  readonly filtered: number;
}

/** What became of what was parked, added up since `since` (epoch ms). Latencies are of the newest turn. */
export interface DrainTotals {
  readonly since: number;
  readonly sinks: Readonly<Record<string, SinkTotals>>;
}

export interface DrainTotalsStore {
  read(options?: CallOptions): Promise<Versioned<DrainTotals | null>>;
  replace(next: DrainTotals, version: Version, options?: CallOptions): Promise<boolean>;
}

/** Milliseconds. */
export interface ForwardLag {
  readonly p50: number;
  readonly p99: number;
}

export interface ForwardCounts {
  readonly events: number;
  readonly records: number;
  readonly quarantined: number;
  readonly duplicates: number;
  readonly sinkRequests: number;
  readonly parked: number;
}

export interface ForwardMarks {
  read(partition: string, options?: CallOptions): Promise<Versioned<ForwardMark | null>>;
  replace(next: ForwardMark, version: Version, options?: CallOptions): Promise<boolean>;
  all(options?: CallOptions): Promise<readonly ForwardMark[]>;
}

/** The hub that is forwarded, as it speaks of itself. */
export interface HubSource {
  partitions(options?: CallOptions): Promise<readonly HubPartition[]>;
}

/** What was seen of the hub when it was looked at last. */
export interface HubViewStore {
  read(hub: string, options?: CallOptions): Promise<Versioned<HubView | null>>;
  /** Writes only if nobody wrote since `version`; otherwise resolves to `false` and changes nothing. */
  replace(next: HubView, version: Version, options?: CallOptions): Promise<boolean>;
}

/** What was counted for stream rules, by partition and hour. */
export interface StreamStore {
  read(partition: string, hour: number, options?: CallOptions): Promise<Versioned<StreamHour | null>>;
  /** Writes only if nobody wrote since `version`; resolves to the version that it has now, or to `null` where nothing was changed. */
  replace(next: StreamHour, version: Version, options?: CallOptions): Promise<Version>;
  /** The hours of every partition that the span touches, in the order of time. */
  during(span: Window, options?: CallOptions): Promise<readonly StreamHour[]>;
  /** Forgets hours that began before `time`. */
  prune(time: number, options?: CallOptions): Promise<void>;
}

/** A diagnostic setting of a resource, reduced to what routes data. */
export interface DiagnosticSetting {
  readonly name: string;
  readonly workspaceId: string | null;
  readonly eventHub: string | null;
  readonly storageAccountId: string | null;
  /** Enabled log categories; `allLogs` and `audit` are category groups. */
  readonly categories: readonly string[];
  readonly metrics: boolean;
  /** Epoch ms; absent where Azure does not say. */
  readonly createdAt?: number;
}

export interface DiagnosticSettings {
  list(resourceId: string, options?: CallOptions): Promise<readonly DiagnosticSetting[]>;
  /** Log categories that the resource can emit. */
  categories(resourceId: string, options?: CallOptions): Promise<readonly string[]>;
}

/** A signature after Standard Webhooks, made by the sender over id, time and body. */
export interface WebhookSignature {
  readonly id: string;
  /** Epoch ms by the wall: receivers compare it with their own clock. */
  readonly at: number;
  /** `whsec_…`, several separated by blanks during key rotation; empty: id and time are sent, no signature is. */
  readonly secret: string;
}

export interface HttpRequest {
  readonly url: string;
  readonly method: 'POST' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
  /** Milliseconds until the whole exchange must be over. */
  readonly timeout: number;
  readonly allowPrivate: boolean;
  /** Bytes of the answer that are read; default 64 KiB. */
  readonly longestAnswer?: number;
  /** Adds the headers `webhook-id`, `webhook-timestamp`, `webhook-signature`. A secret that is none throws TCN-N006. */
  readonly sign?: WebhookSignature;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, as far as it was read. */
  readonly body: string;
  /** The same as it came, for bodies that are no text. */
  readonly bytes?: Uint8Array;
  /** Milliseconds that the answer's `Retry-After` (seconds or a date) asks to wait; absent without one that can be understood. */
  readonly retryAfter?: number;
}

/** The one way out to addresses that users give: no redirects, no private addresses unless allowed, bounded in size and time. */
export interface HttpSender {
  /** Any status is an answer; only what never answered throws (TCN-N003), or what may not be asked (TCN-N004). */
  send(request: HttpRequest, options?: CallOptions): Promise<HttpAnswer>;
}

/** An e-mail with its addresses. */
export interface MailMessage {
  /** The same at every try: mail servers and programs know a copy by it. */
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly thread: string;
}

/** The way out for e-mail, as guarded as that for webhooks. */
export interface MailSender {
  /** `server` is `smtp[s]://[user:password@]host[:port]`; resolves once the server has taken the message. Throws TCN-N001 to TCN-N004. */
  send(
    server: string,
    message: MailMessage,
    options: { readonly timeout: number; readonly allowPrivate: boolean },
  ): Promise<void>;
}

export type { Heartbeat };

/** The newest check-in of each job and phase. */
export interface HeartbeatStore {
  record(heartbeat: Heartbeat, options?: CallOptions): Promise<void>;
  all(options?: CallOptions): Promise<readonly Heartbeat[]>;
}

/** Which Log Analytics workspaces the logs of a resource go to. */
export interface LogDestinations {
  /** One entry per diagnostic setting that routes to a workspace which Azure lists; `customerId` is what log queries name, in lower case. */
  of(
    resourceId: string,
    options?: CallOptions,
  ): Promise<readonly { readonly customerId: string; readonly categories: readonly string[] }[]>;
}
