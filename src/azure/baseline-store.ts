import { gunzipSync, gzipSync } from 'node:zlib';
import type { ShardBaseline } from '../model/baseline.ts';
import { TocsinError } from '../model/errors.ts';
import type { ShardKey } from '../model/state.ts';
import type { BaselineStore, Log } from '../ports.ts';
import { openBlobs } from './blobs.ts';
import { keyPart } from './keys.ts';
import { CONTAINERS } from './names.ts';
import type { Storage } from './storage.ts';

const DESCRIPTION = { contentType: 'application/json', contentEncoding: 'gzip' };

/** One gzip JSON blob per rule and shard. A blob that cannot be read is logged as TCN-S002 and counts as never written: it is learnt anew. */
export function createBaselineStore(storage: Storage, log: Log): BaselineStore {
  const blobs = openBlobs(storage, CONTAINERS.state);
  return {
    read: async (key, options) => {
      const name = blobName(key);
      const blob = await blobs.get(name, options);
      if (blob === null) return { value: null, version: null };
      try {
        return { value: baselineOf(blob.body), version: blob.version };
      } catch (cause) {
        const error = new TocsinError('TCN-S002', `${CONTAINERS.state}/${name}`, { cause });
        log.error({ error, code: error.code, rule: key.rule, shard: key.shard }, 'baseline cannot be read; it is learnt anew');
        return { value: null, version: blob.version };
      }
    },
    replace: (key, next, version, options) => {
      const name = blobName(key);
      const body = gzipSync(JSON.stringify(next));
      return version === null
        ? blobs.create(name, body, DESCRIPTION, options)
        : blobs.replace(name, body, DESCRIPTION, version, options);
    },
  };
}

function blobName({ rule, shard }: ShardKey): string {
  return `baselines/${keyPart(rule)}/${keyPart(shard)}.json.gz`;
}

/** The guarantee behind the cast: only `replace` writes these blobs. */
function baselineOf(body: Uint8Array): ShardBaseline {
  const baseline = JSON.parse(gunzipSync(body).toString('utf8')) as Partial<ShardBaseline> | null;
  if (baseline?.version !== 1 || typeof baseline.series !== 'object' || baseline.series === null) {
    throw new TypeError('not a baseline');
  }
  return baseline as ShardBaseline;
}
