import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, bundle } from '../../../src/local/build/bundle.ts';

const FILES = {
  'main.ts': `
    import { shared } from './shared.ts';
    import { quoted } from './words.ts';
    export const here = import.meta.dirname;
    export const count = () => shared.count;
    export { quoted };
    export const first = () => import('./first.ts');
    export const second = () => import('./second.ts');
    export const legacy = () => import('./legacy.cjs');
    export const fragile = () => import('./fragile.ts');`,
  'shared.ts': 'export const shared = { count: 0 };',
  'words.ts':
    'const raw = (parts: TemplateStringsArray) => parts[0]; export const quoted = (text: string) => /‘|’/.test(text) ? raw`it’s “quoted”` : text;',
  'first.ts': `
    import { existsSync } from 'node:fs';
    import { shared } from './shared.ts';
    shared.count += 1;
    export const dir = import.meta.dirname;
    export const exists = existsSync(dir);
    export const marked = (text: string) => /‘|’|\\u{1F514}/u.test(text);`,
  'second.ts': `
    import { shared } from './shared.ts';
    shared.count += 10;
    export const first = () => import('./first.ts');`,
  'legacy.cjs': `
    function legacy() { return 'called'; }
    module.exports = legacy;
    module.exports.named = require('node:path').sep;`,
  'fragile.ts': `
    if ((globalThis as { broken?: boolean }).broken) throw new Error('not now');
    export const fine = true;`,
};

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'tocsin-bundler-')));
afterAll(() => rmSync(dir, { recursive: true }));

describe.each([
  ['minified', true],
  ['as written', false],
])('a bundle, %s', (_name, minify) => {
  let made: Bundle;
  const file = join(dir, minify ? 'app.min.cjs' : 'app.cjs');
  // biome-ignore lint/suspicious/noExplicitAny: what a bundle exports has no type.
  const load = (): any => {
    const require = createRequire(file);
    delete require.cache[file];
    return require(file);
  };

  beforeAll(async () => {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(dir, name), text);
    made = await bundle(join(dir, 'main.ts'), minify);
    writeFileSync(file, made.code);
  });

  it('knows which files run when it is loaded: those that nothing but `import()` leads to do not', () => {
    const names = (paths: readonly string[]): readonly string[] => paths.map((path) => path.split('/').at(-1) ?? '').sort();
    expect(names(made.eager)).toEqual(['main.ts', 'shared.ts', 'words.ts']);
    expect(names(made.inputs)).toEqual(Object.keys(FILES).sort());
  });

  it('runs what is behind an `import()` at the first, and once', async () => {
    const app = load();
    expect(app.count()).toBe(0);
    await app.first();
    await app.first();
    expect(app.count()).toBe(1);
  });

  it('has one of each module, whichever way leads there', async () => {
    const app = load();
    const second = await app.second();
    expect(await second.first()).toEqual(await app.first());
    expect(app.count()).toBe(11);
  });

  it('answers an `import()` of CommonJS with its exports by name and as the default, as Node does', async () => {
    const legacy = await load().legacy();
    expect(legacy.named).toBe('/');
    expect(legacy.default()).toBe('called');
  });

  it('tries a module again that threw', async () => {
    const app = load();
    const world = globalThis as { broken?: boolean };
    world.broken = true;
    await expect(app.fragile()).rejects.toThrow('not now');
    delete world.broken;
    expect((await app.fragile()).fine).toBe(true);
  });

  it('tells every module the folder that it lies in, and lets it use what Node has', async () => {
    const app = load();
    expect(app.here).toBe(dir);
    expect(await app.first()).toMatchObject({ dir, exists: true });
  });

  it('is ASCII, and means what was written', async () => {
    expect(Buffer.byteLength(made.code)).toBe(made.code.length);
    const app = load();
    expect(app.quoted('a ’')).toBe('it’s “quoted”');
    expect(app.quoted('a')).toBe('a');
    const { marked } = await app.first();
    expect(['‘', '🔔', 'a'].map(marked)).toEqual([true, true, false]);
  });
});
