import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VirtualClock } from '../../src/local/clock/virtual.ts';
import { startReceiver } from '../../src/local/receivers/server.ts';
import { startWebhookReceiver } from '../../src/local/receivers/webhook.ts';
import { startWorld, type World } from '../../src/local/world.ts';
import { launchBrowser, noBrowser, visit } from '../support/browser.ts';
import { folderOfPacks } from '../support/troubled-world.ts';

const MINUTE = 60_000;

/** The product itself, not its pages over prepared data: a person opens the console during an incident and reads the digest after it. */
describe.skipIf(noBrowser() !== null)('a person in front of the running product', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-person-'));
  const configDir = folderOfPacks('azure-openai', 'ingestion', 'machine-learning');
  let browser: Browser;
  let world: World;
  const closers: (() => Promise<void>)[] = [];
  const runTo = (minute: number): Promise<void> =>
    (world.clock as VirtualClock).runTo(world.traffic.run.startedAt + minute * MINUTE);

  beforeAll(async () => {
    const webhook = await startWebhookReceiver(() => undefined);
    const otlp = await startReceiver(() => 200);
    closers.push(webhook.close, otlp.close);
    world = await startWorld(
      {
        dataDir,
        configDir,
        fresh: true,
        scenario: 'throttling-storm',
        time: 'scenario',
        port: 0,
        webhook: { url: webhook.url, secret: webhook.secret },
        otlp: otlp.url,
      },
      { progress: () => undefined, built: () => undefined, log: () => undefined },
    );
    browser = await launchBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await world?.close();
    for (const close of closers) await close();
    for (const folder of [dataDir, configDir]) rmSync(folder, { recursive: true, force: true });
  });

  it('sees the open alert on the first page, and on its own page what to do, the chart and the history', async () => {
    await runTo(14);
    const first = await visit(browser, `${world.consoleUrl}/`);
    await first.page.getByRole('link', { name: /chat/ }).first().click();
    const text = await first.page.locator('main').textContent();
    expect(text).toContain('AzureOpenAIThrottled');
    expect(text).toContain('Shift traffic away from chat or raise its capacity.');
    expect(text).toContain('ai-platform');
    expect(await first.page.locator('svg[role="img"]').count()).toBeGreaterThan(0);
    expect(text).toMatch(/receiver told/);
    expect([first.complaints, first.strangers]).toEqual([[], []]);
    await first.close();
  }, 120_000);

  it('reads the digest of the day, which names the incident', async () => {
    await runTo(50);
    const first = await visit(browser, `${world.consoleUrl}/digests`);
    await first.page
      .getByRole('link', { name: /rule fired/ })
      .first()
      .click();
    const text = await first.page.locator('main').textContent();
    expect(text).toContain('AzureOpenAIThrottled');
    expect(text).toContain('1 rule fired 1 alert, all resolved');
    expect(await first.page.locator('svg[role="img"]').count()).toBeGreaterThan(0);
    expect([first.complaints, first.strangers]).toEqual([[], []]);
    await first.close();
  }, 120_000);
});
