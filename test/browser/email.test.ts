import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailBody } from '../../src/notify/email.ts';
import { alertOf, resolved, TARGET } from '../alerts/make.ts';
import { launchBrowser, noBrowser, visit } from '../support/browser.ts';

const NOW = Date.parse('2026-11-21T08:00:00Z');
const points = Array.from({ length: 30 }, (_, index) => ({
  at: NOW - (30 - index) * 60_000,
  value: 0.02 + (index > 20 ? 0.02 * index : 0),
}));

let browser: Browser;
beforeAll(async () => {
  if (noBrowser() === null) browser = await launchBrowser();
}, 60_000);
afterAll(() => browser?.close());

describe.skipIf(noBrowser() !== null)('an e-mail in a window of 640 pixels', () => {
  it('shows every part without a script, a picture from elsewhere or anything beyond its edge', async () => {
    const { html } = emailBody({
      receiver: 'mail',
      group: { labels: { alertname: 'AzureOpenAIThrottled', target: TARGET } },
      reason: 'newly firing',
      alerts: [alertOf('chat', { evidence: { points, threshold: 0.1, unit: 'ratio' } }), resolved(alertOf('a <b> & "c"'), NOW)],
      truncated: 3,
      consoleUrl: 'https://tocsin.example',
    });
    const { page, complaints, strangers, close } = await visit(
      browser,
      `data:text/html;charset=utf-8,${encodeURIComponent(html)}`,
      { width: 640 },
    );
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(640);
    expect(await page.locator('[role=img]').count()).toBe(2);
    expect(await page.getByText('a <b> & "c"').first().isVisible()).toBe(true);
    expect(await page.getByRole('link', { name: 'Silence' }).count()).toBe(2);
    expect([...complaints, ...strangers]).toEqual([]);
    if (process.env.TOCSIN_SCREENSHOTS) await page.screenshot({ path: `${process.env.TOCSIN_SCREENSHOTS}/email.png` });
    await close();
  });
});
