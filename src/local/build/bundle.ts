import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, transform } from 'esbuild';
import { packed } from './packed.ts';

const ROOT = new URL('../../../', import.meta.url);

export interface Bundle {
  /** One CommonJS file. */
  readonly code: string;
  /** Source files that are in it, relative to the project. */
  readonly inputs: readonly string[];
  /** Those of them that run when it is loaded: all that is not behind an `import()`. */
  readonly eager: readonly string[];
}

/** Bundles an entry point, relative to the project, and everything that it imports. */
export async function bundle(entry: string, minify: boolean): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: { main: fileURLToPath(new URL(entry, ROOT)) },
    bundle: true,
    // esbuild finds out what is reached through `import()` alone, and does so for ESM only.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // The worker supplies this module; bundled, the app would register nothing.
    external: ['@azure/functions-core'],
    // CommonJS has no import.meta; a dependency makes a `require` of its URL at first use.
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__url' },
    minify,
    legalComments: 'none',
    absWorkingDir: fileURLToPath(ROOT),
    outdir: 'out',
    metafile: true,
    write: false,
  });
  const whole = wholeExports(metafile);
  const files = await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const name = basename(path);
      return [name, (await asCommonJs(text, minify)) + (whole.has(name) ? WHOLE : '')] as const;
    }),
  );
  const { 'main.js': main = '', ...chunks } = Object.fromEntries(files);
  const outputs = Object.keys(metafile.outputs);
  return { code: packed(main, chunks), inputs: sourcesOf(metafile, outputs), eager: sourcesOf(metafile, eagerOf(metafile)) };
}

async function asCommonJs(code: string, minify: boolean): Promise<string> {
  const options = { format: 'cjs', platform: 'node', target: 'node22', legalComments: 'none', minify } as const;
  // A chunk is no module of Node's, so an `import()` in it would find nobody to answer.
  return (await transform(code, { ...options, supported: { 'dynamic-import': false } })).code;
}

/** As Node answers an `import()` of CommonJS, with its exports by name; esbuild has only the default one. */
const WHOLE = 'module.exports=module.exports.default;';

/** Names of the outputs for an `import()` of CommonJS. */
function wholeExports({ inputs, outputs }: Metafile): ReadonlySet<string> {
  const found = Object.entries(outputs).filter(([, { entryPoint }]) => inputs[entryPoint ?? '']?.format === 'cjs');
  return new Set(found.map(([path]) => basename(path)));
}

/** The entry's output and those that it imports statically. */
function eagerOf({ outputs }: Metafile): readonly string[] {
  const found = new Set(Object.keys(outputs).filter((path) => basename(path) === 'main.js'));
  for (const path of found) {
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? []) {
      if (kind !== 'dynamic-import' && external !== true) found.add(imported);
    }
  }
  return [...found];
}

function sourcesOf({ outputs }: Metafile, paths: readonly string[]): readonly string[] {
  const inputs = paths.flatMap((path) => Object.entries(outputs[path]?.inputs ?? {}));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
}
