import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textTable, wrapText } from '../../src/render/text-table.ts';

describe('a table in plain text', () => {
  it('aligns its columns and wraps the flexible one', () => {
    const columns = [{ title: 'Rule' }, { title: 'Times', align: 'right' as const }, { title: 'What', flexible: true }];
    const rows = [
      ['Throttled', '3', 'chat: 34% of calls refused with 429'],
      ['Missing', '12', 'short'],
    ];
    expect(textTable(columns, rows, 40)).toBe(
      [
        'Rule       Times  What',
        '---------  -----  ----------------------',
        'Throttled      3  chat: 34% of calls',
        '                  refused with 429',
        'Missing       12  short',
      ].join('\n'),
    );
  });

  it('is never wider than asked, whatever the cells hold', () => {
    const cell = fc.string({ maxLength: 120 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 }), (rows) => {
        const table = textTable([{ title: 'A' }, { title: 'B', flexible: true }, { title: 'C' }], rows, 78);
        for (const line of table.split('\n')) expect([...line].length).toBeLessThanOrEqual(78);
      }),
    );
  });
});

describe('wrapped text', () => {
  it('keeps every word', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { maxLength: 20 });
    fc.assert(
      fc.property(words, (list) => {
        const lines = wrapText(list.join(' '), 12);
        expect(lines.join('').replaceAll(' ', '')).toBe(list.join(''));
        expect(lines.every((line) => line.length <= 12)).toBe(true);
      }),
    );
  });
});
