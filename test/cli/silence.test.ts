import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiWorld, ENTRA, SECRET } from '../app/alertmanager-world.ts';
import { type AlertmanagerServer, serveAlertmanager } from '../support/alertmanager-server.ts';
import { tocsin } from '../support/run-tocsin.ts';

let api: ApiWorld;
let server: AlertmanagerServer;
beforeEach(async () => {
  api = new ApiWorld(undefined, ENTRA);
  api.world.clock.set(Date.now());
  server = await serveAlertmanager(api.deps);
});
afterEach(() => server.close());

const silence = (...args: readonly string[]) =>
  tocsin(['silence', ...args], { TOCSIN_URL: server.url, TOCSIN_KEY: SECRET }).finished;

describe('tocsin silence', () => {
  it('adds, lists and expires', async () => {
    const added = await silence(
      'add',
      'alertname=Slow',
      'ModelDeploymentName=~"batch-.*"',
      '--for',
      '2h',
      '--comment',
      'load test',
    );
    expect([added.code, added.stderr]).toEqual([0, '']);
    const id = added.stdout.trim();
    expect((await api.world.silences.read(id)).value).toMatchObject({
      comment: 'load test',
      matchers: [[{ op: '=' }, { op: '=~' }]],
    });
    const listed = await silence('list');
    expect(listed.stdout).toContain(id);
    expect(listed.stdout).toContain('ModelDeploymentName=~"batch-.*"');
    expect((await silence('expire', id)).stdout).toBe(`${id} expired\n`);
    expect((await silence('list')).stdout).toBe('no silence\n');
    const over = JSON.parse((await silence('list', '--expired', '--output', 'json')).stdout);
    expect(over).toMatchObject([{ id, status: { state: 'expired' } }]);
  });

  it('takes maintenance windows of resources', async () => {
    const rg = '/subscriptions/s1/resourceGroups/rg-batch';
    const words = ['--cron', '0 2 * * 0', '--zone', 'Europe/Stockholm', '--lasts', '4h', '--for', '30d', '--comment', 'patching'];
    const { code, stdout } = await silence('add', '--resource', rg, ...words);
    expect(code).toBe(0);
    expect((await api.world.silences.read(stdout.trim())).value).toMatchObject({
      resources: [rg],
      recurrence: { cron: '0 2 * * 0', zone: 'Europe/Stockholm', duration: 4 * 3_600_000 },
    });
  });

  it('says what is wrong with its words, what the app refuses, and that nobody answers', async () => {
    expect(await silence('add', 'alertname')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected name="value"'),
    });
    expect(await silence('remove')).toMatchObject({ code: 2 });
    const local = ['--start', '2026-11-21T08:00:00', '--comment', 'a local time is another one elsewhere'];
    expect(await silence('add', 'alertname=Slow', ...local)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--start takes a time such as'),
    });
    const refused = await silence('add', 'alertname=Slow');
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('TCN-H010') });
    expect(await silence('list', '--key', 'wrong')).toMatchObject({ code: 1, stderr: expect.stringContaining('TCN-H015') });
    expect(await silence('list', '--url', 'http://127.0.0.1:9')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('TCN-N003'),
    });
  });
});
