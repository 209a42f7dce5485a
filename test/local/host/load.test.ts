import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { loadApp } from '../../../src/local/host/load.ts';
import { buildApp, newFolder, removeFolders, seen } from './app.ts';

const run = promisify(execFile);
const http = (name: string) => `app.http('${name}', { handler: async () => ({ body: '${name}' }) });`;

afterEach(() => {
  removeFolders();
  seen.length = 0;
});

async function load(appDir: string, env: Record<string, string> = {}) {
  const app = await loadApp({ appDir, env });
  app.unload();
  return app;
}

async function apart(appDir: string): Promise<string> {
  const script = fileURLToPath(new URL('./load-process.ts', import.meta.url));
  return (await run(process.execPath, [script, appDir])).stdout;
}

describe('loading an app', () => {
  it('yields its functions in the order of registration, settings as written', async () => {
    const app = await load(
      await buildApp({
        code: `
          app.timer('tick', { schedule: '%TICK%', handler: () => {} });
          app.storageQueue('work', { queueName: '%WORK%', connection: 'AzureWebJobsStorage', handler: () => {} });
          ${http('page')}`,
      }),
    );
    expect(app.functions.map(({ name, bindings }) => [name, Object.values(bindings)[0]])).toMatchObject([
      ['tick', { type: 'timerTrigger', schedule: '%TICK%', direction: 'in' }],
      ['work', { type: 'queueTrigger', queueName: '%WORK%', connection: 'AzureWebJobsStorage' }],
      ['page', { type: 'httpTrigger', methods: ['GET', 'POST'], authLevel: 'anonymous' }],
    ]);
  });

  it('can be done again in the same process', async () => {
    const appDir = await buildApp({ code: http('page') });
    expect((await load(appDir)).functions).toHaveLength(1);
    expect((await load(appDir)).functions).toHaveLength(1);
  });

  it('succeeds with no functions when the entry point throws', async () => {
    const app = await load(await buildApp({ code: `throw new Error('bad setting');` }));
    expect(app).toMatchObject({ functions: [], indexing: 'Success', loadError: { message: 'bad setting' } });
  });

  it('fails when the entry point throws after a function was registered', async () => {
    const appDir = await buildApp({ code: `${http('page')} throw new Error('bad setting');` });
    await expect(loadApp({ appDir, env: {} })).rejects.toMatchObject({ code: 'TCN-L005' });
  });

  // In a process of its own, since Vitest lends a `require` to what it imports.
  it('succeeds with no functions for an ESM bundle that has the library inlined', async () => {
    const appDir = await buildApp({ code: http('page'), format: 'esm', file: 'main.mjs' });
    expect(await apart(appDir)).toContain('0 functions, Success, Error: Dynamic require of "util" is not supported');
  });

  // In a process of its own, since the library's server cannot be stopped.
  it('refuses HTTP streaming, for which the library listens on every interface', async () => {
    const appDir = await buildApp({ code: `app.setup({ enableHttpStream: true }); ${http('page')}` });
    expect(await apart(appDir)).toContain('TCN-L005');
  });

  it('succeeds with no functions when two outputs of a function are the same', async () => {
    const out = `output.storageQueue({ queueName: 'q', connection: 'c' })`;
    const app = await load(
      await buildApp({ code: `app.timer('t', { schedule: '0 * * * * *', extraOutputs: [${out}, ${out}], handler: () => {} });` }),
    );
    expect(app.functions).toEqual([]);
    expect(String(app.loadError)).toContain('Duplicate bindings');
  });

  it('takes every file that "main" matches', async () => {
    const appDir = newFolder();
    for (const name of ['a', 'b']) {
      const built = await buildApp({ code: http(name), file: `${name}.cjs` });
      writeFileSync(join(appDir, `${name}.cjs`), `module.exports = require(${JSON.stringify(join(built, `${name}.cjs`))});`);
    }
    writeFileSync(join(appDir, 'package.json'), JSON.stringify({ main: '{a,b}.cjs' }));
    expect((await load(appDir)).functions.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('fails when "main" matches nothing', async () => {
    const appDir = await buildApp({ code: '', packageJson: { main: 'absent/*.js' } });
    await expect(loadApp({ appDir, env: {} })).rejects.toMatchObject({ code: 'TCN-L005' });
  });

  it('finds the settings in the environment at load, and the working directory untouched', async () => {
    const before = { cwd: process.cwd(), path: process.env.PATH };
    const appDir = await buildApp({ code: `seen.push(process.env.GREETING, process.cwd(), process.env.PATH);` });
    const app = await loadApp({ appDir, env: { GREETING: 'hello' } });
    expect(seen).toEqual(['hello', before.cwd, before.path]);
    app.unload();
    expect(process.env.GREETING).toBeUndefined();
  });

  it('runs appStart hooks before it is over, and refuses registration afterwards', async () => {
    const app = await load(
      await buildApp({
        code: `
          app.hook.appStart(() => { seen.push('started'); });
          (globalThis as any).late = () => app.http('late', { handler: async () => ({}) });
          ${http('page')}`,
      }),
    );
    expect(seen).toEqual(['started']);
    expect(() => (globalThis as unknown as { late(): void }).late()).toThrow('during app startup');
    expect(app.functions).toHaveLength(1);
  });

  it('hands a clock to an app that wants one', async () => {
    const app = await load(await buildApp({ code: `export function useClock(clock: any) { seen.push(clock.now()); }` }));
    app.useClock({ now: () => 42, wall: () => 0 });
    expect(seen).toEqual([42]);
  });
});
