import { existsSync } from 'node:fs';
import { arch, platform } from 'node:process';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Flags with which a headless Chromium neither needs privileges or a GPU nor calls home. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-dev-shm-usage',
];

/**
 * Why no browser can be started here; `null` when one can. `TOCSIN_CHROMIUM` names an executable; without it Linux on x64 has the one
 * that `npm ci` brought. Where `CI` is set there must be one: tests are never skipped there.
 */
export function noBrowser(): string | null {
  const named = process.env.TOCSIN_CHROMIUM;
  if (named !== undefined && named !== '' && existsSync(named)) return null;
  if (platform === 'linux' && arch === 'x64') return null;
  if (process.env.CI) return null;
  return named ? `TOCSIN_CHROMIUM names ${named}, which is not there` : 'set TOCSIN_CHROMIUM to the path of a Chromium';
}

/**
 * Starts the browser. Of the bundled one only the executable is used: its own flags are for AWS Lambda, and `--single-process` hangs
 * when a second context is opened.
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.TOCSIN_CHROMIUM || (await (await import('@sparticuz/chromium')).default.executablePath());
  return chromium.launch({ executablePath, args: FLAGS, headless: true, timeout: 60_000 });
}

export interface Visit {
  readonly page: Page;
  /** What a person would find in the developer tools: console errors, failed requests, uncaught exceptions. */
  readonly complaints: readonly string[];
  /** Every address that was asked for other than `http://127.0.0.1` and `data:`. */
  readonly strangers: readonly string[];
  close(): Promise<void>;
}

export interface VisitOptions {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** A fresh page of its own context, watched; every request that would leave 127.0.0.1 is recorded and refused. */
export async function visit(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> {
  const { scheme = 'light', width = 1280, height = 900 } = options;
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height }, bypassCSP: false });
  const complaints: string[] = [];
  const strangers: string[] = [];
  await context.route('**', (route) => {
    const address = route.request().url();
    if (isOurs(address)) return route.continue();
    strangers.push(address);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText ?? 'failed'}`));
  await page.goto(url, { waitUntil: 'load' });
  return { page, complaints, strangers, close: () => context.close() };
}

function isOurs(address: string): boolean {
  return address.startsWith('data:') || new URL(address).hostname === '127.0.0.1';
}
