import type { ParkedBatch, ParkingStore } from '../ports.ts';
import { asMetadata, fromMetadata, openBlobs } from './blobs.ts';
import { keyPart } from './keys.ts';
import { CONTAINERS } from './names.ts';
import type { Storage } from './storage.ts';

/**
 * One blob per batch: the body as it will be sent, and the batch's data in the metadata. `list` reads all names, which is as many as
 * wait: parking is empty unless a sink is down.
 */
export function createParkingStore(storage: Storage): ParkingStore {
  const blobs = openBlobs(storage, CONTAINERS.parked);
  return {
    park: async (batch, body, options) => {
      await blobs.create(
        keyPart(batch.id),
        body,
        { contentType: 'application/octet-stream', metadata: asMetadata(batch) },
        options,
      );
    },
    list: async (limit, options) => {
      const listed = await blobs.list('', Number.POSITIVE_INFINITY, options);
      return listed
        .map((metadata) => fromMetadata<ParkedBatch>(metadata))
        .filter((batch) => batch !== null)
        .sort((a, b) => a.parkedAt - b.parkedAt || (a.id < b.id ? -1 : 1))
        .slice(0, limit);
    },
    body: async (id, options) => (await blobs.get(keyPart(id), options))?.body ?? null,
    update: async (batch, options) => {
      await blobs.describe(keyPart(batch.id), asMetadata(batch), options);
    },
    remove: (id, options) => blobs.remove(keyPart(id), undefined, options),
  };
}
