import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TocsinError } from '../../model/errors.ts';
import { timespan } from './timespan.ts';

/** What the local host heeds of host.json, with the defaults of the host and its extensions. Times in ms. */
export interface HostJson {
  /** `null`: unlimited. */
  readonly functionTimeout: number | null;
  readonly routePrefix: string;
  readonly queues: QueueOptions;
  readonly eventHubs: EventHubOptions;
}

export interface QueueOptions {
  readonly batchSize: number;
  readonly newBatchThreshold: number;
  readonly maxDequeueCount: number;
  readonly visibilityTimeout: number;
  readonly maxPollingInterval: number;
  readonly messageEncoding: 'base64' | 'none';
}

export interface EventHubOptions {
  readonly maxEventBatchSize: number;
  readonly minEventBatchSize: number;
  readonly maxWaitTime: number;
  readonly prefetchCount: number;
  readonly batchCheckpointFrequency: number;
}

interface RawHostJson {
  readonly functionTimeout?: string;
  readonly extensions?: {
    readonly http?: { readonly routePrefix?: string };
    readonly queues?: { readonly [Key in keyof QueueOptions]?: QueueOptions[Key] | string };
    readonly eventHubs?: { readonly [Key in keyof EventHubOptions]?: EventHubOptions[Key] | string };
  };
}

/** Reads the app's host.json. Throws TCN-L005 if it is missing, no JSON, or not for version 2.0. */
export function readHostJson(appDir: string): HostJson {
  const file = join(appDir, 'host.json');
  let raw: RawHostJson & { readonly version?: string };
  try {
    raw = JSON.parse(readFileSync(file, 'utf8')) as typeof raw;
  } catch (cause) {
    throw new TocsinError('TCN-L005', `${file} cannot be read`, { cause });
  }
  if (raw.version !== '2.0') throw new TocsinError('TCN-L005', `${file}: "version" must be "2.0"`);
  const queues = raw.extensions?.queues ?? {};
  const hubs = raw.extensions?.eventHubs ?? {};
  const batchSize = Math.min(32, Number(queues.batchSize ?? 16));
  return {
    functionTimeout: raw.functionTimeout === '-1' ? null : timespan(raw.functionTimeout ?? '00:30:00', 'functionTimeout'),
    routePrefix: raw.extensions?.http?.routePrefix ?? 'api',
    queues: {
      batchSize,
      newBatchThreshold: Number(queues.newBatchThreshold ?? Math.ceil(batchSize / 2)),
      maxDequeueCount: Number(queues.maxDequeueCount ?? 5),
      visibilityTimeout: timespan(String(queues.visibilityTimeout ?? '00:00:00'), 'queues.visibilityTimeout'),
      maxPollingInterval: timespan(String(queues.maxPollingInterval ?? '00:01:00'), 'queues.maxPollingInterval'),
      messageEncoding: queues.messageEncoding === 'none' ? 'none' : 'base64',
    },
    eventHubs: {
      maxEventBatchSize: Number(hubs.maxEventBatchSize ?? 100),
      minEventBatchSize: Number(hubs.minEventBatchSize ?? 1),
      maxWaitTime: timespan(String(hubs.maxWaitTime ?? '00:01:00'), 'eventHubs.maxWaitTime'),
      prefetchCount: Number(hubs.prefetchCount ?? 300),
      batchCheckpointFrequency: Number(hubs.batchCheckpointFrequency ?? 1),
    },
  };
}
