/*
 * Where diagnostics are forwarded to. One shape per kind; everything that a kind needs to be told is in it, so that an encoder needs
 * nothing else.
 */

/** What is taken out of records before they leave; `docs/forwarding.md` names the members and patterns. */
export interface Redaction {
  /** Prompts, completions and logged bodies. */
  readonly content: boolean;
  readonly secrets: boolean;
  readonly emails: boolean;
}

/** What a record may be told by: all conditions that are given must hold. `*` in a pattern stands for any text, case is ignored. */
export interface RecordPatterns {
  /** Patterns of log categories; platform metrics have none and are not asked. */
  readonly categories?: readonly string[];
  /** Patterns of resource ids. */
  readonly resources?: readonly string[];
  /** Patterns of members of logs by their names, e.g. `level` or `properties.apiName`; platform metrics are not asked. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
}

/** Which records a sink gets. */
export interface SinkFilter extends RecordPatterns {
  /** Absent: both. */
  readonly signals?: readonly ('logs' | 'metrics')[];
  /** Logs and metrics that it does not get. */
  readonly except?: RecordPatterns;
  /** The share of logs that it gets of those, in (0, 1]. */
  readonly sample?: number;
}

interface Common {
  readonly name: string;
  /** Absent: everything that can be. */
  readonly redact?: Redaction;
  readonly only?: SinkFilter;
  /** Limits of a request before compression; absent: what suits the kind. */
  readonly batch?: { readonly records?: number; readonly bytes?: number };
  /** Requests at a time; absent: 1. */
  readonly concurrency?: number;
  /** Times that a request is tried in one invocation; absent: 3. */
  readonly tries?: number;
  /** Which of the parked batches are sent first; absent: the oldest. */
  readonly drain?: 'oldest' | 'newest';
}

interface OverHttp extends Common {
  /** Empty: the sink is off. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A token of the app's identity for this scope goes with every request. */
  readonly scope?: string;
}

/** Base URL; `/v1/logs` and `/v1/metrics` are appended. */
export interface OtlpSink extends OverHttp {
  readonly kind: 'otlp';
  /** Absent: protobuf. */
  readonly encoding?: 'protobuf' | 'json';
  /** Whether token counts of records are sent as metrics, too. Absent: no. */
  readonly tokenUsage?: boolean;
  /** It also gets what forwarding tells of itself, once a minute. */
  readonly telemetry?: boolean;
  /** Names of tags of resources that are sent with their records; absent: none. */
  readonly resourceTags?: readonly string[];
}

/** One record a line. */
export interface NdjsonSink extends OverHttp {
  readonly kind: 'ndjson';
}

/** The URL of the collector; the token is in the headers. */
export interface HecSink extends OverHttp {
  readonly kind: 'hec';
  readonly index?: string;
  readonly source?: string;
  readonly sourcetype?: string;
}

/** The URL ends in `/_bulk`. */
export interface ElasticSink extends OverHttp {
  readonly kind: 'elastic';
  /** Data stream or index. */
  readonly index: string;
}

/** The URL of the logs intake; metrics go to `metricsUrl`. The key is in the headers. */
export interface DatadogSink extends OverHttp {
  readonly kind: 'datadog';
  readonly metricsUrl: string;
  readonly service?: string;
  readonly tags?: readonly string[];
  /** Names of tags of resources that are sent with their records; absent: none. */
  readonly resourceTags?: readonly string[];
}

/** The URL names the data collection rule and the stream. */
export interface AzureMonitorSink extends OverHttp {
  readonly kind: 'azureMonitor';
}

/** Another Event Hub, by connection string, or by namespace and the app's identity. Neither: the sink is off. */
export interface EventHubSink extends Common {
  readonly kind: 'eventHub';
  readonly connection: string;
  readonly namespace: string;
  readonly hub: string;
}

/** A storage account, in the layout in which Azure archives diagnostics. Neither address: the sink is off. */
export interface BlobSink extends Common {
  readonly kind: 'blob';
  readonly connection: string;
  readonly url: string;
}

export type HttpSink = OtlpSink | NdjsonSink | HecSink | ElasticSink | DatadogSink | AzureMonitorSink;
export type Sink = HttpSink | EventHubSink | BlobSink;

/** Whether it has been told where to send to. */
export function sinkIsOn(sink: Sink): boolean {
  if (sink.kind === 'eventHub') return sink.hub.trim() !== '' && (sink.connection.trim() !== '' || sink.namespace.trim() !== '');
  if (sink.kind === 'blob') return sink.connection.trim() !== '' || sink.url.trim() !== '';
  return sink.url.trim() !== '';
}
