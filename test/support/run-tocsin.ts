import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { OnceSummary } from '../../src/local/once.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NODE = join(ROOT, 'node_modules/.bin/node');

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** The command line as a process of its own, as a user starts it. */
export function tocsin(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(NODE, ['src/cli/tocsin.mjs', ...args], { cwd: ROOT, env: { ...process.env, NO_COLOR: '1', ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, finished };
}

/** The summary that `start --once --output json` ends with. */
export function summaryOf({ stdout, stderr }: Finished): OnceSummary {
  const last = stdout.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(last) as OnceSummary;
  } catch {
    throw new Error(`no summary on stdout: ${stdout.slice(-500)}\nstderr: ${stderr.slice(-2_000)}`);
  }
}

/** Resolves when the scenario's clock of a run has passed `at` (epoch ms), or when the process has ended. */
export async function clockPassed(dataDir: string, at: number, running: Running): Promise<void> {
  while (running.child.exitCode === null && running.child.signalCode === null) {
    if (readClock(dataDir) >= at) return;
    await setTimeout(20);
  }
}

export function readClock(dataDir: string): number {
  try {
    return Number(readFileSync(join(dataDir, 'clock'), 'utf8'));
  } catch {
    return Number.NEGATIVE_INFINITY;
  }
}
