import type { PriceTable } from './price.ts';
import type { Rule } from './rule.ts';

/** How alerts of one group are timed, in milliseconds; the words are Alertmanager's. */
export interface GroupTiming {
  readonly groupWait: number;
  readonly groupInterval: number;
  readonly repeatInterval: number;
}

/** Where notifications go. Texts may be `${NAME}`: the app setting of that name, so that no secret stands in a file. */
export interface WebhookReceiver {
  readonly kind: 'webhook';
  readonly name: string;
  readonly url: string;
  /** `whsec_…`; several, separated by blanks, during key rotation; empty: unsigned. */
  readonly secret: string;
  readonly sendResolved: boolean;
  /** Hosts that may be private or loopback although notifications otherwise go to public addresses only. */
  readonly allowPrivate: boolean;
}

export type Receiver = WebhookReceiver;

export interface DigestSchedule {
  readonly name: string;
  readonly period: 'daily' | 'weekly';
  /** `HH:MM` in `zone`; weekly digests come on Mondays. */
  readonly at: string;
  readonly zone: string;
  readonly receivers: readonly string[];
}

/** What is taken out of records before they leave; `docs/forwarding.md` names the members and patterns. */
export interface Redaction {
  /** Prompts, completions and logged bodies. */
  readonly content: boolean;
  readonly secrets: boolean;
  readonly emails: boolean;
}

export interface OtlpSink {
  readonly kind: 'otlp';
  readonly name: string;
  /** Base URL; `/v1/logs` and `/v1/metrics` are appended. Empty: the sink is off. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: everything that can be. */
  readonly redact?: Redaction;
}

/** `tocsin.yaml`, checked, with its defaults filled in. */
export interface Config {
  readonly receivers: readonly Receiver[];
  /** Receivers of every alert; routing trees come with later versions. */
  readonly route: GroupTiming & { readonly receivers: readonly string[] };
  readonly digests: readonly DigestSchedule[];
  readonly sinks: readonly OtlpSink[];
  /** What tokens cost: the rows of the file before those that Tocsin carries. */
  readonly prices: PriceTable;
}

/** What the build compiles rule packs and configuration to, and the deployed app reads. */
export interface Compiled {
  readonly version: 1;
  readonly builtAt: string;
  readonly rules: readonly Rule[];
  readonly config: Config;
}
