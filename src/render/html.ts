/** Markup that is already safe. Only the `html` tag and `trusted` make it, so no stored data can pose as it. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template: absent values vanish, lists are joined, everything that is not `Html` is escaped. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Safe in element content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** Tagged template for markup: html`<p>${anything}</p>`. Attributes must be quoted in the template. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = parts[0] ?? '';
  values.forEach((value, index) => {
    text += textOf(value) + (parts[index + 1] ?? '');
  });
  return new Html(text);
}

/** Markup from our own constants (style sheets, drawings), never from data. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** The address when it is one a page may link to (`http:`, `https:` or a path of this site), else `null`: no `javascript:`. */
export function safeLink(address: string | null): string | null {
  if (address === null) return null;
  return /^https?:\/\/[^\s]+$/i.test(address) || /^\/(?![/\\])[^\s]*$/.test(address) ? address : null;
}

function textOf(value: HtmlValue): string {
  if (value instanceof Html) return value.toString();
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return value.map(textOf).join('');
}
