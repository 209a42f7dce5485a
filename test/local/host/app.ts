import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Log } from '../../../src/ports.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const made: string[] = [];

export interface AppSource {
  /** The entry point: TypeScript in which `app`, `trigger`, `output` and `seen` are in scope. */
  readonly code: string;
  readonly hostJson?: object;
  readonly packageJson?: object;
  readonly format?: 'cjs' | 'esm';
  readonly file?: string;
}

/** What the functions of a test's app put down. */
export const seen: unknown[] = [];
(globalThis as { seen?: unknown[] }).seen = seen;

/** Bundles an app with the real library, as the product's own build does, into a folder of its own. */
export async function buildApp({
  code,
  hostJson = {},
  packageJson = {},
  format = 'cjs',
  file = 'main.cjs',
}: AppSource): Promise<string> {
  const folder = newFolder();
  await build({
    stdin: {
      contents: `import { app, output, trigger } from '@azure/functions';
        const seen: unknown[] = (globalThis as any).seen ?? [];
        void [app, output, trigger, seen];
        ${code}`,
      resolveDir: ROOT,
      loader: 'ts',
    },
    outfile: join(folder, file),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format,
    external: ['@azure/functions-core'],
    // The storage clients ask for the URL of their module, which CommonJS does not have.
    ...(format === 'cjs' && {
      define: { 'import.meta.url': 'moduleUrl' },
      banner: { js: `const moduleUrl = require('node:url').pathToFileURL(__filename).href;` },
    }),
    logLevel: 'silent',
  });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ main: file, ...packageJson }));
  writeFileSync(join(folder, 'host.json'), JSON.stringify({ version: '2.0', ...hostJson }));
  return folder;
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-host-'));
  made.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
