import type { HubView } from '../model/hub.ts';
import type { HubViewStore, Log } from '../ports.ts';
import { keyPart } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

export function createHubViewStore(storage: Storage, log: Log): HubViewStore {
  const table = openTable(storage, TABLES.forward, log);
  const keyFor = (hub: string) => ({ partition: 'hub', row: keyPart(hub) });
  return {
    read: async (hub, options) => {
      const stored = await table.get<HubView>(keyFor(hub), options);
      return { value: stored?.value ?? null, version: stored?.version ?? null };
    },
    replace: (next, version, options) => table.write({ ...keyFor(next.hub), value: next }, version, options),
  };
}
