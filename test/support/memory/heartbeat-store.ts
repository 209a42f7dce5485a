import type { CallOptions, Heartbeat, HeartbeatStore } from '../../../src/ports.ts';
import { Faulty, throughJson } from './faults.ts';

export class MemoryHeartbeatStore extends Faulty implements HeartbeatStore {
  #newest = new Map<string, Heartbeat>();

  record(heartbeat: Heartbeat, options?: CallOptions): Promise<void> {
    const copy = throughJson(heartbeat);
    return this.run('record', () => void this.#newest.set(`${heartbeat.id}/${heartbeat.phase}`, copy), options?.signal);
  }

  all(options?: CallOptions): Promise<readonly Heartbeat[]> {
    return this.run('all', () => throughJson([...this.#newest.values()]), options?.signal);
  }
}
