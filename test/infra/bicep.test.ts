import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/app/settings.ts';
import { CONTAINERS, TABLES } from '../../src/azure/names.ts';
import { loadConfig } from '../../src/rules/config.ts';
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

  it('marks secrets as secure wherever they pass, and lets no other parameter hold one', () => {
    const secured = all.flatMap(({ path, text }) =>
      [...text.matchAll(/@secure\(\)\n@description\([^\n]*\)\nparam (\w+ \w+)/g)].map(([, name = '']) => [path, name]),
    );
    expect(secured).toEqual([
      ['main.bicep', 'secrets object'],
      ['modules/vault.bicep', 'secrets object'],
    ]);
    const uses = all.filter(({ text }) => /\bsecrets\[/.test(text)).map(({ path }) => path);
    expect(uses).toEqual(['main.bicep', 'modules/vault.bicep']);
    expect(named('main.bicep').text.match(/\bsecrets\[\w+\]/g)).toEqual(['secrets[secret]']);
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
  const referencesOf = (path: string): ReadonlySet<string> =>
    new Set(
      [
        ...read(path)
          .replaceAll(/^\s*#.*$/gm, '')
          .matchAll(/\$\{(\w+)\}/g),
      ].map(([, name = '']) => name),
    );
  const references = referencesOf('tocsin.yaml');
  /** Settings that are made of secrets, under the names of {@link SETTINGS} and of the configuration. */
  const secretSettings: readonly string[] = json('infra/names.json').secrets.map((name: string) =>
    name.toUpperCase().replaceAll('-', '_'),
  );
  const settings = (): readonly string[] => [...appSettingsOf(named('modules/function-app.bicep')), ...secretSettings];

  it('sets every setting that code and configuration read', () => {
    const set = settings();
    const laptopOnly = new Set(['AzureWebJobsStorage', 'TOCSIN_STAND_IN', 'TOCSIN_QUEUE_DELAY']);
    const byConnection = (name: string) => set.includes(name) || set.some((each) => each.startsWith(`${name}__`));
    const wanted = [...SETTINGS.map((setting) => setting.name).filter((name) => !laptopOnly.has(name)), ...references];
    expect(wanted.filter((name) => !byConnection(name))).toEqual([]);
  });

  it('sets what every kind of receiver and sink may name, and nothing that nobody reads', () => {
    const everywhere = referencesOf('examples/everywhere/tocsin.yaml');
    expect([...everywhere].filter((name) => !settings().includes(name))).toEqual([]);
    const platform = /^(APPLICATIONINSIGHTS_|AzureWebJobsDisableHomepage$|AzureWebJobsStorage__credential$|EventHubConnection__)/;
    const known = new Set([...SETTINGS.map((setting) => setting.name), ...references, ...everywhere]);
    expect(settings().filter((name) => !known.has(name) && !platform.test(name))).toEqual([]);
  });

  it('has an example with every kind of receiver and sink, which is understood', () => {
    const { config, diagnostics } = loadConfig('tocsin.yaml', read('examples/everywhere/tocsin.yaml'));
    expect(diagnostics).toEqual([]);
    const kinds = (of: readonly { readonly kind: string }[] = []) => [...new Set(of.map(({ kind }) => kind))].sort();
    expect(kinds(config?.sinks)).toEqual(['azureMonitor', 'blob', 'datadog', 'elastic', 'eventHub', 'hec', 'ndjson', 'otlp']);
    expect(kinds(config?.receivers)).toEqual([
      'communicationServices',
      'email',
      'eventGrid',
      'eventHub',
      'jiraServiceManagement',
      'pagerduty',
      'servicenow',
      'slack',
      'teams',
      'webhook',
    ]);
  });

  it('takes every secret from the parameters file, and knows each of them', () => {
    const { secrets } = json('infra/main.parameters.json').parameters;
    expect(Object.keys(secrets.value)).toEqual(json('infra/names.json').secrets);
    for (const value of Object.values(secrets.value)) expect(value).toMatch(/^\$\{TOCSIN_\w+=\}$/);
  });

  it('lets keys and signed links through to the app, and nothing else', () => {
    const { openPaths } = json('infra/names.json') as { readonly openPaths: readonly string[] };
    const isOpen = (path: string): boolean => openPaths.some((open) => path.startsWith(open.replace(/\*$/, '')));
    const routes = readdirSync(new URL('../../functions/', import.meta.url)).flatMap((file) =>
      [...read(`functions/${file}`).matchAll(/route: '([^']+)'/g)].map(([, route = '']) => `/${route}`),
    );
    expect(routes.filter((route) => route.startsWith('/api/')).length).toBeGreaterThan(5);
    expect(routes.filter((route) => route.startsWith('/api/') && !isOpen(route))).toEqual([]);
    // A link to acknowledge is of an alert; every other page is for people who are signed in.
    expect(isOpen('/alerts/0123/ack')).toBe(true);
    for (const page of ['/', '/alerts', '/rules/x', '/silences', '/audit', '/digests/x']) expect(isOpen(page), page).toBe(false);
    expect(named('modules/function-app.bicep').text).toMatch(
      /name: 'authsettingsV2'[\s\S]*requireAuthentication: true[\s\S]*excludedPaths: names\.openPaths/,
    );
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
