import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildApp } from '../../src/local/build/build.ts';
import { bundle } from '../../src/local/build/bundle.ts';
import type { EvaluationJob } from '../../src/model/messages.ts';
import { type Surroundings, surroundings } from './cold-start/surroundings.ts';

/*
 * What a new process costs before it is of use: loading the deployed entry point, and what the first evaluation takes beyond a later
 * one. Each run is a process of its own. Its half of the bench is bundled, too, so that it loads nothing besides the app.
 * How the figures are made is in docs/benchmarks.md.
 */

const REGISTRATIONS = 21;
const FIRST_USES = 7;
/** The first, and three to compare it with. */
const EVALUATIONS = 4;
const MINUTE = 60_000;

interface Registration {
  readonly ms: number;
  readonly cpuMs: number;
  readonly functions: number;
  readonly rssMiB: number;
}

interface FirstUse {
  readonly times: readonly number[];
  readonly lines: readonly string[];
  readonly identityMs: number | null;
}

const CHILDREN = {
  register: new URL('./cold-start/register.ts', import.meta.url),
  'first-use': new URL('./cold-start/first-use.ts', import.meta.url),
};
type Child = keyof typeof CHILDREN;

const [load = 0] = loadavg();
if (load > 1)
  tell(`others are at work on this machine (load ${load.toFixed(1)}): only registerCpuMs and the fastest runs mean much`);
const dir = await mkdtemp(join(tmpdir(), 'tocsin-cold-start-'));
try {
  console.log(JSON.stringify(await measure()));
} finally {
  await rm(dir, { recursive: true, force: true });
}

async function measure(): Promise<object> {
  tell('building the app');
  const { appDir, bundleBytes, zipBytes } = await buildApp({ outDir: join(dir, 'app') });
  await bundleChildren();
  const main = join(appDir, 'main.cjs');
  const { code } = await bundle(fileURLToPath(new URL('./cold-start/with-identity.ts', import.meta.url)), true);
  const withIdentity = join(appDir, 'with-identity.cjs');
  await writeFile(withIdentity, code);
  const nothing = join(appDir, 'nothing.cjs');
  await writeFile(nothing, '');

  tell(`loading it in ${REGISTRATIONS} processes`);
  const baselines: Registration[] = [];
  const registrations: Registration[] = [];
  for (let run = 0; run < REGISTRATIONS; run++) {
    baselines.push(await inChild<Registration>('register', [nothing]));
    registrations.push(await inChild<Registration>('register', [main]));
  }
  if (registrations.some(({ functions }) => functions === 0)) throw new Error(`${main} registers nothing`);

  tell('starting storage and Azure Monitor');
  const around = await surroundings(dir);
  try {
    const job = await plannedJob(main, around);
    let next = around.from;
    const evaluate = async (entry: string): Promise<FirstUse> => {
      const moments = Array.from({ length: EVALUATIONS }, (_, index) => String(next + index * MINUTE));
      next += EVALUATIONS * MINUTE;
      const use = await inChild<FirstUse>('first-use', [entry, 'evaluate', job, ...moments], around.env);
      if (judgedIn(use) < EVALUATIONS) throw new Error(`nothing was judged: ${use.lines.join('\n')}`);
      return use;
    };
    // Containers and tables are made, and the stand-in has read its archive, before anything is measured.
    await evaluate(main);
    tell(`evaluating in ${FIRST_USES} processes`);
    const uses: FirstUse[] = [];
    for (let run = 0; run < FIRST_USES; run++) uses.push(await evaluate(withIdentity));

    const loads = registrations.map(({ ms }) => ms);
    const baseline = median(baselines.map(({ ms }) => ms));
    const extra = uses.map(({ times: [first = 0, ...later] }) => first - median(later));
    return {
      registerMs: tenths(median(loads) - baseline),
      fastestRegisterMs: tenths(Math.min(...loads) - baseline),
      registerCpuMs: tenths(median(registrations.map(({ cpuMs }) => cpuMs))),
      firstUseMs: tenths(median(extra)),
      fastestFirstUseMs: tenths(Math.min(...extra)),
      laterUseMs: tenths(median(uses.map(({ times }) => median(times.slice(1))))),
      identityMs: tenths(median(uses.map(({ identityMs }) => identityMs ?? 0))),
      bundleBytes,
      zipBytes,
      rssMiB: tenths(median(registrations.map(({ rssMiB }) => rssMiB))),
      baselineRssMiB: tenths(median(baselines.map(({ rssMiB }) => rssMiB))),
    };
  } finally {
    await around.close();
  }
}

/** The largest metrics job of one tick, as the queue holds it. */
async function plannedJob(main: string, around: Surroundings): Promise<string> {
  await inChild<FirstUse>('first-use', [main, 'tick', '', String(around.from)], around.env);
  const shards = (message: string): number => {
    const { body } = JSON.parse(message) as { readonly body: EvaluationJob };
    return body.kind === 'metrics' ? body.shards.length : 0;
  };
  const [largest] = [...(await around.jobs())].sort((a, b) => shards(b) - shards(a));
  if (largest === undefined || shards(largest) === 0) throw new Error('the tick planned nothing to evaluate');
  return largest;
}

async function bundleChildren(): Promise<void> {
  await build({
    entryPoints: Object.values(CHILDREN).map((url) => fileURLToPath(url)),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    outdir: dir,
    outExtension: { '.js': '.mjs' },
  });
}

async function inChild<Result>(
  name: Child,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const child = spawn(process.execPath, [join(dir, `${name}.mjs`), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return JSON.parse(printed) as Result;
}

function judgedIn({ lines }: FirstUse): number {
  return lines.filter((line) => /"msg":"judged"/.test(line) && /"outcome":"judged"/.test(line)).length;
}

function tell(progress: string): void {
  process.stderr.write(`  ${progress}\n`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
