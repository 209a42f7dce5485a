import { gunzipSync, gzipSync } from 'node:zlib';
import { TocsinError } from '../model/errors.ts';

/** A binary property of a table entity holds at most 64 KiB, an entity 1 MiB. */
const CHUNK = 60 * 1024;
const MOST_CHUNKS = 15;

/** Up to so many bytes compressing takes longer than the way to the storage. */
const PLAIN = 4 * 1024;
/** Within a fiftieth as small as by default, in half of the time. */
const LEVEL = 3;
const GUNZIPPED_AT_ONCE = 64 * 1024;
const [GZIP_1, GZIP_2] = [0x1f, 0x8b];

type Columns = Readonly<Record<string, unknown>>;

/** JSON, a long one as gzip, in the properties `p0`, `p1`, …; throws TCN-S003 when it does not fit into one entity. */
export function pack(text: string): Record<string, Uint8Array> {
  const json = Buffer.from(text);
  const bytes = json.length <= PLAIN ? json : compress(json);
  const chunks = Math.ceil(bytes.length / CHUNK);
  if (chunks > MOST_CHUNKS) {
    throw new TocsinError('TCN-S003', `a record of ${bytes.length} bytes does not fit into one table entity`);
  }
  const packed: Record<string, Uint8Array> = {};
  for (let index = 0; index < chunks; index += 1) packed[`p${index}`] = bytes.subarray(index * CHUNK, (index + 1) * CHUNK);
  return packed;
}

/** The value that `pack` packed; throws TCN-S002 when it cannot be read. */
export function unpack(columns: Columns): unknown {
  const chunks: Uint8Array[] = [];
  for (let chunk = columns.p0; chunk instanceof Uint8Array; chunk = columns[`p${chunks.length}`]) chunks.push(chunk);
  try {
    const bytes = Buffer.concat(chunks);
    const isGzip = bytes[0] === GZIP_1 && bytes[1] === GZIP_2;
    return JSON.parse((isGzip ? decompress(bytes) : bytes).toString('utf8'));
  } catch (cause) {
    throw new TocsinError('TCN-S002', `table entity ${String(columns.partitionKey)}/${String(columns.rowKey)}`, { cause });
  }
}

export function compress(bytes: Uint8Array): Buffer {
  return gzipSync(bytes, { level: LEVEL });
}

export function decompress(bytes: Uint8Array): Buffer {
  return gunzipSync(bytes, { chunkSize: GUNZIPPED_AT_ONCE });
}
