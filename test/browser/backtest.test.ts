import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { USUAL_ARRIVAL } from '../../src/local/backtest/arrival.ts';
import { backtest } from '../../src/local/backtest/backtest.ts';
import { renderHtml } from '../../src/local/backtest/html.ts';
import { defaultConfig } from '../../src/rules/config.ts';
import { loadRuleFiles } from '../../src/rules/load.ts';
import { launchBrowser, noBrowser, visit } from '../support/browser.ts';
import { SIX_HOURS, sixHourRules, writeSixHours } from '../support/fixtures/quota.ts';
import { type LoopbackServer, serve } from '../support/loopback-server.ts';

const reason = noBrowser();
if (reason !== null) console.warn(`the browser tests are skipped: ${reason}`);

describe.skipIf(reason !== null)('the page of a backtest in a real browser', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-backtest-page-'));
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const rulesOf = (threshold: string) => loadRuleFiles([{ path: 'rules.yaml', text: sixHourRules(threshold) }]).rules;
  let browser: Browser;
  let server: LoopbackServer;

  beforeAll(async () => {
    await writeSixHours(join(dir, 'archive'));
    const result = await backtest({
      archive: join(dir, 'archive'),
      rules: rulesOf('> 10%'),
      other: rulesOf('> 60%'),
      config: defaultConfig(),
      period: SIX_HOURS,
      arrival: USUAL_ARRIVAL,
      estate: null,
      most: null,
    });
    const body = renderHtml(result);
    server = await serve(() => ({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body }));
    browser = await launchBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(['light', 'dark'] as const)('is accessible and loads nothing in %s', async (scheme) => {
    for (const width of [390, 1280]) {
      const { page, complaints, strangers, close } = await visit(browser, server.url, { scheme, width });
      await page.evaluate('document.querySelectorAll("details").forEach((details) => { details.open = true })');
      await page.evaluate(axe);
      expect(await page.evaluate('axe.run().then((result) => result.violations.map(({ id }) => id))')).toEqual([]);
      expect([complaints, strangers]).toEqual([[], []]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect(await page.getByRole('img', { name: /Throttled: fired in \d+ of 96/ }).count()).toBe(1);
      await close();
    }
  });
});
