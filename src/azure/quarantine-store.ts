import type { QuarantineEntry, QuarantineStore } from '../ports.ts';
import { asMetadata, fromMetadata, openBlobs } from './blobs.ts';
import { keyPart, timeKey } from './keys.ts';
import { CONTAINERS } from './names.ts';
import type { Storage } from './storage.ts';

/** Metadata of a blob are at most 8 KiB; base64 and the other fields need room. */
const LONGEST_REASON = 1_000;
const END_OF_TIME = 999_999_999_999_999;

type Listed = Omit<QuarantineEntry, 'body'>;

/**
 * One blob per entry with the body as it came; what is known of it is in the metadata. Names begin with the time the event was
 * enqueued, counted backwards, so that the newest are listed first; that time is the same at every redelivery, and so is the name.
 */
export function createQuarantineStore(storage: Storage): QuarantineStore {
  const blobs = openBlobs(storage, CONTAINERS.quarantine);
  return {
    put: async ({ body, ...entry }, options) => {
      const metadata = asMetadata({ ...entry, reason: entry.reason.slice(0, LONGEST_REASON) });
      await blobs.create(nameOf(entry), body, { contentType: 'application/octet-stream', metadata }, options);
    },
    list: async (limit, options) => {
      const listed = await blobs.list('', limit, options);
      return listed
        .map((metadata) => fromMetadata<Listed>(metadata))
        .filter((entry) => entry !== null)
        .sort((a, b) => enqueuedAt(b) - enqueuedAt(a) || b.at - a.at || (a.id < b.id ? -1 : 1));
    },
    body: async (entry, options) => (await blobs.get(nameOf(entry), options))?.body ?? null,
    remove: (entry, options) => blobs.remove(nameOf(entry), undefined, options),
  };
}

function nameOf(entry: Listed): string {
  return `${timeKey(END_OF_TIME - enqueuedAt(entry))}/${keyPart(entry.id)}`;
}

/** Epoch ms; 0 where the hub gave no readable time. */
function enqueuedAt(entry: Listed): number {
  return Date.parse(entry.enqueuedAt) || 0;
}
