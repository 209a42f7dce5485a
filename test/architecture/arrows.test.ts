import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tocsin-arrows-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Lint rules that Biome breaks off with when a file of this text stands at this path. */
function lint(path: string, text: string): string {
  const config = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'));
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }));
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const run = spawnSync(join(ROOT, 'node_modules/.bin/biome'), ['lint', '--reporter=github', path], {
    cwd: folder,
    encoding: 'utf8',
  });
  rmSync(file);
  return run.stdout + run.stderr;
}

const uses = (specifier: string): string => `import { x } from '${specifier}';\nexport const y = x;\n`;

describe('the import arrows', () => {
  it.each([
    ['src/model/planted.ts', '../rules/plan.ts'],
    ['src/model/planted.ts', '../ports.ts'],
    ['src/evaluate/planted.ts', '../rules/plan.ts'],
    ['src/evaluate/planted.ts', 'node:fs'],
    ['src/alerts/planted.ts', '../notify/webhook.ts'],
    ['src/digest/planted.ts', '../console/page.ts'],
    ['src/forward/planted.ts', '@azure/event-hubs'],
    ['src/app/planted.ts', '../azure/storage.ts'],
    ['src/app/planted.ts', '@azure/storage-queue'],
    ['src/azure/planted.ts', '../evaluate/judge.ts'],
    ['src/net/planted.ts', '../azure/storage.ts'],
    ['src/local/planted.ts', '../azure/storage.ts'],
    ['src/cli/planted.ts', '../azure/storage.ts'],
    ['functions/planted.ts', '../src/azure/storage.ts'],
    ['functions/planted.ts', '../src/local/world.ts'],
  ])('forbid %s to import %s', (path, specifier) => {
    expect(lint(path, uses(specifier))).toContain('noRestrictedImports');
  });

  it.each([
    ['src/evaluate/planted.ts', '../model/rule.ts'],
    ['src/digest/planted.ts', '../render/html.ts'],
    ['src/app/planted.ts', '../evaluate/judge.ts'],
    ['src/app/compose.ts', '../azure/storage.ts'],
    ['src/azure/planted.ts', '@azure/storage-blob'],
    ['functions/planted.ts', '../src/app/tick.ts'],
    ['src/local/planted.ts', '@azure/event-hubs'],
  ])('allow %s to import %s', (path, specifier) => {
    expect(lint(path, uses(specifier))).not.toContain('noRestrictedImports');
  });

  it('see a type-only import, too', () => {
    expect(
      lint('src/evaluate/planted.ts', "import type { Clock } from '../azure/clock.ts';\nexport type C = Clock;\n"),
    ).toContain('noRestrictedImports');
  });

  it.each(['Date.now()', 'new Date()', 'process.env', 'fetch("x")', 'setTimeout(() => 1, 1)'])(
    'forbid %s in the core',
    (expression) => {
      expect(lint('src/evaluate/planted.ts', `export const y = () => ${expression};\n`)).toContain('noRestrictedGlobals');
    },
  );

  it('forbid an import cycle', () => {
    writeFileSync(join(folder, 'src/model/other.ts'), "import { a } from './planted.ts';\nexport const b = () => a;\n");
    expect(lint('src/model/planted.ts', "import { b } from './other.ts';\nexport const a = () => b;\n")).toContain(
      'noImportCycles',
    );
  });
});

describe('the core', () => {
  it('reads no randomness', () => {
    const run = spawnSync(
      'grep',
      [
        '-rln',
        'Math.random',
        'src/model',
        'src/evaluate',
        'src/alerts',
        'src/coverage',
        'src/digest',
        'src/forward',
        'src/rules',
      ],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    );
    expect(run.stdout).toBe('');
  });

  it('reads the environment in one file of the deployed code', () => {
    const run = spawnSync(
      'grep',
      ['-rlE', 'process\\.env', 'functions', 'src', '--include=*.ts', '--exclude-dir=local', '--exclude-dir=cli'],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    );
    expect(run.stdout.trim()).toBe('src/app/settings.ts');
  });
});
