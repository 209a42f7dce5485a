import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html, safeLink, trusted } from '../../src/render/html.ts';

describe('the html tag', () => {
  it('escapes what it is given, in content and in attributes', () => {
    const evil = `<img src=x onerror="alert('1')">&`;
    expect(html`<p title="${evil}">${evil}</p>`.toString()).toBe(
      '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">' +
        '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</p>',
    );
  });

  it('keeps markup that it made itself, in lists too', () => {
    expect(html`<ul>${['a', '<b>'].map((word) => html`<li>${word}</li>`)}</ul>`.toString()).toBe(
      '<ul><li>a</li><li>&lt;b&gt;</li></ul>',
    );
  });

  it('leaves out what is absent, and writes zero', () => {
    expect(html`${null}${undefined}${false}${0}`.toString()).toBe('0');
  });

  it('does not take stored data for markup, whatever shape it has', () => {
    const stored = JSON.parse('{"text":"<script>"}') as string;
    expect(() => html`${stored}`.toString()).toThrow();
    expect(html`${trusted('<br>')}`.toString()).toBe('<br>');
  });

  it('never lets a text open an element or leave its attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      }),
    );
  });
});

describe('a link from a rule file', () => {
  it.each([
    ['https://runbooks.example/a?b=c', 'https://runbooks.example/a?b=c'],
    ['/rules/x', '/rules/x'],
    ['javascript:alert(1)', null],
    ['JAVASCRIPT:alert(1)', null],
    ['data:text/html,x', null],
    ['//evil.example', null],
    ['/\\evil.example', null],
    ['https://a b', null],
    ['see the wiki', null],
    [null, null],
  ])('%s is %s', (address, expected) => expect(safeLink(address)).toBe(expected));
});
