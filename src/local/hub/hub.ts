import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../ports.ts';
import { listen } from './amqp.ts';
import { HubEntity } from './entity.ts';
import { dataMessage } from './message.ts';
import { Receivers } from './receivers.ts';

export interface HubOptions {
  /** 0 or absent: any free one. */
  readonly port?: number;
  /** Of every hub. */
  readonly partitions: number;
  /** Events are kept here, in one file per hub and partition. */
  readonly dataDir: string;
  /** Gives events their time of arrival. */
  readonly clock: Clock;
}

/** One hub as its writer in the same process sees it, without AMQP in between. */
interface HubStream {
  readonly partitions: number;
  /** Stored when it resolves. */
  append(partition: number, body: Uint8Array, properties?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Bytes per partition, to be given to `truncateTo` later. */
  sizes(): Promise<Readonly<Record<string, number>>>;
  /** Forgets what was appended since `sizes` gave this; a partition not named is emptied. */
  truncateTo(sizes: Readonly<Record<string, number>>): Promise<void>;
}

export interface Hub {
  readonly port: number;
  /** For `@azure/event-hubs`, with the hub as its entity path. Naming a hub creates it. */
  connectionString(hub: string): string;
  stream(hub: string): HubStream;
  /** The last sequence number of every partition, by its id; -1 where it is empty. */
  tails(hub: string): ReadonlyMap<string, number>;
  /** Events that no receiver has been sent yet. */
  pending(): number;
  close(): Promise<void>;
}

/**
 * An Event Hubs namespace on 127.0.0.1 for the real clients (`UseDevelopmentEmulator=true`): producers, consumers with checkpoints
 * and owner levels, management. Events survive SIGKILL with their sequence numbers and offsets. Not there: retention, geo
 * replication, Azure's hash of partition keys, last enqueued event properties. Throws TCN-L001 if the port is taken.
 */
export async function startHub({ port = 0, partitions, dataDir, clock }: HubOptions): Promise<Hub> {
  const entities = new Map<string, HubEntity>();
  const receivers = new Receivers();

  const open = (name: string): HubEntity => {
    const key = name.toLowerCase();
    const entity = entities.get(key) ?? new HubEntity(key, dataDir, partitions, clock);
    entities.set(key, entity);
    return entity;
  };
  if (existsSync(dataDir)) {
    for (const entry of readdirSync(dataDir, { withFileTypes: true })) {
      if (entry.isDirectory() && existsSync(join(dataDir, entry.name, '0.events'))) open(entry.name);
    }
  }
  const server = await listen(port, (name) => entities.get(name.toLowerCase()) ?? null, receivers);

  return {
    port: server.port,
    connectionString(hub) {
      open(hub);
      return `Endpoint=sb://127.0.0.1:${server.port}/;SharedAccessKeyName=local;SharedAccessKey=local;UseDevelopmentEmulator=true;EntityPath=${hub}`;
    },
    stream: (hub) => streamOf(open(hub)),
    tails: (hub) => new Map(open(hub).partitions.map(({ id, log }) => [id, log.length - 1])),
    pending() {
      const all = [...entities.values()].flatMap((entity) => entity.partitions);
      return all.reduce((sum, partition) => sum + Math.max(0, partition.log.length - receivers.reached(partition)), 0);
    },
    async close() {
      await server.close();
      for (const entity of entities.values()) entity.close();
    },
  };
}

function streamOf(entity: HubEntity): HubStream {
  return {
    partitions: entity.partitions.length,
    async append(partition, body, properties) {
      const target = entity.partition(String(partition));
      if (target === null) throw new RangeError(`hub ${entity.name} has no partition ${partition}`);
      entity.store(target, [dataMessage(body, properties)], null);
    },
    async sizes() {
      return Object.fromEntries(entity.partitions.map(({ id, log }) => [id, log.size]));
    },
    async truncateTo(sizes) {
      for (const { id, log } of entity.partitions) log.truncate(sizes[id] ?? 0);
    },
  };
}
