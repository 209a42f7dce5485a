import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { hourOfPath, METRICS_FOLDER } from '../archive/layout.ts';
import { filesUnder } from '../archive/walk.ts';

/** What becomes one event, and how many records it holds as far as is known. */
export interface ReplayBody {
  readonly bytes: Uint8Array;
  readonly records: number;
}

/** An event of a basic namespace is at most 256 KB; one of a hundred records is what diagnostic settings send at most. */
const MOST_BYTES = 200_000;
const MOST_RECORDS = 100;

/**
 * The bodies of archived diagnostics as diagnostic settings would have sent them: records line by line under `records`. A folder is in
 * the layout that Azure writes to a storage account and is read in the order of its hours; a file that is no lines of records is one
 * body, as it is.
 */
export async function* bodiesOf(path: string): AsyncGenerator<ReplayBody> {
  if (!(await stat(path)).isDirectory()) {
    yield* bodiesOfFile(path);
    return;
  }
  const files = await filesUnder(path, '', (child) => child !== METRICS_FOLDER);
  const ordered = files.map((file) => ({ file, hour: hourOfPath(file) ?? 0 })).sort((a, b) => a.hour - b.hour);
  for (const { file } of ordered) yield* bodiesOfFile(join(path, file));
}

async function* bodiesOfFile(path: string): AsyncGenerator<ReplayBody> {
  if (!(await isLines(path))) {
    yield { bytes: await readFile(path), records: 1 };
    return;
  }
  let lines: string[] = [];
  let size = 0;
  for await (const line of createInterface({ input: opened(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const text = line.trim();
    if (text === '') continue;
    const bytes = Buffer.byteLength(text);
    if (lines.length >= MOST_RECORDS || (lines.length > 0 && size + bytes > MOST_BYTES)) {
      yield bodyOf(lines);
      lines = [];
      size = 0;
    }
    if (isObject(text)) {
      lines.push(text);
      size += bytes;
    } else yield { bytes: Buffer.from(text), records: 1 };
  }
  if (lines.length > 0) yield bodyOf(lines);
}

function bodyOf(lines: readonly string[]): ReplayBody {
  return { bytes: Buffer.from(`{"records":[${lines.join(',')}]}`), records: lines.length };
}

/** Whether the first line is a record of its own: neither the beginning of a longer document nor bytes of another kind. */
async function isLines(path: string): Promise<boolean> {
  for await (const line of createInterface({ input: opened(path) })) {
    if (line.trim() !== '') return isObject(line.trim()) && !line.includes('"records"');
  }
  return false;
}

function isObject(text: string): boolean {
  if (!text.startsWith('{') || !text.endsWith('}')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function opened(path: string): NodeJS.ReadableStream {
  const file = createReadStream(path);
  return path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
}
