import { TocsinError } from '../model/errors.ts';
import type { ShardKey } from '../model/state.ts';
import type { EvaluationStore, Log } from '../ports.ts';
import { openBlobs } from './blobs.ts';
import { keyPart } from './keys.ts';
import { CONTAINERS } from './names.ts';
import { decodeState, encodeState } from './state-codec.ts';
import type { Storage } from './storage.ts';

/**
 * One JSON blob per rule and shard, written under its ETag. A blob that cannot be read is copied to `….corrupt`, logged as
 * TCN-S002 and counts as never written: the rule begins anew.
 */
export function createEvaluationStore(storage: Storage, log: Log): EvaluationStore {
  const blobs = openBlobs(storage, CONTAINERS.state);
  return {
    read: async (key, options) => {
      const name = blobName(key);
      const blob = await blobs.get(name, options);
      if (blob === null) return { value: null, version: null };
      try {
        return { value: decodeState(blob.body), version: blob.version };
      } catch (cause) {
        await blobs.put(`${name}.corrupt`, blob.body, { contentType: 'application/octet-stream' }, options);
        await blobs.remove(name, blob.version, options);
        const error = new TocsinError('TCN-S002', `${CONTAINERS.state}/${name}`, { cause });
        log.error({ error, code: error.code, rule: key.rule, shard: key.shard }, 'state cannot be read; the rule begins anew');
        return { value: null, version: null };
      }
    },
    replace: (key, next, version, options) => {
      const name = blobName(key);
      const { body, description } = encodeState(next);
      return version === null
        ? blobs.create(name, body, description, options)
        : blobs.replace(name, body, description, version, options);
    },
  };
}

function blobName({ rule, shard }: ShardKey): string {
  return `evaluations/${keyPart(rule)}/${keyPart(shard)}.json`;
}
