import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type ForwardDeps, type ForwardEvent, forward } from '../../src/app/forward.ts';
import type { Redaction, Sink } from '../../src/model/sink.ts';
import { createHttpSender } from '../../src/net/http.ts';
import {
  FakeClock,
  MemoryFindingStore,
  MemoryForwardMarks,
  MemoryLog,
  MemoryParkingStore,
  MemoryQuarantineStore,
} from '../support/memory/index.ts';
import { makeBatches } from './forward-workload.ts';

/*
 * What forwarding costs a record, beside the floor: parse, serialize again, gzip at level 1 and POST. Both run over the same batches
 * against the same sink, each repetition in a fresh process, in turns; the median counts, of ratios that of neighbours. Prompts and completions stay at home as by
 * default; `--redact` also takes credentials and addresses out. `--input` is JSON lines, each the bodies of one batch.
 */

const REPETITIONS = 5;
const DISTINCT = 20;
const WARM_UP = 40;
const { values } = parseArgs({
  options: {
    input: { type: 'string' },
    sink: { type: 'string' },
    batches: { type: 'string', default: '200' },
    child: { type: 'string' },
    output: { type: 'string' },
    redact: { type: 'boolean', default: false },
    'sink-kind': { type: 'string', default: 'otlp' },
  },
  allowPositionals: true,
});

interface Run {
  readonly records: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly cpuMicros: number;
  readonly rssMiB: number;
  readonly rssGrowthMiB: number;
}

/** Resolves with the number of records in the bodies. */
type Send = (bodies: readonly Buffer[]) => Promise<number>;

const gzipAsync = promisify(gzip);

function floor(url: string): Send {
  const agent = new Agent({ keepAlive: true });
  return async (bodies) => {
    const records: unknown[] = [];
    for (const body of bodies) records.push(...recordsOf(body));
    const compressed = await gzipAsync(JSON.stringify(records), { level: 1 });
    await new Promise<void>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': compressed.length };
      const post = request(url, { agent, method: 'POST', headers }, (answer) => answer.resume().once('end', resolve));
      post.once('error', reject).end(compressed);
    });
    return records.length;
  };
}

function recordsOf(body: Buffer): readonly unknown[] {
  try {
    const parsed = JSON.parse(body.toString()) as { records?: unknown };
    return Array.isArray(parsed.records) ? parsed.records : [parsed];
  } catch {
    return [body.toString()];
  }
}

/** The sinks by the name that `--sink-kind` gives them. */
const SINKS: Readonly<Record<string, (url: string, redact: Redaction) => Sink>> = {
  otlp: (url, redact) => ({ kind: 'otlp', name: 'bench', url, headers: {}, redact }),
  'otlp-json': (url, redact) => ({ kind: 'otlp', encoding: 'json', name: 'bench', url, headers: {}, redact }),
  ndjson: (url, redact) => ({ kind: 'ndjson', name: 'bench', url, headers: {}, redact }),
  hec: (url, redact) => ({ kind: 'hec', name: 'bench', url, headers: {}, redact }),
  elastic: (url, redact) => ({
    kind: 'elastic',
    name: 'bench',
    url,
    headers: {},
    redact,
    index: 'logs-azure.diagnostics-default',
  }),
};

function tocsin(url: string): Send {
  const sink = SINKS[values['sink-kind']]?.(url, { content: true, secrets: values.redact, emails: values.redact });
  const deps: ForwardDeps = {
    sinks: sink === undefined ? [] : [sink],
    http: createHttpSender(),
    quarantine: new MemoryQuarantineStore(),
    parking: new MemoryParkingStore(),
    marks: new MemoryForwardMarks(),
    findings: new MemoryFindingStore(),
    clock: new FakeClock(),
    log: { ...new MemoryLog(), debug() {}, info() {}, warn: console.error, error: console.error },
  };
  let sequence = 0;
  return async (bodies) => {
    const events = bodies.map((body): ForwardEvent => {
      sequence++;
      return {
        body,
        partition: '0',
        sequenceNumber: String(sequence),
        offset: String(sequence),
        enqueuedAt: '2026-03-18T00:00:00Z',
      };
    });
    const { delivered, records } = await forward({ hub: 'bench', events }, deps);
    if (delivered !== records) throw new Error(`${delivered} of ${records} records were delivered`);
    return records;
  };
}

function readBatches(): readonly (readonly Buffer[])[] {
  if (values.input === undefined) return makeBatches(DISTINCT, 100, 10);
  const lines = readFileSync(values.input, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line) =>
    (JSON.parse(line) as unknown[]).map((body) => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))),
  );
}

/** Takes the batches in turn; a file as often as makes a measurement, told of one time. */
async function measure(send: Send): Promise<Run> {
  const batches = readBatches();
  const passes = Math.ceil(Number(values.batches) / batches.length);
  for (let index = 0; index < Math.max(WARM_UP, batches.length); index++) await send(batches[index % batches.length] ?? []);

  (globalThis as { gc?: () => void }).gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 10);
  const cpu = process.cpuUsage();
  const began = performance.now();
  let records = 0;
  for (let pass = 0; pass < passes; pass++) for (const batch of batches) records += await send(batch);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(watch);
  const mib = (value: number): number => Math.round(value / 2 ** 20);
  const told = values.input === undefined ? 1 : passes;
  return {
    records: records / told,
    bytes: (batches.flat().reduce((total, body) => total + body.length, 0) * passes) / told,
    seconds: seconds / told,
    cpuMicros: (user + system) / records,
    rssMiB: mib(peak),
    rssGrowthMiB: mib(peak - before),
  };
}

function inChild(kind: string, sink: string): Promise<Run> {
  const input = values.input === undefined ? [] : ['--input', values.input];
  const self = fileURLToPath(import.meta.url);
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      self,
      '--child',
      kind,
      '--sink',
      sink,
      '--batches',
      values.batches,
      '--sink-kind',
      values['sink-kind'],
      ...input,
      ...(values.redact ? ['--redact'] : []),
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  return new Promise((resolve, reject) => {
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(text) as Run) : reject(new Error(`${kind} ended with ${code}`)),
    );
  });
}

/** A sink of the bench's own: what the floor sends is no request that anybody else's would understand. */
async function withSink<Result>(work: (url: string) => Promise<Result>): Promise<Result> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('forward-sink.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const port = await new Promise<string>((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk).trim())));
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    child.stdin.end();
  }
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
const rounded = (value: number): number => Math.round(value * 100) / 100;

async function compare(url: string): Promise<object> {
  const floors: Run[] = [];
  const runs: Run[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    floors.push(await inChild('floor', url));
    runs.push(await inChild('tocsin', values.sink ?? url));
  }
  const [first] = runs;
  const seconds = median(runs.map((run) => run.seconds));
  const cpu = median(runs.map(({ cpuMicros }) => cpuMicros));
  const floorCpu = median(floors.map(({ cpuMicros }) => cpuMicros));
  return {
    records: first?.records ?? 0,
    bytes: first?.bytes ?? 0,
    seconds: rounded(seconds),
    recordsPerSecond: Math.round((first?.records ?? 0) / seconds),
    cpuMicrosPerRecord: rounded(cpu),
    floorCpuMicrosPerRecord: rounded(floorCpu),
    ratioToFloor: rounded(median(runs.map((run, index) => run.cpuMicros / (floors[index]?.cpuMicros ?? 0)))),
    floorRecordsPerSecond: Math.round((floors[0]?.records ?? 0) / median(floors.map((run) => run.seconds))),
    rssMiB: median(runs.map(({ rssMiB }) => rssMiB)),
    rssGrowthMiB: median(runs.map(({ rssGrowthMiB }) => rssGrowthMiB)),
  };
}

if (SINKS[values['sink-kind']] === undefined) {
  console.error(`--sink-kind is one of ${Object.keys(SINKS).join(', ')}`);
  process.exit(2);
}
if (values.child !== undefined) {
  const run = await measure(values.child === 'floor' ? floor(values.sink ?? '') : tocsin(values.sink ?? ''));
  console.log(JSON.stringify(run));
  process.exit(0);
}
console.log(JSON.stringify(await withSink(compare)));
