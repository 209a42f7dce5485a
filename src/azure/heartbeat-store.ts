import type { Heartbeat, HeartbeatStore, Log } from '../ports.ts';
import { keyOf } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

/** One row per job and phase, all in one partition. */
export function createHeartbeatStore(storage: Storage, log: Log): HeartbeatStore {
  const table = openTable(storage, TABLES.heartbeats, log);
  return {
    record: (heartbeat, options) =>
      table.put({ partition: 'heartbeat', row: keyOf(heartbeat.id, heartbeat.phase), value: heartbeat }, options),
    all: (options) => table.scan<Heartbeat>('heartbeat', undefined, options),
  };
}
