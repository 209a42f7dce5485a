import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendActivityRecord, flush } from '../../src/local/archive/append.ts';
import { ACCOUNTS } from '../../src/local/traffic/estate.ts';
import { EVERY_KIND } from '../support/every-kind.ts';
import { otlpReceiver, SECRET, webhookReceiver } from '../support/receivers.ts';
import { folderOf, projectFile, type Troubled, troubledWorld } from '../support/troubled-world.ts';

const MINUTE = 60_000;

/** The whole product on the laptop, with the real clients of Azure talking to the stand-in over HTTP. */
describe('rules of every kind, in the running product', () => {
  let one: Troubled;
  let hook: Awaited<ReturnType<typeof webhookReceiver>>;
  let sink: Awaited<ReturnType<typeof otlpReceiver>>;
  let configDir: string;
  beforeAll(async () => {
    hook = await webhookReceiver();
    sink = await otlpReceiver();
    configDir = folderOf({ 'rules/kinds.yaml': EVERY_KIND, 'tocsin.yaml': projectFile('tocsin.yaml') });
    one = await troubledWorld({
      scenario: 'quiet-day',
      webhook: { url: hook.url, secret: SECRET },
      otlp: sink.url,
      configDir,
    });
  }, 300_000);
  afterAll(async () => {
    await one?.close();
    await hook?.close();
    await sink?.close();
    rmSync(configDir, { recursive: true, force: true });
  });

  const beat = (path: string, init: RequestInit = {}) =>
    fetch(`${one.world.consoleUrl}/api/heartbeats/backup${path}?code=${one.world.host.key}`, init);
  const told = () =>
    hook.got.flatMap(({ body }) =>
      body.alerts.map(({ status, labels, annotations }) => `${status} ${labels.alertname}: ${annotations?.summary}`),
    );

  it('tells of a deleted deployment with its caller, and of a job that does not come, and when it comes', async () => {
    const { startedAt } = one.world.traffic.run;
    const [account] = ACCOUNTS;
    if (account === undefined) throw new Error('the estate has accounts');
    const [, , subscription] = account.id.split('/');
    await one.runTo(6);
    expect((await beat('', { method: 'POST' })).status).toBe(200);
    expect((await fetch(`${one.world.consoleUrl}/api/heartbeats/backup`)).status).toBe(401);
    const at = startedAt + 5 * MINUTE;
    appendActivityRecord(
      { dir: join(one.dataDir, 'archive'), scope: `/subscriptions/${subscription}`, receivedAt: at },
      {
        time: new Date(at).toISOString(),
        resourceId: `${account.id}/deployments/old`.toUpperCase(),
        operationName: 'MICROSOFT.COGNITIVESERVICES/ACCOUNTS/DEPLOYMENTS/DELETE',
        category: 'Administrative',
        resultType: 'Success',
        resultSignature: 'Succeeded.OK',
        correlationId: 'corr-1',
        level: 'Information',
        identity: { claims: { 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'ada@contoso.example' } },
      },
    );
    await flush(join(one.dataDir, 'archive'));
    await one.runTo(25);
    await beat('/fail', { method: 'POST', body: 'disk full' });
    await one.runTo(28);
    await beat('');
    await one.runTo(40);
    expect(told()).toEqual([
      `firing DeploymentDeleted: ada@contoso.example deleted ${account.id.toLowerCase()}/deployments/old`,
      'firing BackupMissed: backup: its check-in did not come. ',
      expect.stringMatching(/^resolved BackupMissed: backup: it checked in/),
    ]);
  }, 300_000);

  it('knows capacities, quotas, retirement dates and prices', async () => {
    await one.runTo(60);
    const { code, text } = await one.page('/digests');
    expect(code, text).toBe(200);
    const { digests } = await one.status();
    expect(digests).toHaveLength(1);
    const page = await one.page(`/digests/${digests?.[0]?.id}`);
    expect(page.text).toContain('OpenAI.Standard.text-embedding-3-large in westeurope: 350 of 350');
    expect(page.text).toContain('gpt-4o-mini retires on 2027-03-31');
    expect(page.text).toMatch(/chat uses [\d.]+% of its limit/);
    expect(page.text).toMatch(/chat cost \d/);
    expect(page.text).not.toContain('unknown');
  }, 300_000);
});
