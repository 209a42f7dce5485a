/**
 * Every error that Tocsin states, in one table. The code is stable; it appears in logs, on pages, in answers of the API and of the
 * command line, and in docs/errors.md. `kind` decides who must act: `user` (fix the input), `transient` (tried again), `system` (ours).
 */
export const ERRORS = {
  'TCN-R001': { kind: 'user', title: 'not a YAML document', fix: 'mend the syntax at the position shown' },
  'TCN-R002': { kind: 'user', title: 'not a rule file', fix: 'see `tocsin schema`, or let an editor complete it' },
  'TCN-R003': { kind: 'user', title: 'unknown key', fix: 'use the name suggested, or remove it' },
  'TCN-R004': { kind: 'user', title: 'alert without a response', fix: 'add `respond:`, or make it a `report:`' },
  'TCN-R005': { kind: 'user', title: 'unknown target', fix: 'name it under `targets:` or use an existing one' },
  'TCN-R006': { kind: 'user', title: 'duplicate rule name', fix: 'rename one: the name keys the state' },
  'TCN-R007': { kind: 'user', title: 'not a duration', fix: 'write it as 90s, 5m, 1h or 7d' },
  'TCN-R008': { kind: 'user', title: 'not a comparison', fix: 'write it as "> 10%", ">= 5" or "< 0.2"' },
  'TCN-R009': { kind: 'user', title: 'settings that contradict each other', fix: 'keep one of them' },
  'TCN-R010': { kind: 'user', title: 'unknown metric', fix: 'use the name suggested; names are case-sensitive' },
  'TCN-R011': { kind: 'user', title: 'aggregation not offered by the metric', fix: 'use one of those listed' },
  'TCN-R013': { kind: 'user', title: 'metric deprecated or not meant for these resources', fix: 'use the one named' },
  'TCN-R014': { kind: 'user', title: 'metric has no such dimension', fix: 'split or filter by one of those listed' },
  'TCN-R015': { kind: 'user', title: 'KQL does not bind', fix: 'correct the query at the position shown' },
  'TCN-R016': { kind: 'user', title: 'column not in the result of the query', fix: 'use one of the columns listed' },
  'TCN-R017': { kind: 'user', title: 'file cannot be read', fix: 'check its path and permissions' },
  'TCN-R018': { kind: 'user', title: 'placeholder without a label', fix: 'name a label of the rule, or {{value}}' },
  'TCN-R019': { kind: 'user', title: 'unknown log table or category', fix: 'use the name suggested, or name the table' },
  'TCN-R020': { kind: 'user', title: 'KQL that Log Analytics or its alerts refuse', fix: 'write it as the message says' },
  'TCN-R030': {
    kind: 'user',
    title: 'override of an unknown rule',
    fix: 'use the name suggested; rule names are case-sensitive',
  },
  'TCN-C001': { kind: 'user', title: 'setting missing', fix: 'set it in the app settings or the environment' },
  'TCN-C002': { kind: 'user', title: 'setting not understood', fix: 'see docs/configuration.md for its form' },
  'TCN-C003': { kind: 'user', title: 'configuration file not valid', fix: 'correct it at the position shown' },
  'TCN-C004': {
    kind: 'user',
    title: 'stand-in address is not loopback',
    fix: 'use 127.0.0.1 or [::1]; in Azure remove the setting',
  },
  'TCN-C005': { kind: 'user', title: 'there already', fix: 'name an empty folder, or change what is there' },
  'TCN-A001': {
    kind: 'transient',
    title: 'Azure Monitor throttled the call',
    fix: 'nothing: it is tried again; see `check --cost` if it persists',
  },
  'TCN-A002': {
    kind: 'transient',
    title: 'Azure Monitor could not be reached',
    fix: 'check the network path; the window is judged when it answers',
  },
  'TCN-A003': { kind: 'user', title: 'Azure refused the identity', fix: 'grant the role named in docs/permissions.md' },
  'TCN-A004': { kind: 'user', title: 'Azure does not know the resource', fix: 'correct the workspace or resource id' },
  'TCN-A005': { kind: 'user', title: 'Azure rejected the query', fix: 'run `tocsin check`' },
  'TCN-A006': { kind: 'transient', title: 'only a part of the answer came', fix: 'nothing: a partial answer is never judged' },
  'TCN-A007': { kind: 'transient', title: 'answer without content', fix: 'nothing: no content is unknown, not zero rows' },
  'TCN-A008': { kind: 'transient', title: 'query ran out of time', fix: 'shorten its window or make it cheaper if it persists' },
  'TCN-E001': {
    kind: 'user',
    title: 'two series with the same labels',
    fix: 'name under `by:` every column or dimension that tells them apart',
  },
  'TCN-E002': {
    kind: 'system',
    title: 'windows given up after a long gap',
    fix: 'find out why no timer ran; alerts of that time may be missing',
  },
  'TCN-E003': {
    kind: 'user',
    title: 'nothing could be judged for long',
    fix: 'see the findings about diagnostic settings, docs/permissions.md and the delay of the rule',
  },
  'TCN-S001': {
    kind: 'transient',
    title: 'storage could not be reached',
    fix: 'the message is tried again; check the storage account',
  },
  'TCN-S002': {
    kind: 'system',
    title: 'stored state cannot be read',
    fix: 'the blob was moved aside as .corrupt and the rule begins anew',
  },
  'TCN-S003': {
    kind: 'transient',
    title: 'storage is full or refuses writes',
    fix: 'free space or raise the limit; nothing is lost meanwhile',
  },
  'TCN-Q001': {
    kind: 'user',
    title: 'queue message not understood',
    fix: 'it was set aside in the poison queue; nothing else is affected',
  },
  'TCN-Q002': {
    kind: 'system',
    title: 'queue message failed too often',
    fix: 'see the finding for its content and the last error',
  },
  'TCN-N001': {
    kind: 'transient',
    title: 'receiver answered with a server error',
    fix: 'it is tried again for 24 h; see its own logs',
  },
  'TCN-N002': {
    kind: 'user',
    title: 'receiver refused the notification',
    fix: 'check its URL and secret with `tocsin send RECEIVER`',
  },
  'TCN-N003': {
    kind: 'transient',
    title: 'receiver could not be reached',
    fix: 'it is tried again; check its address and network',
  },
  'TCN-N004': {
    kind: 'user',
    title: 'receiver address not allowed',
    fix: 'use a public https URL, or allow the host in tocsin.yaml',
  },
  'TCN-N005': { kind: 'user', title: 'receiver is gone (410)', fix: 'remove it from tocsin.yaml or give it a new URL' },
  'TCN-N006': { kind: 'user', title: 'signing secret not valid', fix: 'whsec_ followed by 24 to 64 bytes in base64' },
  'TCN-N007': { kind: 'transient', title: 'receiver asked to slow down', fix: 'nothing: its Retry-After is obeyed' },
  'TCN-N008': {
    kind: 'user',
    title: 'notification given up',
    fix: 'it could not be delivered within 24 h; see the receiver’s history',
  },
  'TCN-F001': { kind: 'user', title: 'event body cannot be decoded', fix: 'see the quarantined body and its reason' },
  'TCN-F002': {
    kind: 'transient',
    title: 'telemetry sink could not be reached',
    fix: 'records wait in storage and are sent when it answers',
  },
  'TCN-F003': { kind: 'user', title: 'telemetry sink refused the batch', fix: 'see its answer in the quarantine entry' },
  'TCN-F004': { kind: 'user', title: 'record cannot be mapped', fix: 'see the quarantined record and its reason' },
  'TCN-F005': {
    kind: 'user',
    title: 'record too large for the sink',
    fix: 'it is in the quarantine; other sinks may have taken it',
  },
  'TCN-F006': {
    kind: 'system',
    title: 'forwarding falls behind the hub',
    fix: 'see the latency of the sinks in the log; raise their concurrency, or the partitions of the hub',
  },
  'TCN-F007': {
    kind: 'user',
    title: 'more series than can be counted',
    fix: 'name under `by:` of the stream rules only members with few values',
  },
  'TCN-F008': {
    kind: 'system',
    title: 'more records are refused or unreadable than before',
    fix: 'see the reasons in the quarantine; replay it when they are gone',
  },
  'TCN-F009': {
    kind: 'system',
    title: 'events of the hub are not read',
    fix: 'see whether the function forward runs, and its log; the hub forgets events when their retention is over',
  },
  'TCN-F010': {
    kind: 'system',
    title: 'the hub has forgotten events before they were forwarded',
    fix: 'they are lost to sinks and stream rules; raise the retention of the hub, mend what holds forwarding up',
  },
  'TCN-F011': {
    kind: 'transient',
    title: 'the hub could not be asked what it holds',
    fix: 'it is asked again every minute; Tocsin needs Azure Event Hubs Data Receiver on it',
  },
  'TCN-H001': { kind: 'user', title: 'not found', fix: 'check the address' },
  'TCN-H002': { kind: 'user', title: 'not allowed', fix: 'send the function key' },
  'TCN-H003': { kind: 'user', title: 'request not understood', fix: 'see docs/http.md' },
  'TCN-H004': { kind: 'transient', title: 'too many requests', fix: 'wait as long as the answer says' },
  'TCN-H010': { kind: 'user', title: 'silence not valid', fix: 'see docs/silences.md for what a silence has' },
  'TCN-H011': { kind: 'user', title: 'declared in the configuration', fix: 'change it in tocsin.yaml and deploy' },
  'TCN-H012': { kind: 'transient', title: 'changed by somebody else meanwhile', fix: 'look at it again, then repeat' },
  'TCN-H013': { kind: 'user', title: 'request from another site', fix: 'use the form on the page of the console itself' },
  'TCN-H014': { kind: 'user', title: 'link not valid any more', fix: 'open the alert in the console' },
  'TCN-H015': { kind: 'user', title: 'nobody is signed in', fix: 'sign in, or send an API key' },
  'TCN-H016': { kind: 'user', title: 'request too large', fix: 'send less at once' },
  'TCN-L001': { kind: 'user', title: 'port already taken', fix: 'stop the other process or choose another with --port' },
  'TCN-L002': { kind: 'system', title: 'local stand-in did not start', fix: 'see the message; `--fresh` begins with empty data' },
  'TCN-L003': { kind: 'user', title: 'KQL not supported offline', fix: 'see docs/kql.md; Azure itself may run it' },
  'TCN-L004': { kind: 'user', title: 'scenario unknown', fix: 'use one of those listed' },
  'TCN-L005': {
    kind: 'system',
    title: 'function app cannot be run locally',
    fix: 'see the message; `npm run build` makes it anew',
  },
  'TCN-L006': { kind: 'user', title: 'data folder in use', fix: 'stop the other run, or choose another folder' },
  'TCN-L007': { kind: 'user', title: 'query makes too many rows', fix: 'filter earlier, or ask for a shorter time' },
  'TCN-L008': {
    kind: 'system',
    title: 'function ran longer than functionTimeout',
    fix: 'see what it waited for; Azure would have ended the worker, too',
  },
  'TCN-L010': { kind: 'user', title: 'query needs too much memory', fix: 'filter earlier, or ask for a shorter time' },
  'TCN-L011': { kind: 'user', title: 'query took too long', fix: 'filter earlier, or ask for a shorter time' },
  'TCN-L012': {
    kind: 'system',
    title: 'file on this machine cannot be written',
    fix: 'free space on its disk, or check path and permissions; the same command then goes on where it stopped',
  },
  'TCN-L013': {
    kind: 'user',
    title: 'archive cannot be read',
    fix: 'check the address; in Azure the identity or SAS needs to read and list blobs (Storage Blob Data Reader)',
  },
  'TCN-L014': {
    kind: 'transient',
    title: 'nothing can be sent there now',
    fix: 'check its address and the network, then start again',
  },
  'TCN-L015': {
    kind: 'user',
    title: 'the target refused what was sent',
    fix: 'check that --to is an Event Hub, its name and its key',
  },
  'TCN-T001': { kind: 'user', title: 'not a file of rule tests', fix: 'see docs/rules-tests.md, or `tocsin schema --tests`' },
  'TCN-T002': { kind: 'user', title: 'rule test names what does not exist', fix: 'use the name suggested' },
  'TCN-T003': { kind: 'user', title: 'rule test failed', fix: 'mend the rule, or what the test expects of it' },
  'TCN-W001': { kind: 'user', title: 'data between windows that no window covers', fix: 'lengthen `window` or shorten `every`' },
  'TCN-W002': { kind: 'user', title: 'judged before data have arrived', fix: 'leave `delay` out, or lengthen the time' },
  'TCN-W003': { kind: 'user', title: 'duration that is no multiple of `every`', fix: 'use one of those named' },
  'TCN-W004': { kind: 'user', title: 'condition that always or never holds', fix: 'mend the threshold' },
  'TCN-W005': { kind: 'user', title: 'severity that is never reached', fix: 'exchange the thresholds, or remove the rule' },
  'TCN-W006': { kind: 'user', title: 'two rules that say the same', fix: 'remove one of them' },
  'TCN-W007': { kind: 'user', title: 'split into ever more series', fix: 'split by a dimension with few values' },
  'TCN-W008': { kind: 'user', title: 'level added up', fix: 'use `maximum` or `average`' },
  'TCN-W009': { kind: 'user', title: 'log category unknown or not named', fix: 'name the category that the rule needs' },
  'TCN-W010': { kind: 'user', title: 'query with a time range of its own', fix: 'leave the time range to Tocsin' },
  'TCN-W011': { kind: 'user', title: 'resource type that is probably misspelt', fix: 'write the type as Azure does' },
  'TCN-B001': { kind: 'user', title: 'no archive there', fix: 'name the folder that holds insights-logs-* or tocsin-metrics' },
  'TCN-X001': { kind: 'system', title: 'unexpected failure', fix: 'report it with the log lines around it' },
} as const satisfies Record<string, { kind: ErrorKind; title: string; fix: string }>;

export type ErrorKind = 'user' | 'transient' | 'system';
export type ErrorCode = keyof typeof ERRORS;

export interface ErrorDetails {
  /** Milliseconds after which the other side allows another try. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** The one error class. `detail` says what and where, without secrets; the table says what to do. */
export class TocsinError extends Error {
  override readonly name = 'TocsinError';
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly detail: string;
  readonly retryAfter: number | null;

  constructor(code: ErrorCode, detail: string, { retryAfter, cause }: ErrorDetails = {}) {
    super(`${code} ${ERRORS[code].title}: ${detail}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.kind = ERRORS[code].kind;
    this.detail = detail;
    this.retryAfter = retryAfter ?? null;
  }

  get fix(): string {
    return ERRORS[this.code].fix;
  }
}

/** Any thrown thing as a coded error; what we did not expect is TCN-X001. */
export function asTocsinError(thrown: unknown): TocsinError {
  if (thrown instanceof TocsinError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new TocsinError('TCN-X001', detail, { cause: thrown });
}

/** A problem in a file, as data: printed as `file:line:col code message`, or rendered by another output. */
export interface Diagnostic {
  readonly code: ErrorCode;
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What to do, where it is more than the table's general advice. */
  readonly hint: string | null;
}
