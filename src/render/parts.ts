import type { Severity } from '../model/rule.ts';
import { type Html, type HtmlValue, html, trusted } from './html.ts';

/** How something stands; each tone has a shape of its own, so that nothing depends on colour. */
export type Tone = 'bad' | 'warn' | 'good' | 'muted';

const SHAPES: Readonly<Record<Tone, Html>> = {
  bad: drawing('<path d="M8 1 15.5 14.5H.5z"/>'),
  warn: drawing('<path d="M8 .8 15.2 8 8 15.2.8 8z"/>'),
  good: drawing('<path d="M6.3 13.5.9 8.1l2-2 3.4 3.4 6.8-6.8 2 2z"/>'),
  muted: drawing('<circle cx="8" cy="8" r="4.5"/>'),
};

const SEVERITIES: readonly string[] = ['critical', 'error', 'warning', 'informational', 'verbose'];

/** `Severity 1, error` with its shape. */
export function severityTag(severity: Severity): Html {
  return tag(severity <= 1 ? 'bad' : severity === 2 ? 'warn' : 'muted', `Severity ${severity}, ${SEVERITIES[severity] ?? ''}`);
}

export function tag(tone: Tone, words: string): Html {
  return html`<span class="tag ${tone}">${SHAPES[tone]}${words}</span>`;
}

/** A status within a line or a table cell. */
export function mark(tone: Tone, words: string): Html {
  return html`<span class="mark ${tone}">${SHAPES[tone]}${words}</span>`;
}

export interface HtmlColumn {
  readonly title: string;
  readonly numeric?: boolean;
  /** Left out on narrow screens; nothing that a person must know may be in such a column. */
  readonly wide?: boolean;
}

/**
 * A data table; the first cell of each row is its header. On a narrow screen one of more than two columns becomes a list, each value
 * with its column's name before it; the roles are written out because browsers drop them with the table layout.
 */
export function table(caption: string, columns: readonly HtmlColumn[], rows: readonly (readonly HtmlValue[])[]): Html {
  const classes = columns.map(({ numeric, wide }) =>
    [numeric === true && 'num', wide === true && 'wide'].filter((name) => name !== false).join(' '),
  );
  const heads = columns.map(
    ({ title }, index) => html`<th scope="col" role="columnheader" class="${classes[index]}">${title}</th>`,
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table role="table"${
    columns.length > 2 && html` class="stack"`
  }>
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${row.map((cell, index) => cellOf(cell, index))}</tr>\n`)}</tbody>
</table></div>`;

  function cellOf(cell: HtmlValue, index: number): Html {
    const name = columns[index]?.title ?? '';
    return index === 0
      ? html`<th scope="row" role="rowheader" class="${classes[index]}">${cell}</th>`
      : html`<td role="cell" class="${classes[index]}" data-label="${name}">${cell}</td>`;
  }
}

/** Pairs of a term and what is known about it; pairs without a value are left out. */
export function facts(pairs: readonly (readonly [string, HtmlValue])[]): Html {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== false && value !== '');
  return html`<dl class="facts">${known.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`;
}

export function figures(entries: readonly (readonly [string, string])[]): Html {
  return html`<ul class="figures">${entries.map(([number, words]) => html`<li><b>${number}</b>${words}</li>`)}</ul>`;
}

/** `chat, contoso-openai-east`: the split labels' values, then the resource's name. */
export function seriesWords(labels: Readonly<Record<string, string>>, target: string): string {
  const values = Object.values(labels).filter((value) => value !== '');
  return [...values, resourceName(target)].join(', ');
}

/** The last segment of a resource id; anything else as it is. */
export function resourceName(target: string): string {
  return target.startsWith('/') ? (target.split('/').pop() ?? target) : target;
}

function drawing(shape: string): Html {
  return trusted(`<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false" fill="currentColor">${shape}</svg>`);
}
