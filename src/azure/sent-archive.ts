import type { SentArchive } from '../ports.ts';
import { openBlobs } from './blobs.ts';
import { keyPart } from './keys.ts';
import { CONTAINERS } from './names.ts';
import type { Storage } from './storage.ts';

export function createSentArchive(storage: Storage): SentArchive {
  const blobs = openBlobs(storage, CONTAINERS.sent);
  return {
    put: async (id, body, options) => {
      await blobs.create(keyPart(id), body, { contentType: 'application/json; charset=utf-8' }, options);
    },
    get: async (id, options) => {
      const blob = await blobs.get(keyPart(id), options);
      return blob === null ? null : Buffer.from(blob.body).toString('utf8');
    },
  };
}
