import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailBody } from '../../src/notify/email.ts';
import type { NotificationContent } from '../../src/notify/webhook-body.ts';
import { ABSENT, ESCALATED, FIRING, HUGE, OVER, OWN } from '../notify/contents.ts';
import { launchBrowser, noBrowser, visit } from '../support/browser.ts';

let browser: Browser;
beforeAll(async () => {
  if (noBrowser() === null) browser = await launchBrowser();
}, 60_000);
afterAll(() => browser?.close());

const WINDOWS = [
  ['light', 390],
  ['light', 1280],
  ['dark', 390],
  ['dark', 1280],
] as const;

/** The least contrast of any text against what is behind it, after WCAG 2. */
const LEAST_CONTRAST = `(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parts(colour).map((part) => part / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((parts(colour)[3] ?? 1) > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const texts = [...document.querySelectorAll('body *')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== ''));
  return Math.min(...texts.map((element) => {
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }));
})()`;

describe.skipIf(noBrowser() !== null).each(WINDOWS)('an e-mail, %s, in a window of %i pixels', (scheme, width) => {
  const shown = async (name: string, content: NotificationContent) => {
    const url = `data:text/html;charset=utf-8,${encodeURIComponent(emailBody(content).html)}`;
    const visited = await visit(browser, url, { scheme, width });
    const path = process.env.TOCSIN_SCREENSHOTS;
    if (path) await visited.page.screenshot({ path: `${path}/email-${name}-${scheme}-${width}.png`, fullPage: true });
    return visited;
  };

  const huge = scheme === 'dark' && width === 390 ? ([['huge', HUGE]] as const) : [];
  it.each<readonly [string, NotificationContent]>([
    ['firing', FIRING],
    ['escalated', ESCALATED],
    ['resolved', OVER],
    ['absent', ABSENT],
    ['own', OWN],
    ...huge,
  ])('that is %s can be read as a whole, without anything from elsewhere', async (name, content) => {
    const { page, complaints, strangers, close } = await shown(name, content);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await page.evaluate(LEAST_CONTRAST)).toBeGreaterThanOrEqual(4.5);
    expect([...complaints, ...strangers]).toEqual([]);
    await close();
  });

  it('shows charts, texts as they are, and links that a thumb can hit', async () => {
    const { page, close } = await shown('firing', FIRING);
    expect(await page.locator('[role=img]').count()).toBe(2);
    expect(await page.getByText('a <b> & *c*').first().isVisible()).toBe(true);
    expect(await page.getByRole('link', { name: 'Silence' }).count()).toBe(1);
    for (const link of await page.getByRole('link').all()) expect((await link.boundingBox())?.height).toBeGreaterThanOrEqual(32);
    await close();
  });
});
