import { launchBrowser, visit } from '/work/main/test/support/browser.ts';
import { serveConsole } from '/work/main/test/support/console-server.ts';
import { busyEstate } from '/work/main/test/support/fixtures/estate.ts';

const estate = await busyEstate();
const server = await serveConsole(estate);
const browser = await launchBrowser();
const [open] = await estate.alerts.open();
const pages: Record<string, string> = {
  home: '/',
  alert: `/alerts/${open!.fingerprint}`,
  rule: '/rules/AzureOpenAIThrottled',
  digest: '/digests/daily-2026-11-20T0800Z',
  missing: '/nope',
};
for (const [name, path] of Object.entries(pages))
  for (const scheme of ['light', 'dark'] as const)
    for (const width of [390, 1280]) {
      const v = await visit(browser, server.url + path, { scheme, width });
      await v.page.screenshot({ path: `/tmp/shots/${name}-${scheme}-${width}.png`, fullPage: true });
      if (v.complaints.length || v.strangers.length) console.log(name, v.complaints, v.strangers);
      const over = await v.page.evaluate('document.documentElement.scrollWidth');
      if (Number(over) > width) console.log(name, width, 'overflows', over);
      await v.close();
    }
await browser.close();
await server.close();
