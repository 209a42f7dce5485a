import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuildResult, buildApp } from '../../src/local/build/build.ts';
import { describeFunction } from '../../src/local/host/functions.ts';
import { loadApp } from '../../src/local/host/load.ts';

const outDir = mkdtempSync(join(tmpdir(), 'tocsin-bundle-'));
let result: BuildResult;
beforeAll(async () => {
  result = await buildApp({ outDir });
});
afterAll(() => rmSync(outDir, { recursive: true }));

const ENV = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  EventHubConnection: 'Endpoint=sb://127.0.0.1/',
  EVENT_HUB_NAME: 'diagnostics',
  EVENT_HUB_CONSUMER_GROUP: 'tocsin',
  EVALUATIONS_QUEUE: 'evaluations',
  NOTIFICATIONS_QUEUE: 'notifications',
  TICK_SCHEDULE: '0 * * * * *',
  DIGEST_SCHEDULE: '0 */15 * * * *',
  COVERAGE_SCHEDULE: '0 30 */6 * * *',
};

/** What of a trigger decides when and for what it runs. */
const KEYS = [
  'schedule',
  'queueName',
  'eventHubName',
  'consumerGroup',
  'cardinality',
  'dataType',
  'connection',
  'route',
  'methods',
  'authLevel',
];

describe('the deployable', () => {
  it('registers exactly these functions when it is loaded as the platform loads it', async () => {
    const app = await loadApp({ appDir: outDir, env: ENV });
    app.unload();
    expect(app.loadError).toBeNull();
    const functions = [...app.registry.functions.values()].map((fn) => {
      const { name, trigger, resolved, error } = describeFunction(fn, ENV);
      const values = KEYS.flatMap((key) => (resolved?.[key] === undefined ? [] : [`${key}=${resolved[key]}`]));
      return error === null ? `${name}: ${trigger} ${values.join(' ')}` : `${name}: ${error.message}`;
    });
    expect(functions.sort()).toMatchInlineSnapshot(`
      [
        "acknowledge: http route=api/alerts/{fingerprint}/ack methods=POST,DELETE authLevel=anonymous",
        "alertmanager: http route=api/v2/{*path} methods=GET,HEAD,POST,DELETE authLevel=anonymous",
        "api: http route=api/status methods=GET authLevel=function",
        "azure-hook: http route=api/hooks/azure-monitor methods=POST authLevel=function",
        "console: http route={page:regex(^(alerts|rules|digests|silences|audit)$)?}/{id?}/{action?} methods=GET,HEAD,POST authLevel=anonymous",
        "coverage: timer schedule=0 30 */6 * * *",
        "deliver-poison: queue queueName=notifications-poison connection=AzureWebJobsStorage",
        "deliver: queue queueName=notifications connection=AzureWebJobsStorage",
        "digest: timer schedule=0 */15 * * * *",
        "evaluate-poison: queue queueName=evaluations-poison connection=AzureWebJobsStorage",
        "evaluate: queue queueName=evaluations connection=AzureWebJobsStorage",
        "forward: eventHub eventHubName=diagnostics consumerGroup=tocsin cardinality=many dataType=binary connection=EventHubConnection",
        "health: http route=api/health methods=GET,HEAD authLevel=anonymous",
        "heartbeat: http route=api/heartbeats/{id}/{phase?} methods=GET,HEAD,POST authLevel=function",
        "tick-now: http route=api/tick methods=POST authLevel=function",
        "tick: timer schedule=0 * * * * *",
      ]
    `);
  });

  it('yields no function at all, and success, when its entry point throws: so nothing may throw at load', async () => {
    const broken = mkdtempSync(join(tmpdir(), 'tocsin-broken-'));
    writeFileSync(join(broken, 'package.json'), '{"main":"main.cjs"}');
    writeFileSync(join(broken, 'main.cjs'), `throw new Error('at load');`);
    const app = await loadApp({ appDir: broken, env: {} });
    app.unload();
    rmSync(broken, { recursive: true });
    expect([app.functions, app.indexing, String(app.loadError)]).toEqual([[], 'Success', 'Error: at load']);
  });

  it('loads without any setting: a missing one is the invocation’s error, not the entry point’s', async () => {
    const app = await loadApp({ appDir: outDir, env: {} });
    app.unload();
    expect(app.loadError).toBeNull();
    expect(app.functions.length).toBeGreaterThan(10);
  });

  it('is one CommonJS file, its compiled rules, host.json and a package.json without dependencies', () => {
    expect(readdirSync(outDir).sort()).toEqual(['compiled.json', 'host.json', 'main.cjs', 'package.json']);
    const manifest = JSON.parse(readFileSync(join(outDir, 'package.json'), 'utf8'));
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('type');
  });

  it('is at most 1.5 MB zipped', () => {
    expect(result.zipBytes).toBeLessThan(1.5 * 1024 * 1024);
  });

  it('leaves @azure/functions-core to the worker, and holds nothing of the laptop, the command line or the build', () => {
    const bundle = readFileSync(join(outDir, 'main.cjs'), 'utf8');
    expect(/[\w$]\("@azure\/functions-core"\)/.test(bundle)).toBe(true);
    expect(result.inputs.some((path) => path.includes('node_modules/@azure/functions/'))).toBe(true);
    const banned = /src\/(local|cli)\/|node_modules\/(zod|yaml|azurite|@kusto\/|esbuild)\b|catalogue\.generated/;
    expect(result.inputs.filter((path) => banned.test(path))).toEqual([]);
    expect(result.inputs.some((path) => /test\/|hub\/amqp/.test(path))).toBe(false);
  });

  it('compiles every rule pack', () => {
    expect(result.diagnostics).toEqual([]);
    const { rules, config } = JSON.parse(readFileSync(join(outDir, 'compiled.json'), 'utf8'));
    expect(rules.length).toBeGreaterThanOrEqual(12);
    expect(config.receivers).toHaveLength(1);
  });

  it('has no receiver’s secret in it', () => {
    expect(readFileSync(join(outDir, 'compiled.json'), 'utf8')).not.toMatch(/whsec_/);
  });
});
