import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
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
 * against the same sink, in fresh processes for each repetition that take turns of a fraction of a second, so that whatever else the
 * machine does falls on both; the median of the repetitions counts. Prompts and completions stay at home as by default; `--redact`
 * also takes credentials and addresses out. `--input` is JSON lines, each the bodies of one batch.
 */

const REPETITIONS = 5;
const TURNS = 20;
const DISTINCT = 20;
const WARM_UP = 60;
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

/** One side during one turn, or during all of a repetition. */
interface Run {
  readonly records: number;
  readonly seconds: number;
  /** Of all threads. */
  readonly cpuMicros: number;
  /** At its highest since the first turn, and by how much that is more than before it. */
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

/** One side: says that it is ready, then takes all batches as often as each line asks, and answers with the figures of that. */
async function serve(send: Send): Promise<void> {
  const batches = readBatches();
  const takeAll = async (): Promise<number> => {
    let records = 0;
    for (const batch of batches) records += await send(batch);
    return records;
  };
  for (let taken = 0; taken < WARM_UP; taken += batches.length) await takeAll();
  (globalThis as { gc?: () => void }).gc?.();
  // A forced collection throws compiled code away, which nothing does in the field.
  await takeAll();
  const before = process.memoryUsage.rss();
  let peak = before;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const mib = (value: number): number => Math.round(value / 2 ** 20);
  console.log('ready');
  for await (const passes of createInterface({ input: process.stdin })) {
    const watch = setInterval(look, 10);
    const cpu = process.cpuUsage();
    const began = performance.now();
    let records = 0;
    for (let pass = 0; pass < Number(passes); pass++) records += await takeAll();
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    clearInterval(watch);
    const run: Run = { records, seconds, cpuMicros: user + system, rssMiB: mib(peak), rssGrowthMiB: mib(peak - before) };
    console.log(JSON.stringify(run));
  }
}

interface Side {
  turn(passes: number): Promise<void>;
  /** Ends the process. What all turns came to. */
  end(): Run;
}

async function open(kind: 'floor' | 'tocsin', sink: string): Promise<Side> {
  const options = ['--child', kind, '--sink', sink, '--sink-kind', values['sink-kind']];
  if (values.input !== undefined) options.push('--input', values.input);
  if (values.redact) options.push('--redact');
  const child = spawn(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url), ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const died = once(child, 'exit').then(([code]) => Promise.reject(new Error(`${kind} ended with ${code}`)));
  died.catch(() => undefined);
  const line = async (): Promise<string> => ((await Promise.race([once(lines, 'line'), died])) as [string])[0];
  await line();
  const turns: Run[] = [];
  return {
    async turn(passes) {
      child.stdin.write(`${passes}\n`);
      turns.push(JSON.parse(await line()) as Run);
    },
    end() {
      child.kill();
      const sum = (of: (run: Run) => number): number => turns.reduce((total, run) => total + of(run), 0);
      const { rssMiB = 0, rssGrowthMiB = 0 } = turns.at(-1) ?? {};
      return {
        records: sum(({ records }) => records),
        seconds: sum(({ seconds }) => seconds),
        cpuMicros: sum(({ cpuMicros }) => cpuMicros),
        rssMiB,
        rssGrowthMiB,
      };
    },
  };
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
const range = (numbers: readonly number[]): string => `${rounded(Math.min(...numbers))} to ${rounded(Math.max(...numbers))}`;

async function repetition(url: string, passes: number): Promise<{ readonly floor: Run; readonly ours: Run }> {
  const [floor, ours] = await Promise.all([open('floor', url), open('tocsin', values.sink ?? url)]);
  const turns = Math.min(TURNS, passes);
  for (let turn = 0; turn < turns; turn++) {
    const share = Math.ceil(((turn + 1) * passes) / turns) - Math.ceil((turn * passes) / turns);
    for (const side of turn % 2 === 0 ? [floor, ours] : [ours, floor]) await side.turn(share);
  }
  return { floor: floor.end(), ours: ours.end() };
}

async function compare(url: string): Promise<object> {
  const batches = readBatches();
  const passes = Math.ceil(Number(values.batches) / batches.length);
  // A file is taken as often as makes a measurement, and told of one time.
  const told = values.input === undefined ? 1 : passes;
  const repetitions: Awaited<ReturnType<typeof repetition>>[] = [];
  for (let count = 0; count < REPETITIONS; count++) repetitions.push(await repetition(url, passes));

  const cpuOf = ({ cpuMicros, records }: Run): number => cpuMicros / records;
  const speedOf = ({ records, seconds }: Run): number => Math.round(records / seconds);
  const of = (figure: (both: { readonly floor: Run; readonly ours: Run }) => number): readonly number[] =>
    repetitions.map(figure);
  const ratios = of(({ floor, ours }) => cpuOf(ours) / cpuOf(floor));
  const speeds = of(({ ours }) => speedOf(ours));
  const floorSpeeds = of(({ floor }) => speedOf(floor));
  return {
    records: (repetitions[0]?.ours.records ?? 0) / told,
    bytes: (batches.flat().reduce((total, body) => total + body.length, 0) * passes) / told,
    seconds: rounded(median(of(({ ours }) => ours.seconds)) / told),
    recordsPerSecond: median(speeds),
    cpuMicrosPerRecord: rounded(median(of(({ ours }) => cpuOf(ours)))),
    floorCpuMicrosPerRecord: rounded(median(of(({ floor }) => cpuOf(floor)))),
    ratioToFloor: rounded(median(ratios)),
    ratioRange: range(ratios),
    floorRecordsPerSecond: median(floorSpeeds),
    recordsPerSecondRange: range(speeds),
    floorRecordsPerSecondRange: range(floorSpeeds),
    throughputToFloor: rounded(median(of(({ floor, ours }) => speedOf(ours) / speedOf(floor)))),
    rssMiB: median(of(({ ours }) => ours.rssMiB)),
    rssGrowthMiB: median(of(({ ours }) => ours.rssGrowthMiB)),
  };
}

if (SINKS[values['sink-kind']] === undefined) {
  console.error(`--sink-kind is one of ${Object.keys(SINKS).join(', ')}`);
  process.exit(2);
}
if (values.child !== undefined) {
  await serve(values.child === 'floor' ? floor(values.sink ?? '') : tocsin(values.sink ?? ''));
  process.exit(0);
}
console.log(JSON.stringify(await withSink(compare)));
