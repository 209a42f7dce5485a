import type { ParkedBatch, ParkedKey, ParkingStore } from '../ports.ts';
import { asMetadata, fromMetadata, openBlobs } from './blobs.ts';
import { keyPart, timeKey } from './keys.ts';
import { CONTAINERS } from './names.ts';
import type { Storage } from './storage.ts';

const MINUTE = 60_000;

/**
 * One blob per batch: the body as it will be sent, and the batch's data in the metadata. Names are `sink/minute/time-id`, so that the
 * oldest of a sink are listed first without reading the others, and the newest are found by their minute. The time is that of the
 * first event in the hub, the same at every redelivery, and so is the name.
 */
export function createParkingStore(storage: Storage): ParkingStore {
  const blobs = openBlobs(storage, CONTAINERS.parked);
  const read = (listed: readonly Readonly<Record<string, string>>[]): readonly ParkedBatch[] =>
    listed.map((metadata) => fromMetadata<ParkedBatch>(metadata)).filter((batch) => batch !== null);
  return {
    park: async (batch, body, options) => {
      const description = { contentType: 'application/octet-stream', metadata: asMetadata(batch) };
      await blobs.create(nameOf(batch), body, description, options);
    },
    list: async (sink, order, limit, options) => {
      const prefix = `${keyPart(sink)}/`;
      if (order === 'oldest') return read(await blobs.list(prefix, limit, options));
      const found: ParkedBatch[] = [];
      for (const minute of [...(await blobs.folders(prefix, options))].reverse()) {
        found.push(...[...read(await blobs.list(minute, Number.POSITIVE_INFINITY, options))].reverse());
        if (found.length >= limit) break;
      }
      return found.slice(0, limit);
    },
    sinks: async (options) => {
      const sinks: string[] = [];
      for (const folder of await blobs.folders('', options)) {
        const [first] = read(await blobs.list(folder, 1, options));
        if (first !== undefined) sinks.push(first.sink);
      }
      return sinks;
    },
    body: async (batch, options) => (await blobs.get(nameOf(batch), options))?.body ?? null,
    update: async (batch, options) => {
      await blobs.describe(nameOf(batch), asMetadata(batch), options);
    },
    remove: (batch, options) => blobs.remove(nameOf(batch), undefined, options),
  };
}

function nameOf({ sink, enqueuedAt, id }: ParkedKey): string {
  const minute = enqueuedAt - (enqueuedAt % MINUTE);
  return `${keyPart(sink)}/${timeKey(minute)}/${timeKey(enqueuedAt)}-${keyPart(id)}`;
}
