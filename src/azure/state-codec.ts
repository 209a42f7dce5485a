import { gunzipSync, gzipSync } from 'node:zlib';
import type { ShardState } from '../model/state.ts';
import type { BlobDescription } from './blobs.ts';
import { type PackedState, packState, unpackState } from './packed-state.ts';

/** Up to so many bytes compressing takes longer than the way to the storage in one's own region; bytes on that way cost nothing. */
const PLAIN = 2 * 1024 * 1024;
/** Within a tenth as small as by default, in a third of the time. */
const LEVEL = 1;
const [GZIP_1, GZIP_2] = [0x1f, 0x8b];

/** The state of a shard as the body of its blob: packed JSON, compressed where it is very large. */
export function encodeState(state: ShardState): { readonly body: Uint8Array; readonly description: BlobDescription } {
  const json = Buffer.from(JSON.stringify(packState(state) ?? state));
  return json.length <= PLAIN
    ? { body: json, description: { contentType: 'application/json' } }
    : { body: gzipSync(json, { level: LEVEL }), description: { contentType: 'application/json', contentEncoding: 'gzip' } };
}

/** What `encodeState` wrote. Throws when the body is of another making: it lacks the version or the parts. */
export function decodeState(body: Uint8Array): ShardState {
  const isGzip = body[0] === GZIP_1 && body[1] === GZIP_2;
  const json = isGzip ? gunzipSync(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const stored = JSON.parse(json.toString('utf8')) as Partial<ShardState> | Partial<PackedState> | null;
  const state = stored?.version === 2 && isWhole(stored) ? unpackState(stored) : (stored as Partial<ShardState> | null);
  const whole =
    state?.version === 1 &&
    typeof state.lastWindowEnd === 'number' &&
    [state.instances, state.expected, state.lagging, state.blind].every((map) => typeof map === 'object' && map !== null) &&
    Array.isArray(state.recent) &&
    Array.isArray(state.unsent);
  if (!whole) throw new TypeError('not the state of a shard');
  return state as ShardState;
}

function isWhole(stored: Partial<PackedState>): stored is PackedState {
  const { ids, labelNames, fingerprints, recent, rest } = stored;
  const isList = (one: { readonly count: number } | undefined) => one === undefined || typeof one.count === 'number';
  const lists = [ids, labelNames, fingerprints, recent].every(Array.isArray);
  return lists && typeof rest === 'object' && isList(stored.instances) && isList(stored.expected);
}
