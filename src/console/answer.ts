import { ERRORS, type ErrorCode } from '../model/errors.ts';
import { type HtmlValue, html } from '../render/html.ts';
import { page } from '../render/page.ts';
import type { ConsoleAnswer } from './view.ts';

/** No script, no connection, no frame: a page may show itself and send its forms home, and nothing else. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  // With `no-referrer` a browser hides the origin of forms as well.
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

const NAV = [
  { href: '/', text: 'Now' },
  { href: '/alerts', text: 'Alerts' },
  { href: '/silences', text: 'Silences' },
  { href: '/rules', text: 'Rules' },
  { href: '/digests', text: 'Digests' },
];

export function answer(status: number, contentType: string, body: string): ConsoleAnswer {
  return { status, headers: { ...HEADERS, 'content-type': contentType }, body };
}

export function htmlAnswer(title: string, main: HtmlValue, footer: HtmlValue, status = 200): ConsoleAnswer {
  return answer(status, 'text/html; charset=utf-8', page({ title: `${title} · Tocsin`, home: '/', nav: NAV, main, footer }));
}

export function jsonAnswer(value: object): ConsoleAnswer {
  return answer(200, 'application/json; charset=utf-8', `${JSON.stringify(value, null, 2)}\n`);
}

/** An error as a page, or as RFC 9457 problem details for whoever asks for JSON. */
export function problem(status: number, code: ErrorCode, detail: string, asJson: boolean): ConsoleAnswer {
  const { title, fix } = ERRORS[code];
  if (asJson) {
    const body = { type: 'about:blank', title, status, detail, code, fix };
    return answer(status, 'application/problem+json; charset=utf-8', `${JSON.stringify(body, null, 2)}\n`);
  }
  const heading = `${title.charAt(0).toUpperCase()}${title.slice(1)}`;
  const main = html`<h1>${heading}</h1>
<p>${detail}</p>
<p class="muted">What to do: ${fix}. <code>${code}</code></p>
<p><a href="/">See what is happening now</a></p>`;
  return htmlAnswer(heading, main, null, status);
}

/** Whether the client prefers JSON. A browser names HTML; a bare `*` is a person with curl, who gets what a browser gets. */
export function wantsJson(path: string, accept: string): boolean {
  if (path.startsWith('/api/')) return true;
  return /application\/(?:problem\+)?json/i.test(accept) && !/text\/html/i.test(accept);
}
