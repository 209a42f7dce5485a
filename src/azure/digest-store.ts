import type { DigestSummary } from '../model/digest.ts';
import type { DigestStore } from '../ports.ts';
import { asMetadata, fromMetadata, openBlobs } from './blobs.ts';
import { keyPart } from './keys.ts';
import { CONTAINERS } from './names.ts';
import type { Storage } from './storage.ts';

const FORMS = {
  html: { file: 'digest.html', contentType: 'text/html; charset=utf-8' },
  text: { file: 'digest.txt', contentType: 'text/plain; charset=utf-8' },
  json: { file: 'digest.json', contentType: 'application/json; charset=utf-8' },
} as const;

/** Three blobs per digest, and one whose metadata is its summary, so that the list is one listing. */
export function createDigestStore(storage: Storage): DigestStore {
  const blobs = openBlobs(storage, CONTAINERS.digests);
  return {
    publish: async (summary, digest, options) => {
      const forms = Object.keys(FORMS) as (keyof typeof FORMS)[];
      const put = (form: keyof typeof FORMS) =>
        blobs.put(`${keyPart(summary.id)}/${FORMS[form].file}`, digest[form], { contentType: FORMS[form].contentType }, options);
      await Promise.all(forms.map(put));
      // Last, so that no digest is listed before it can be opened.
      const description = { contentType: 'application/json', metadata: asMetadata(summary) };
      await blobs.put(`summaries/${keyPart(summary.id)}`, JSON.stringify(summary), description, options);
    },
    list: async (options) => {
      const listed = await blobs.list('summaries/', Number.POSITIVE_INFINITY, options);
      return listed
        .map((metadata) => fromMetadata<DigestSummary>(metadata))
        .filter((summary) => summary !== null)
        .sort(newestFirst);
    },
    get: async (id, form, options) => {
      const blob = await blobs.get(`${keyPart(id)}/${FORMS[form].file}`, options);
      return blob === null ? null : Buffer.from(blob.body).toString('utf8');
    },
  };
}

function newestFirst(a: DigestSummary, b: DigestSummary): number {
  return b.window.end - a.window.end || b.publishedAt - a.publishedAt || (a.id < b.id ? -1 : 1);
}
