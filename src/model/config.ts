import type { Diagnostic } from './errors.ts';
import type { PriceTable } from './price.ts';
import type { InhibitRule, Route } from './route.ts';
import type { Rule } from './rule.ts';
import type { Silence } from './silence.ts';
import type { Sink } from './sink.ts';
import type { Templates } from './template.ts';
import type { NamedIntervals } from './time-interval.ts';

export type { GroupTiming } from './route.ts';
export type { OtlpSink, Redaction, Sink } from './sink.ts';

export type ReceiverKind =
  | 'webhook'
  | 'slack'
  | 'teams'
  | 'pagerduty'
  | 'jiraServiceManagement'
  | 'servicenow'
  | 'email'
  | 'communicationServices'
  | 'eventGrid'
  | 'eventHub';

/** Where notifications go. Texts may be `${NAME}`: the app setting of that name, so that no secret stands in a file. */
export interface Receiver {
  readonly kind: ReceiverKind;
  readonly name: string;
  readonly url: string;
  /**
   * webhook: `whsec_…`; several, separated by blanks, during key rotation; empty: unsigned. pagerduty: the routing key.
   * jiraServiceManagement, communicationServices, eventGrid: the key. servicenow: `user:password`. eventHub: `policy:key`. The services
   * of Azure among these: empty where the app signs in as its identity. slack, teams, email: empty, their URL is the secret.
   */
  readonly secret: string;
  /** Of a webhook; absent: Tocsin's own, an extension of Alertmanager's. */
  readonly format?: 'azure-common-schema' | 'cloudevents';
  /** Its own texts instead of the usual ones. */
  readonly templates?: Templates;
  /** Of e-mail: who it comes from and goes to. */
  readonly from?: string;
  readonly to?: readonly string[];
  /** Who is told instead while this one is dead: it failed at every try for 15 minutes, refused one for good, or is gone. */
  readonly fallback?: string;
  readonly sendResolved: boolean;
  /** Hosts that may be private or loopback although notifications otherwise go to public addresses only. */
  readonly allowPrivate: boolean;
  /** Milliseconds between tries that fail, the last again and again; absent: 5 s growing to 1 h. */
  readonly backOff?: readonly number[];
  /** Absent: it is asked as often as there is something to tell. */
  readonly rateLimit?: RateLimit;
}

/** How often a receiver is asked: once in `interval` ms in the long run, `burst` times at once. */
export interface RateLimit {
  readonly interval: number;
  readonly burst: number;
}

export interface DigestSchedule {
  readonly name: string;
  readonly period: 'daily' | 'weekly';
  /** `HH:MM` in `zone`; weekly digests come on Mondays. */
  readonly at: string;
  readonly zone: string;
  readonly receivers: readonly string[];
}

/** `tocsin.yaml`, checked, with its defaults filled in. */
export interface Config {
  readonly receivers: readonly Receiver[];
  /** The root of the routing tree. */
  readonly route: Route;
  readonly inhibit: readonly InhibitRule[];
  /** Intervals that routes name. */
  readonly timeIntervals: readonly NamedIntervals[];
  /** Those that stand in the file; more are made while the app runs. */
  readonly silences: readonly Silence[];
  readonly digests: readonly DigestSchedule[];
  readonly sinks: readonly Sink[];
  /** What tokens cost: the rows of the file before those that Tocsin carries. */
  readonly prices: PriceTable;
}

/** What the build compiles rule packs and configuration to, and the deployed app reads. */
export interface Compiled {
  readonly version: 1;
  readonly builtAt: string;
  readonly rules: readonly Rule[];
  /** Why rules that stand in the files are not among them; a build that is deployed has none. */
  readonly leftOut: readonly Diagnostic[];
  readonly config: Config;
}
