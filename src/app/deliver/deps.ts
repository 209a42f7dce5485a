import type { Config } from '../../model/config.ts';
import type { NotificationJob } from '../../model/messages.ts';
import type {
  AlertStore,
  CircuitStore,
  Clock,
  FindingStore,
  GroupStore,
  HttpSender,
  JobQueue,
  Log,
  MailSender,
  NotificationLog,
  SentArchive,
  SigningSecret,
  SilenceStore,
  SinkClients,
} from '../../ports.ts';

import type { Turns } from './turns.ts';

export interface DeliverDeps {
  /** With URLs and secrets of receivers filled in. */
  readonly config: Config;
  readonly alerts: AlertStore;
  readonly groups: GroupStore;
  /** May be some seconds old. */
  readonly silences: Pick<SilenceStore, 'all'>;
  readonly notificationLog: NotificationLog;
  /** Absent: every delivery is tried on its own. */
  readonly circuits?: CircuitStore;
  /** Absent: rate limits are not kept. */
  readonly turns?: Turns;
  readonly archive: SentArchive;
  readonly findings: FindingStore;
  readonly queue: JobQueue<NotificationJob>;
  readonly http: HttpSender;
  readonly mail: MailSender;
  /** Tokens of the app's identity, for receivers without a key. */
  readonly tokens?: Pick<SinkClients, 'token'>;
  readonly links: { readonly consoleUrl: string };
  /** For links by which a receiver may acknowledge without signing in; absent: there are none. */
  readonly signingSecret?: SigningSecret;
  readonly clock: Clock;
  readonly logger: Log;
}

/** Reads, changes and conditionally writes lose races to others only so often before somebody else should try. */
export const RACES = 10;

/** How many storage calls of one message are in flight at once. */
export const PARALLEL = 16;

/** Groups of one message are written at once, because storage takes as many rows in one transaction. */
export const GROUPS_AT_ONCE = 100;

export const GROUPS_PER_MESSAGE = 100;

/** So many homes of a group's alerts are noted by name. */
export const HOMES_NAMED = 64;
