import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { logPath } from '../../../src/local/archive/layout.ts';

/*
 * A made-up archive of AzureDiagnostics: seven requests in ten, and for some of them a trace record with the same correlation id. Every
 * row has a JSON text of about 230 characters of its own. Times are distinct, to the microsecond, so that nothing depends on ties.
 */

const SUBSCRIPTION =
  '/SUBSCRIPTIONS/0F3B2A10-5C1E-4E21-9D50-6A1B2C3D4E5F/RESOURCEGROUPS/RG-AI-WEST/PROVIDERS/MICROSOFT.COGNITIVESERVICES/ACCOUNTS/';
const ACCOUNTS = ['CHAT-WE', 'CHAT-SC', 'EMBED-WE', 'BATCH-EUS2'];
const OPERATIONS = ['ChatCompletions_Create', 'Embeddings_Create', 'Responses_Create', 'Completions_Create', 'Images_Create'];
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'o3', 'text-embedding-3-large', 'gpt-5-mini'];
const DEPLOYMENTS = ['chat', 'chat-mini', 'agents', 'reasoning', 'embed', 'nightly'];

export interface ArchiveShape {
  readonly rows: number;
  /** Epoch ms of the first row, and how much time the rows cover. */
  readonly start: number;
  readonly spanMs: number;
}

/** Writes the archive; resolves to its size in bytes. */
export async function writeArchive(dir: string, { rows, start, spanMs }: ArchiveShape): Promise<number> {
  const random = mulberry32(20_260_501);
  const streams = new Map<string, { readonly stream: WriteStream; lines: string[] }>();
  const recent: string[] = [];
  const stepMicros = Math.floor((spanMs * 1000) / rows);
  let bytes = 0;
  for (let row = 0; row < rows; row += 1) {
    const micros = row * stepMicros + Math.floor(random() * stepMicros);
    const at = start + Math.floor(micros / 1000);
    const trace = row % 10 >= 7;
    const correlation = trace ? (recent.shift() ?? guid(random)) : guid(random);
    if (!trace && recent.length < 64 && random() < 0.6) recent.push(correlation);
    const resource = `${SUBSCRIPTION}${pick(random, ACCOUNTS)}`;
    const category = trace ? 'Trace' : 'RequestResponse';
    const line = lineOf(random, { time: timeText(at, micros % 1000), resource, category, correlation });
    const path = logPath(category, resource, at + 120_000);
    let file = streams.get(path);
    if (file === undefined) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      file = { stream: createWriteStream(join(dir, path)), lines: [] };
      streams.set(path, file);
    }
    file.lines.push(line);
    if (file.lines.length === 2_000) bytes += await writeLines(file);
  }
  for (const file of streams.values()) {
    bytes += await writeLines(file);
    file.stream.end();
    await once(file.stream, 'finish');
  }
  return bytes;
}

async function writeLines(file: { readonly stream: WriteStream; lines: string[] }): Promise<number> {
  if (file.lines.length === 0) return 0;
  const block = `${file.lines.join('\n')}\n`;
  file.lines = [];
  if (!file.stream.write(block)) await once(file.stream, 'drain');
  return block.length;
}

type Random = () => number;

interface Head {
  readonly time: string;
  readonly resource: string;
  readonly category: string;
  readonly correlation: string;
}

function lineOf(random: Random, { time, resource, category, correlation }: Head): string {
  const [prompt, completion] = [whole(random, 8_000), whole(random, 2_000)];
  const properties = JSON.stringify({
    apiName: 'Azure OpenAI API version 2024-10-21',
    requestLength: whole(random, 60_000),
    objectId: guid(random),
    modelName: pick(random, MODELS),
    modelDeploymentName: pick(random, DEPLOYMENTS),
    usage: { promptTokens: prompt, completionTokens: completion, totalTokens: prompt + completion },
    streamType: random() < 0.5 ? 'Streaming' : 'Non-Streaming',
  });
  return JSON.stringify({
    time,
    resourceId: resource,
    category,
    operationName: pick(random, OPERATIONS),
    correlationId: correlation,
    callerIpAddress: `20.51.${whole(random, 255)}.***`,
    location: 'westeurope',
    durationMs: 20 + whole(random, 30_000),
    resultSignature: random() < 0.9 ? '200' : random() < 0.8 ? '429' : '500',
    properties,
  });
}

function timeText(ms: number, micros: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}${String(micros).padStart(3, '0')}0Z`;
}

/** The same numbers for the same seed on every machine. */
function mulberry32(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function whole(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[whole(random, items.length)] as Item;
}

function guid(random: Random): string {
  const part = (): string =>
    whole(random, 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  const [a, b, c, d] = [part(), part(), part(), part()];
  return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`;
}
