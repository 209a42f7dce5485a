import { gunzipSync, gzipSync } from 'node:zlib';
import { TocsinError } from '../model/errors.ts';
import type { ShardKey, ShardState } from '../model/state.ts';
import type { EvaluationStore, Log } from '../ports.ts';
import { openBlobs } from './blobs.ts';
import { keyPart } from './keys.ts';
import { CONTAINERS } from './names.ts';
import type { Storage } from './storage.ts';

const DESCRIPTION = { contentType: 'application/json', contentEncoding: 'gzip' };

/**
 * One gzip JSON blob per rule and shard, written under its ETag. A blob that cannot be read is copied to `….corrupt`, logged as
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
        return { value: stateOf(blob.body), version: blob.version };
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
      const body = gzipSync(JSON.stringify(next));
      return version === null
        ? blobs.create(name, body, DESCRIPTION, options)
        : blobs.replace(name, body, DESCRIPTION, version, options);
    },
  };
}

function blobName({ rule, shard }: ShardKey): string {
  return `evaluations/${keyPart(rule)}/${keyPart(shard)}.json.gz`;
}

/** The guarantee behind the cast: only `replace` writes these blobs, and a blob of another making lacks the version or the maps. */
function stateOf(body: Uint8Array): ShardState {
  const state = JSON.parse(gunzipSync(body).toString('utf8')) as Partial<ShardState> | null;
  const whole =
    state?.version === 1 &&
    typeof state.lastWindowEnd === 'number' &&
    [state.instances, state.expected, state.lagging, state.blind].every((map) => typeof map === 'object' && map !== null) &&
    Array.isArray(state.recent) &&
    Array.isArray(state.unsent);
  if (!whole) throw new TypeError('not the state of a shard');
  return state as ShardState;
}
