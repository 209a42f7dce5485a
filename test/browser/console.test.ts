import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, noBrowser, visit } from '../support/browser.ts';
import { type ConsoleServer, serveConsole } from '../support/console-server.ts';
import { pipelineAlert, throttledAlert } from '../support/fixtures/alerts.ts';
import { busyEstate, emptyEstate } from '../support/fixtures/estate.ts';

const reason = noBrowser();
if (reason !== null) console.warn(`the browser tests are skipped: ${reason}`);

const PAGES = {
  'the first page': '/',
  'an alert with a chart': `/alerts/${throttledAlert().fingerprint}`,
  'an alert of an absence': `/alerts/${pipelineAlert().fingerprint}`,
  'the alerts': '/alerts',
  'a rule': '/rules/AzureOpenAIThrottled',
  'the rules': '/rules',
  'the digests': '/digests',
  'the silences': '/silences',
  'the audit trail': '/audit',
  'a digest': '/digests/daily-2026-11-20T0800Z',
} as const;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

describe.skipIf(reason !== null)('in a real browser', () => {
  let browser: Browser;
  let busy: ConsoleServer;
  let empty: ConsoleServer;
  let axe: string;

  beforeAll(async () => {
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    busy = await serveConsole(await busyEstate());
    empty = await serveConsole(emptyEstate());
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await busy?.close();
    await empty?.close();
  });

  for (const scheme of ['light', 'dark'] as const) {
    it.each(Object.entries(PAGES))(`%s is accessible and clean in ${scheme}`, async (_name, path) => {
      for (const width of [390, 1280]) {
        const { page, complaints, strangers, close } = await visit(browser, busy.url + path, { scheme, width });
        await page.evaluate('document.querySelectorAll("details").forEach((details) => { details.open = true })');
        await page.evaluate(axe);
        const found = (await page.evaluate('axe.run().then((result) => result.violations)')) as readonly Violation[];
        expect(found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
        expect([complaints, strangers]).toEqual([[], []]);
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
        await close();
      }
    });
  }

  it('an installation without anything in it is accessible too', async () => {
    const { page, complaints, close } = await visit(browser, empty.url);
    await page.evaluate(axe);
    expect(await page.evaluate('axe.run().then((result) => result.violations.map(({ id }) => id))')).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('shows the response of an alert without scrolling, on a phone', async () => {
    const { page, close } = await visit(browser, busy.url + PAGES['an alert with a chart'], { width: 390, height: 844 });
    for (const text of ['Shift traffic or raise capacity for chat.', 'act by 07:53', 'Open the runbook']) {
      const box = await page.getByText(text).first().boundingBox();
      expect(box === null ? Number.POSITIVE_INFINITY : box.y + box.height).toBeLessThan(844);
    }
    await close();
  });

  it('lets a person come from the first page to an alert and its rule by keyboard', async () => {
    const { page, close } = await visit(browser, busy.url);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('chat: 34% of calls refused with 429');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/alerts/*');
    await page.getByRole('link', { name: 'AzureOpenAIThrottled' }).click();
    expect(await page.title()).toBe('AzureOpenAIThrottled · Tocsin');
    await close();
  });

  it('lets a person take care of an alert and silence it by keyboard, without scripts', async () => {
    const { page, complaints, close } = await visit(browser, busy.url + PAGES['an alert with a chart']);
    await page.getByLabel('What you do about it').fill('raising the capacity');
    await page.keyboard.press('Enter');
    await page.getByText('anybody takes care of it').or(page.getByText('raising the capacity')).first().waitFor();
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('Nobody has acknowledged it yet').waitFor();
    await page.getByText('Keep it from being notified for a while').click();
    expect(await page.getByLabel(/Matchers, one a line/).inputValue()).toContain('alertname="AzureOpenAIThrottled"');
    await page.getByLabel('Why (needed)').fill('load test');
    await page.getByRole('button', { name: 'Silence', exact: true }).click();
    await page.waitForURL('**/alerts/*');
    await page.goto(`${busy.url}/silences`);
    await page.getByRole('button', { name: 'End the silence load test' }).click();
    await page.getByText('expired').first().waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('keeps tables readable as tables by assistive technology when they are shown as lists', async () => {
    const { page, close } = await visit(browser, `${busy.url}/rules`, { width: 390 });
    expect(await page.getByRole('columnheader', { name: 'Last evaluation' }).count()).toBe(1);
    expect(await page.getByRole('rowheader', { name: /BatchJobsStuck/ }).count()).toBe(1);
    await close();
  });

  it('leaves the chart’s text unstretched at any width', async () => {
    for (const width of [390, 1280]) {
      const { page, close } = await visit(browser, busy.url + PAGES['an alert with a chart'], { width });
      const sizes = (await page.evaluate(
        '[...document.querySelectorAll("svg.chart text")].map((text) => text.getBoundingClientRect().height)',
      )) as readonly number[];
      expect(sizes.length).toBeGreaterThan(6);
      expect(sizes.every((size) => size > 10 && size < 24)).toBe(true);
      await close();
    }
  });

  it('forbids scripts: one that got into a page would not run', async () => {
    const { page, complaints, close } = await visit(browser, busy.url);
    await page.evaluate(
      'document.body.append(Object.assign(document.createElement("script"), { textContent: "window.ran = true" }))',
    );
    expect(await page.evaluate('window.ran ?? false')).toBe(false);
    expect(complaints.join()).toContain('Content Security Policy');
    await close();
  });
});
