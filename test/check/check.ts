import { spawn } from 'node:child_process';

/** Everything that can be said without running the product, side by side. Each must exit 0. */
const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format, lint, import arrows', 'biome', 'check', '--error-on-warnings', '.'],
  ['types', 'tsc', '-p', '.'],
  ['unused code', 'knip', '--no-progress'],
  ['drift', 'node', 'test/check/drift.ts'],
];

interface Outcome {
  readonly name: string;
  readonly code: number;
  readonly output: string;
  readonly ms: number;
}

function run([name, command, ...args]: (typeof CHECKS)[number]): Promise<Outcome> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ name, code: 1, output: String(error), ms: performance.now() - started }));
    child.on('close', (code) =>
      resolve({ name, code: code ?? 1, output: Buffer.concat(chunks).toString(), ms: performance.now() - started }),
    );
  });
}

const outcomes = await Promise.all(CHECKS.map(run));
for (const { name, code, output, ms } of outcomes) {
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${(ms / 1_000).toFixed(1)} s)`);
  if (code !== 0) console.log(output);
}
process.exitCode = outcomes.some((outcome) => outcome.code !== 0) ? 1 : 0;
