import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { strToU8, zipSync } from 'fflate';
import type { Diagnostic } from '../../model/errors.ts';
import { type CompileResult, compile } from '../../rules/compile.ts';
import { kqlBinder } from '../kql/bind.ts';
import { bundle } from './bundle.ts';
import { readSources } from './sources.ts';

const ROOT = new URL('../../../', import.meta.url);

/** A folder relative to the project, or an absolute one. */
const folder = (path: string): URL => pathToFileURL(`${resolve(fileURLToPath(ROOT), path)}/`);

export interface BuildResult {
  readonly appDir: string;
  readonly bundleBytes: number;
  readonly zipBytes: number;
  /** Source files that are in the bundle, relative to the project. */
  readonly inputs: readonly string[];
  /** Those of them that run when the functions are registered. */
  readonly eager: readonly string[];
  readonly rules: number;
  /** `false`: tocsin.yaml has an error, and what was written is no app. */
  readonly usable: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export interface BuildOptions {
  /** Folder of the deployable, relative to the project or absolute. */
  readonly outDir?: string;
  /** Folder with rule packs and `tocsin.yaml`; the project's own by default. */
  readonly configDir?: string;
  readonly minify?: boolean;
}

/**
 * Writes the deployable folder: one CommonJS bundle, the rules and configuration compiled to JSON, host.json and a package.json
 * without dependencies. Broken rules are left out and told; the caller decides whether that is a failure. Throws TCN-R017 where `configDir`
 * has no rules/.
 */
export async function buildApp({ outDir = 'dist/app', configDir = '.', minify = true }: BuildOptions = {}): Promise<BuildResult> {
  const appDir = folder(outDir);
  await rm(appDir, { recursive: true, force: true });
  await mkdir(appDir, { recursive: true });
  const [{ code, inputs, eager }, { compiled, diagnostics }] = await Promise.all([
    bundle('functions/main.ts', minify),
    compileFolder(configDir, kqlBinder()),
  ]);
  const files = {
    'main.cjs': code,
    ...(compiled === null ? {} : { 'compiled.json': JSON.stringify(compiled) }),
    'host.json': await readFile(new URL('host.json', ROOT), 'utf8'),
    'package.json': JSON.stringify({ name: 'tocsin-app', version: await version(), private: true, main: 'main.cjs' }, null, 2),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(new URL(name, appDir), text);
  const zip = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])), { level: 9 });
  return {
    appDir: fileURLToPath(appDir),
    bundleBytes: Buffer.byteLength(code),
    zipBytes: zip.byteLength,
    inputs,
    eager,
    rules: compiled?.rules.length ?? 0,
    usable: compiled !== null,
    diagnostics,
  };
}

/**
 * Rule packs and configuration of a folder, checked; `compiled` is what the deployed app reads. Without `bind`, KQL is taken as it is.
 * Throws TCN-R017 where the folder has no rules/.
 */
export async function compileFolder(path: string, bind?: ReturnType<typeof kqlBinder>): Promise<CompileResult> {
  return compile(await readSources(folder(path)), new Date().toISOString(), bind === undefined ? {} : { bind });
}

async function version(): Promise<string> {
  return (JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8')) as { version: string }).version;
}
