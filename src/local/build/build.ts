import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { strToU8, zipSync } from 'fflate';
import type { Diagnostic } from '../../model/errors.ts';
import { compile, type SourceFile } from '../../rules/compile.ts';

const ROOT = new URL('../../../', import.meta.url);

/** A folder relative to the project, or an absolute one. */
const folder = (path: string): URL => pathToFileURL(`${resolve(fileURLToPath(ROOT), path)}/`);

export interface BuildResult {
  readonly appDir: string;
  readonly bundleBytes: number;
  readonly zipBytes: number;
  /** Source files that are in the bundle, relative to the project. */
  readonly inputs: readonly string[];
  readonly rules: number;
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
 * without dependencies. Broken rules are left out and told; the caller decides whether that is a failure.
 */
export async function buildApp({ outDir = 'dist/app', configDir = '.', minify = true }: BuildOptions = {}): Promise<BuildResult> {
  const appDir = folder(outDir);
  await rm(appDir, { recursive: true, force: true });
  await mkdir(appDir, { recursive: true });
  const [{ code, inputs }, { compiled, diagnostics }] = await Promise.all([bundleCode(minify), compileFolder(configDir)]);
  const files = {
    'main.cjs': code,
    'compiled.json': JSON.stringify(compiled),
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
    rules: compiled?.rules.length ?? 0,
    diagnostics,
  };
}

async function bundleCode(minify: boolean): Promise<{ readonly code: string; readonly inputs: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL('functions/main.ts', ROOT))],
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    // The worker supplies this module; bundled, the app would register nothing.
    external: ['@azure/functions-core'],
    // CommonJS has no import.meta; a dependency makes a `require` of its URL at first use.
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__bundleUrl' },
    banner: { js: "const __bundleUrl=require('node:url').pathToFileURL(__filename).href;" },
    minify,
    legalComments: 'none',
    absWorkingDir: fileURLToPath(ROOT),
    metafile: true,
    write: false,
  });
  const written = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const inputs = written.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  return { code: outputFiles[0]?.text ?? '', inputs };
}

/** Rule packs and configuration of a folder, checked; `compiled` is what the deployed app reads. */
export async function compileFolder(path: string): Promise<ReturnType<typeof compile>> {
  const dir = folder(path);
  const rulesDir = new URL('rules/', dir);
  const names = (await readdir(rulesDir)).filter((name) => /\.ya?ml$/.test(name)).sort();
  const rules = await Promise.all(names.map((name) => source(`rules/${name}`, new URL(name, rulesDir))));
  const config = await source('tocsin.yaml', new URL('tocsin.yaml', dir));
  return compile(rules, config, new Date().toISOString());
}

async function source(path: string, url: URL): Promise<SourceFile> {
  return { path, text: await readFile(url, 'utf8') };
}

async function version(): Promise<string> {
  return (JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8')) as { version: string }).version;
}
