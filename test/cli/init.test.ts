import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { compileFolder } from '../../src/local/build/build.ts';
import { kqlBinder } from '../../src/local/kql/bind.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const made: string[] = [];
const folder = (): string => {
  made.push(mkdtempSync(join(tmpdir(), 'tocsin-init-')));
  return made.at(-1) ?? '';
};
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

const tocsin = (...args: string[]) =>
  spawnSync(process.execPath, ['src/cli/tocsin.mjs', ...args], { cwd: ROOT, encoding: 'utf8' });

describe('tocsin init', () => {
  it('writes a configuration that builds without a word, and whose own rule passes its test', async () => {
    const dir = join(folder(), 'ops');
    const { status, stdout } = tocsin('init', dir);
    expect(status).toBe(0);
    expect(stdout).toContain(`npm run build -- --config `);
    const { compiled, diagnostics } = await compileFolder(dir, kqlBinder());
    expect(diagnostics).toEqual([]);
    expect(compiled?.rules.map(({ id }) => id)).toEqual(expect.arrayContaining(['AzureOpenAIThrottled', 'OwnDeploymentBusy']));
    const test = tocsin('test', join(dir, 'rules/tests/own.test.yaml'), '--output', 'json');
    expect(test.status, test.stdout + test.stderr).toBe(0);
    expect(JSON.parse(test.stdout)).toMatchObject({ passed: 1, failed: 0 });
    const check = tocsin('check', join(dir, 'rules'));
    expect(check.status, check.stdout).toBe(0);
  }, 120_000);

  it('overwrites nothing: it says what is there, and writes no part', () => {
    const dir = folder();
    writeFileSync(join(dir, 'tocsin.yaml'), 'mine');
    const { status, stderr } = tocsin('init', dir);
    expect(status).toBe(1);
    expect(stderr).toContain(`TCN-C005 there already: ${join(dir, 'tocsin.yaml')}`);
    expect(readdirSync(dir)).toEqual(['tocsin.yaml']);
    expect(readFileSync(join(dir, 'tocsin.yaml'), 'utf8')).toBe('mine');
  });

  it('takes one folder', () => {
    const { status, stderr } = tocsin('init', 'a', 'b');
    expect(status).toBe(2);
    expect(stderr).toContain('tocsin init');
  });
});
