import type { Role } from '../model/access.ts';
import { TocsinError } from '../model/errors.ts';

/** Everything that the deployed app reads from its environment. The table in docs/configuration.md is made from SETTINGS. */
export interface Settings {
  readonly storage: StorageSettings;
  readonly evaluationsQueue: string;
  readonly notificationsQueue: string;
  readonly eventHubName: string;
  readonly eventHub: EventHubSettings;
  readonly subscriptions: readonly string[];
  readonly workspaces: readonly string[];
  readonly clientId: string | null;
  /** Base URL of the console, without a slash at the end; links in notifications begin with it. */
  readonly consoleUrl: string;
  readonly consoleAccess: 'open' | 'entra';
  readonly authenticationEnabled: boolean;
  /** Keys of machines. */
  readonly apiKeys: readonly ApiKey[];
  /** App roles and group ids of Entra ID by what they allow; no readers: everybody who is signed in. */
  readonly roles: Readonly<Record<Role, readonly string[]>>;
  /** Loopback URL of an Azure Monitor stand-in; `null` in Azure. */
  readonly standIn: string | null;
  /** How queue delays are kept: by the queue's visibility timeout, or by the host that holds a message until it is due. */
  readonly queueDelays: 'visibility' | 'envelope';
  readonly logLevel: string;
  /** Proxy through which receivers and sinks at public addresses are reached; `null`: none. */
  readonly proxy: string | null;
  /** How many days the audit trail is kept. */
  readonly auditDays: number;
}

export interface StorageSettings {
  readonly connectionString: string | null;
  readonly blobUri: string | null;
  readonly queueUri: string | null;
  readonly tableUri: string | null;
  readonly clientId: string | null;
}

/** How the hub is reached by what is not its trigger; neither connection nor namespace: not at all. */
export interface EventHubSettings {
  readonly consumerGroup: string;
  readonly connection: string | null;
  readonly namespace: string | null;
  readonly clientId: string | null;
}

export interface ApiKey {
  readonly name: string;
  readonly role: Role;
  readonly secret: string;
}

interface SettingDoc {
  readonly name: string;
  readonly required: boolean;
  readonly fallback: string;
  readonly meaning: string;
}

/** Settings by name: those that the code reads and those that triggers name as `%NAME%` or as a connection. */
export const SETTINGS: readonly SettingDoc[] = [
  {
    name: 'AzureWebJobsStorage',
    required: false,
    fallback: '',
    meaning: 'connection string of the storage account; on a laptop only',
  },
  {
    name: 'AzureWebJobsStorage__blobServiceUri',
    required: false,
    fallback: '',
    meaning: 'blob endpoint, with a managed identity',
  },
  { name: 'AzureWebJobsStorage__queueServiceUri', required: false, fallback: '', meaning: 'queue endpoint' },
  { name: 'AzureWebJobsStorage__tableServiceUri', required: false, fallback: '', meaning: 'table endpoint' },
  { name: 'AzureWebJobsStorage__clientId', required: false, fallback: '', meaning: 'client id of the identity for storage' },
  { name: 'AZURE_CLIENT_ID', required: false, fallback: '', meaning: 'client id of the user-assigned identity' },
  {
    name: 'EventHubConnection',
    required: true,
    fallback: '',
    meaning: 'Event Hubs connection: a string, or `EventHubConnection__fullyQualifiedNamespace` and an identity',
  },
  {
    name: 'EventHubConnection__fullyQualifiedNamespace',
    required: false,
    fallback: '',
    meaning: 'host name of the Event Hubs namespace, with a managed identity',
  },
  { name: 'EventHubConnection__clientId', required: false, fallback: '', meaning: 'client id of the identity for the hub' },
  { name: 'EVENT_HUB_NAME', required: true, fallback: '', meaning: 'hub to which diagnostic settings stream' },
  { name: 'EVENT_HUB_CONSUMER_GROUP', required: true, fallback: '', meaning: 'consumer group used by nothing else' },
  { name: 'EVALUATIONS_QUEUE', required: true, fallback: '', meaning: 'queue of evaluation jobs' },
  { name: 'NOTIFICATIONS_QUEUE', required: true, fallback: '', meaning: 'queue of notification jobs' },
  {
    name: 'TICK_SCHEDULE',
    required: true,
    fallback: '',
    meaning: 'NCRONTAB of the evaluation timer; `0 * * * * *` keeps catch-up',
  },
  { name: 'DIGEST_SCHEDULE', required: true, fallback: '', meaning: 'NCRONTAB at which due digests are looked for' },
  { name: 'COVERAGE_SCHEDULE', required: true, fallback: '', meaning: 'NCRONTAB of the coverage check' },
  { name: 'TOCSIN_SUBSCRIPTIONS', required: true, fallback: '', meaning: 'subscription ids to watch, separated by commas' },
  {
    name: 'TOCSIN_WORKSPACES',
    required: false,
    fallback: '',
    meaning: 'Log Analytics workspace ids (customer ids) for log rules, separated by commas',
  },
  {
    name: 'TOCSIN_CONSOLE_URL',
    required: false,
    fallback: 'https://$WEBSITE_HOSTNAME',
    meaning: 'base URL for links in notifications',
  },
  {
    name: 'TOCSIN_CONSOLE_ACCESS',
    required: false,
    fallback: 'entra',
    meaning: '`entra`: people signed in through App Service authentication; `open`: anybody who reaches it',
  },
  {
    name: 'TOCSIN_ADMINS',
    required: false,
    fallback: 'Tocsin.Admin',
    meaning: 'app roles and group ids of Entra ID, separated by commas, whose people may do everything',
  },
  {
    name: 'TOCSIN_RESPONDERS',
    required: false,
    fallback: 'Tocsin.Responder',
    meaning: 'the same for who may acknowledge and silence',
  },
  {
    name: 'TOCSIN_READERS',
    required: false,
    fallback: '',
    meaning: 'the same for who may look; empty: everybody who is signed in',
  },
  {
    name: 'TOCSIN_API_KEYS',
    required: false,
    fallback: '',
    meaning:
      'keys of machines for `/api/v2` and `/api/alerts`: `NAME=SECRET` or `NAME:ROLE=SECRET` (`reader`, `responder`, `admin`; default `responder`), separated by commas; a secret has at least 20 characters',
  },
  {
    name: 'TOCSIN_PROXY',
    required: false,
    fallback: '',
    meaning: 'proxy, `http://host:port`, through which webhooks, mail servers and sinks at public addresses are reached',
  },
  { name: 'TOCSIN_LOG_LEVEL', required: false, fallback: 'info', meaning: '`debug`, `info`, `warn` or `error`' },
  {
    name: 'TOCSIN_STAND_IN',
    required: false,
    fallback: '',
    meaning: 'loopback URL of an Azure Monitor stand-in; never set in Azure',
  },
  { name: 'TOCSIN_AUDIT_DAYS', required: false, fallback: '400', meaning: 'how many days the audit trail is kept' },
  {
    name: 'TOCSIN_QUEUE_DELAY',
    required: false,
    fallback: 'visibility',
    meaning: '`envelope` when the local host keeps delays on a scenario clock',
  },
];

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process. Read at each call: the platform replaces it when a warm worker is given this app. */
export function environment(): Environment {
  return process.env;
}

/** Checked settings. Throws TCN-C001 or TCN-C002 with the name of the first setting at fault, never with its value. */
export function readSettings(env: Environment): Settings {
  const connectionString = env.AzureWebJobsStorage ?? null;
  const blobUri = env.AzureWebJobsStorage__blobServiceUri ?? null;
  if (connectionString === null && blobUri === null) {
    throw new TocsinError('TCN-C001', 'AzureWebJobsStorage or AzureWebJobsStorage__blobServiceUri');
  }
  return {
    storage: {
      connectionString,
      blobUri,
      queueUri: env.AzureWebJobsStorage__queueServiceUri ?? null,
      tableUri: env.AzureWebJobsStorage__tableServiceUri ?? null,
      clientId: env.AzureWebJobsStorage__clientId ?? null,
    },
    evaluationsQueue: required(env, 'EVALUATIONS_QUEUE'),
    notificationsQueue: required(env, 'NOTIFICATIONS_QUEUE'),
    eventHubName: required(env, 'EVENT_HUB_NAME'),
    eventHub: {
      consumerGroup: env.EVENT_HUB_CONSUMER_GROUP ?? '$Default',
      connection: env.EventHubConnection ?? null,
      namespace: env.EventHubConnection__fullyQualifiedNamespace ?? null,
      clientId: env.EventHubConnection__clientId ?? null,
    },
    subscriptions: list(required(env, 'TOCSIN_SUBSCRIPTIONS')),
    workspaces: list(env.TOCSIN_WORKSPACES ?? ''),
    clientId: env.AZURE_CLIENT_ID ?? null,
    consoleUrl: (env.TOCSIN_CONSOLE_URL ?? `https://${env.WEBSITE_HOSTNAME ?? 'localhost'}`).replace(/\/+$/, ''),
    consoleAccess: oneOf(env, 'TOCSIN_CONSOLE_ACCESS', ['entra', 'open']),
    authenticationEnabled: /^true$/i.test(env.WEBSITE_AUTH_ENABLED ?? ''),
    apiKeys: apiKeys(env.TOCSIN_API_KEYS ?? ''),
    roles: {
      admin: list(env.TOCSIN_ADMINS ?? 'Tocsin.Admin'),
      responder: list(env.TOCSIN_RESPONDERS ?? 'Tocsin.Responder'),
      reader: list(env.TOCSIN_READERS ?? ''),
    },
    standIn: env.TOCSIN_STAND_IN ?? null,
    queueDelays: oneOf(env, 'TOCSIN_QUEUE_DELAY', ['visibility', 'envelope']),
    proxy: proxyOf(env),
    auditDays: auditDaysOf(env),
    logLevel: oneOf(env, 'TOCSIN_LOG_LEVEL', ['info', 'debug', 'warn', 'error']),
  };
}

const API_KEY = /^([\w.-]{1,64})(?::(reader|responder|admin))?=(\S{20,})$/;

/** A Key Vault reference that is not resolved yet, as just after the first deployment, lets nobody in; it must not stop the app. */
function apiKeys(text: string): readonly ApiKey[] {
  if (text.startsWith('@Microsoft.KeyVault(')) return [];
  return list(text).map((each, index) => {
    const [, name, role = 'responder', secret] = API_KEY.exec(each) ?? [];
    if (name === undefined || secret === undefined) {
      throw new TocsinError('TCN-C002', `TOCSIN_API_KEYS, key ${index + 1} is not NAME=SECRET with 20 characters or more`);
    }
    return { name, role: role as Role, secret };
  });
}

function proxyOf(env: Environment): string | null {
  const proxy = env.TOCSIN_PROXY ?? '';
  if (proxy === '') return null;
  if (!/^https?:$/.test(URL.parse(proxy)?.protocol ?? '')) throw new TocsinError('TCN-C002', 'TOCSIN_PROXY is no http(s) URL');
  return proxy;
}

function auditDaysOf(env: Environment): number {
  const days = env.TOCSIN_AUDIT_DAYS || '400';
  if (!/^[1-9]\d{0,4}$/.test(days)) throw new TocsinError('TCN-C002', 'TOCSIN_AUDIT_DAYS is no number of days');
  return Number(days);
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new TocsinError('TCN-C001', name);
  return value;
}

/** The first choice is the default. */
function oneOf<const Choice extends string>(env: Environment, name: string, choices: readonly [Choice, ...Choice[]]): Choice {
  const value = env[name] ?? '';
  if (value === '') return choices[0];
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw new TocsinError('TCN-C002', `${name} is none of ${choices.join(', ')}`);
  return choice;
}

function list(text: string): readonly string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
