import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/app/settings.ts';
import { CONTAINERS, TABLES } from '../../src/azure/names.ts';
import { appSettingsOf, modulesOf, nodesOf, outputsOf, parametersOf, type Template, templates } from '../support/bicep.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const json = (path: string) => JSON.parse(read(path));

let all: readonly Template[];
const named = (path: string): Template => {
  const found = all.find((template) => template.path === path);
  if (found === undefined) throw new Error(`no template ${path}`);
  return found;
};

beforeAll(async () => {
  all = await templates();
});

describe('the templates', () => {
  it('parse without an error', () => {
    const broken = all.flatMap((template) => (template.root.hasError ? [template.path] : []));
    expect(all.length).toBeGreaterThan(5);
    expect(broken).toEqual([]);
  });

  it('declare everything without a registry, so that they compile without a network', () => {
    expect(all.filter((template) => /\bbr(\/|:)/.test(template.text)).map((template) => template.path)).toEqual([]);
  });

  it('pass every module what it requires and nothing that it does not know', () => {
    for (const call of modulesOf(named('main.bicep'))) {
      const parameters = parametersOf(named(call.path));
      const required = [...parameters].filter(([, hasDefault]) => !hasDefault).map(([name]) => name);
      expect(
        call.params.filter((name) => !parameters.has(name)),
        `${call.name}: unknown`,
      ).toEqual([]);
      expect(
        required.filter((name) => !call.params.includes(name)),
        `${call.name}: missing`,
      ).toEqual([]);
    }
  });

  it('use only outputs that the module has', () => {
    const main = named('main.bicep');
    const paths = new Map(modulesOf(main).map((call) => [call.name, call.path]));
    const uses = [...main.text.matchAll(/\b(\w+)(?:\[\w+\])?\.outputs\.(\w+)/g)];
    expect(uses.length).toBeGreaterThan(5);
    for (const [, module = '', output = ''] of uses) {
      expect(outputsOf(named(paths.get(module) ?? '')), `${module}.outputs.${output}`).toContain(output);
    }
  });

  it('describe every parameter', () => {
    for (const template of all) {
      const declared = nodesOf(template.root, 'parameter_declaration').length;
      expect(template.text.match(/@description\(/g)?.length ?? 0, template.path).toBeGreaterThanOrEqual(declared);
    }
  });

  it('take their parameters file as it is', () => {
    const { parameters } = json('infra/main.parameters.json');
    const known = parametersOf(named('main.bicep'));
    expect(Object.keys(parameters).filter((name) => !known.has(name))).toEqual([]);
    const required = [...known].filter(([, hasDefault]) => !hasDefault).map(([name]) => name);
    expect(required.filter((name) => !(name in parameters))).toEqual([]);
  });
});

describe('policy', () => {
  it('keeps keys out: identity for storage, no listKeys, no secret in an output', () => {
    const storage = named('modules/storage.bicep').text;
    expect(storage).toContain('allowSharedKeyAccess: false');
    expect(storage).toContain("minimumTlsVersion: 'TLS1_2'");
    for (const template of all) {
      expect(template.text, template.path).not.toMatch(/listKeys\(|connectionStrings?\b.*AccountKey/i);
      for (const output of nodesOf(template.root, 'output_declaration'))
        expect(output.text).not.toMatch(/secret|password|key\b/i);
    }
  });

  it('marks secret parameters as secure wherever they pass', () => {
    for (const path of ['main.bicep', 'modules/vault.bicep']) {
      const secure = named(path).text.match(/@secure\(\)\n@description\([^\n]*\)\nparam (\w+)/g) ?? [];
      expect(secure).toHaveLength(3);
    }
  });

  it('names roles from one table and uses each of them', () => {
    const roles = json('infra/roles.json') as Record<string, string>;
    const text = all.map((template) => template.text).join('\n');
    for (const [name, guid] of Object.entries(roles)) {
      expect(text, name).toContain(`roles.${name}`);
      expect(guid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
    expect(text).not.toMatch(/roleDefinitions', '[0-9a-f-]{36}'/);
  });
});

describe('parity with the code', () => {
  const references = new Set(
    [
      ...read('tocsin.yaml')
        .replaceAll(/^\s*#.*$/gm, '')
        .matchAll(/\$\{(\w+)\}/g),
    ].map(([, name = '']) => name),
  );

  it('sets every setting that code and configuration read', () => {
    const set = appSettingsOf(named('modules/function-app.bicep'));
    const laptopOnly = new Set(['AzureWebJobsStorage', 'TOCSIN_STAND_IN', 'TOCSIN_QUEUE_DELAY']);
    const byConnection = (name: string) => set.includes(name) || set.some((each) => each.startsWith(`${name}__`));
    const wanted = [...SETTINGS.map((setting) => setting.name).filter((name) => !laptopOnly.has(name)), ...references];
    expect(wanted.filter((name) => !byConnection(name))).toEqual([]);
  });

  it('sets nothing that nobody reads', () => {
    const platform = /^(APPLICATIONINSIGHTS_|AzureWebJobsDisableHomepage$|AzureWebJobsStorage__credential$|EventHubConnection__)/;
    const known = new Set([...SETTINGS.map((setting) => setting.name), ...references]);
    const set = appSettingsOf(named('modules/function-app.bicep'));
    expect(set.filter((name) => !known.has(name) && !platform.test(name))).toEqual([]);
  });

  it('creates every table, container, queue and hub that the code names', () => {
    const names = json('infra/names.json');
    expect([...names.tables].sort()).toEqual([...Object.values(TABLES)].sort());
    expect([...names.containers].sort()).toEqual([...Object.values(CONTAINERS)].sort());
    for (const queue of [names.evaluationsQueue, names.notificationsQueue]) {
      expect(names.queues).toContain(queue);
      expect(names.queues).toContain(`${queue}-poison`);
    }
  });

  it('runs the Node version that the bundle is made for', () => {
    const [, runtime] = /runtime: \{\s+name: 'node'\s+version: '(\d+)'/.exec(named('modules/function-app.bicep').text) ?? [];
    expect(json('package.json').devDependencies.node.split('.')[0]).toBe(runtime);
  });
});

const bicep = spawnSync('bicep', ['--version'], { encoding: 'utf8' });

describe.skipIf(bicep.error !== undefined)('the Bicep compiler (where it is installed)', () => {
  it('builds main.bicep', () => {
    const build = spawnSync('bicep', ['build', '--stdout', 'infra/main.bicep'], {
      encoding: 'utf8',
      cwd: new URL('../..', import.meta.url),
    });
    expect(build.stderr).not.toMatch(/Error BCP/);
    expect(build.status).toBe(0);
  });
});
