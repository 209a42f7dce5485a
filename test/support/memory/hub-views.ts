import type { HubView } from '../../../src/model/hub.ts';
import type { CallOptions, HubViewStore, Version, Versioned } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';
import { VersionedMap } from './versioned-map.ts';

export class MemoryHubViewStore extends Faulty implements HubViewStore {
  #views = new VersionedMap<HubView>();

  read(hub: string, options?: CallOptions): Promise<Versioned<HubView | null>> {
    return this.run('read', () => this.#views.get(hub), options?.signal);
  }

  replace(next: HubView, version: Version, options?: CallOptions): Promise<boolean> {
    return this.run('replace', () => this.#views.replace(next.hub, next, version), options?.signal);
  }
}
