import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The `amtool` of this machine (Debian's package prometheus-alertmanager, or `AMTOOL`); `null` where there is none. */
export function findAmtool(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'amtool'));
  return [process.env.AMTOOL ?? '', ...folders].find((path) => path !== '' && existsSync(path)) ?? null;
}

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export function runAmtool(path: string, args: readonly string[]): Promise<Said> {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { HOME: '/nonexistent', USER: 'kim', PATH: '' } });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...said }));
  });
}
