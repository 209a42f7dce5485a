import { type Html, type HtmlValue, html, trusted } from './html.ts';
import { STYLE } from './style.ts';

export interface Page {
  readonly title: string;
  /** Links beside the name at the top; the name itself leads to `home`, or is plain text where there is no console to lead to. */
  readonly home: string | null;
  readonly nav: readonly { readonly href: string; readonly text: string }[];
  readonly main: HtmlValue;
  readonly footer: HtmlValue;
}

const BELL = trusted(
  '<svg viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path fill="currentColor" d="M9 1h2v1.6c2.8.5 4.6 2.7 4.6 5.6 0 3.3.7 4.8 2.2 6.1V15.5H2.2v-1.2c1.5-1.3 2.2-2.8 2.2-6.1 0-2.9 1.8-5.1 4.6-5.6zM7.8 16.8h4.4a2.2 2.2 0 0 1-4.4 0z"/></svg>',
);

/** A whole HTML document. It loads nothing, runs nothing, and reads in the order in which it is written. */
export function page({ title, home, nav, main, footer }: Page): string {
  const brand = html`${BELL}Tocsin`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><div>${home === null ? html`<span class="brand">${brand}</span>` : html`<a class="brand" href="${home}">${brand}</a>`}${navigation(nav)}</div></header>
<main id="main" tabindex="-1">
${main}
</main>
<footer>${footer}</footer>
</body>
</html>
`.toString();
}

function navigation(nav: Page['nav']): Html | null {
  if (nav.length === 0) return null;
  return html`<nav aria-label="Main"><ul>${nav.map(({ href, text }) => html`<li><a href="${href}">${text}</a></li>`)}</ul></nav>`;
}
