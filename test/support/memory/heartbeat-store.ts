import type { Heartbeat, HeartbeatStore } from '../../../src/ports.ts';

export class MemoryHeartbeatStore implements HeartbeatStore {
  readonly #newest = new Map<string, Heartbeat>();

  async record(heartbeat: Heartbeat): Promise<void> {
    this.#newest.set(`${heartbeat.id}/${heartbeat.phase}`, heartbeat);
  }

  async all(): Promise<readonly Heartbeat[]> {
    return [...this.#newest.values()];
  }
}
