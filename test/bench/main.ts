import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/*
 * `npm run -s bench -- NAME [options of the bench] [--output text|json]`. Every bench is a script of its own, so that its memory and
 * its compiled code are nobody else's: options in, one JSON object on stdout, progress on stderr.
 */

const BENCHES = {
  backtest: 'a day of five million log records through a hundred rules',
  'cold-start': 'registering the functions, and the first evaluation of a new process',
  deliver: 'ten thousand alerts through queue and storage to a receiver',
  evaluate: 'judging: series a second on one core',
  forward: 'diagnostics to OTLP, beside the least that any forwarder must do',
  stream: 'diagnostics through the Event Hubs stand-in, the real clients and Azurite to a sink',
  signal: 'what the anomaly condition notices of labelled series',
  kql: 'queries over a million rows beside DuckDB, and reading them from an archive',
  'kql-fuzz': 'ten thousand mutated queries in one process: answers or coded errors, time, memory',
} as const;
/** Named in design/interface.md; they come with the parts that they measure. */
const TO_COME: readonly string[] = ['scale'];

type Bench = keyof typeof BENCHES;
type Output = 'text' | 'json';

/** A figure that is meant for one core must not be helped by the threads that collect garbage and compile. */
const FLAGS: Partial<Record<Bench, readonly string[]>> = { evaluate: ['--single-threaded'] };

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { name, output, rest } = parsed(args);
  if (name === undefined || !isBench(name)) return refuse(name === undefined ? 'which bench?' : unknown(name));
  if (output === null) return refuse('--output is text or json');
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', ...(FLAGS[name] ?? []), script, ...rest], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (signal === 'SIGINT') return 130;
  if (code !== 0) return code === 2 ? 2 : 1;
  process.stdout.write(output === 'json' ? `${printed.trim()}\n` : readable(JSON.parse(printed) as object));
  return 0;
}

/** Takes the name and `--output` out; everything else is the bench's. */
function parsed(args: readonly string[]): { name: string | undefined; output: Output | null; rest: readonly string[] } {
  const [name, ...rest] = args;
  const at = rest.findIndex((arg) => arg === '--output' || arg.startsWith('--output='));
  if (at < 0) return { name, output: 'text', rest };
  const joined = rest[at]?.startsWith('--output=') === true;
  const value = joined ? rest[at]?.slice('--output='.length) : rest[at + 1];
  const output = value === 'text' || value === 'json' ? value : null;
  return { name, output, rest: rest.toSpliced(at, joined ? 1 : 2) };
}

function isBench(name: string): name is Bench {
  return Object.hasOwn(BENCHES, name);
}

function unknown(name: string): string {
  return TO_COME.includes(name) ? `the bench ${name} is not available yet` : `there is no bench ${name}`;
}

function refuse(why: string): number {
  const list = Object.entries(BENCHES).map(([name, about]) => `  ${name.padEnd(12)}${about}\n`);
  process.stderr.write(`${why}\nusage: npm run -s bench -- NAME [--output text|json]\n${list.join('')}`);
  return 2;
}

/** One figure a line; the unit is in its name. */
function readable(figures: object): string {
  const entries = Object.entries(figures) as readonly (readonly [string, unknown])[];
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}\n`).join('');
}

/** Of a list, one entry a line. */
function shown(value: unknown): string {
  if (typeof value === 'number')
    return value.toLocaleString('en-US', Number.isInteger(value) ? {} : { maximumSignificantDigits: 4 });
  if (Array.isArray(value)) return value.map((item) => `\n  ${shown(item)}`).join('');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, each]) => `${name} ${shown(each)}`)
    .join('  ');
}
