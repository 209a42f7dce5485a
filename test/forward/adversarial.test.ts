import { describe, expect, it } from 'vitest';
import { gather, release } from '../../src/app/forward/gather.ts';
import { instantOf } from '../../src/forward/instant.ts';
import { encodeLogs } from '../../src/forward/otlp/logs.ts';

const event = (body: string, index = 0) => ({
  body: Buffer.from(body),
  partition: '0',
  sequenceNumber: String(index),
  offset: '0',
  enqueuedAt: '2026-11-20T11:59:00Z',
});
const inRecord = (properties: string) =>
  `{"records":[{"time":"2026-03-10T21:41:05.4350000Z","category":"X","properties":${properties}}]}`;

/** Bodies that a careless reader takes quadratic time or memory for, by a size. */
const SHAPES: readonly (readonly [string, (size: number) => string])[] = [
  ['lists in lists', (size) => `{"records":[{"a":${'['.repeat(size)}${']'.repeat(size)}}]}`],
  ['lists in lists without end', (size) => `{"records":[{"a":${'['.repeat(size)}`],
  ['objects in objects without end', (size) => '{"a":'.repeat(size / 5)],
  ['records that begin and do not end', (size) => `{"records":[${'{"a":1,'.repeat(size / 7)}`],
  ['records without commas', (size) => `{"records":[${'{"a":1}'.repeat(size / 7)}]}`],
  ['records that are broken, each in its own way', (size) => `{"records":[${'{"a":},{"b" 1},{c'.repeat(size / 17)}]}`],
  ['lines that are broken', (size) => '{"a":1\n'.repeat(size / 7)],
  ['one long text', (size) => inRecord(`{"a":"${'x'.repeat(size)}"}`)],
  ['one long text of escapes', (size) => inRecord(`{"a":"${'\\"'.repeat(size / 2)}"}`)],
  ['one long text of backslashes', (size) => inRecord(`{"a":"${'\\\\'.repeat(size / 2)}`)],
  ['properties as a long text', (size) => inRecord(JSON.stringify(JSON.stringify({ a: 'y'.repeat(size) })))],
  ['quotes', (size) => `{"records":[{'${"'".repeat(size)}`],
  ['digits', (size) => inRecord(`{"a":${'9'.repeat(size)}}`)],
  ['long integers', (size) => inRecord(`[${'1234567890123456789,'.repeat(size / 20)}1]`)],
  ['names', (size) => inRecord(`{${Array.from({ length: size / 16 }, (_, n) => `"name-${n}":${n}`).join(',')}}`)],
  ['wrappers in wrappers', (size) => `${'{"records":['.repeat(size / 12)}1${']}'.repeat(size / 12)}`],
  ['text in text', (size) => JSON.stringify(JSON.stringify(`{"records":[{"a":"${'"'.repeat(size / 8)}"}]}`))],
  ['blanks', (size) => `${' '.repeat(size)}{"records":[{"a":1}]}${'\n'.repeat(size)}`],
];

/** CPU in µs of decoding and encoding. */
function costOf(bodies: readonly string[]): number {
  const events = bodies.map(event);
  const before = process.cpuUsage().user;
  const gathered = gather('hub', events, 0);
  encodeLogs(gathered.logs, instantOf(0));
  release(gathered);
  return process.cpuUsage().user - before;
}

describe('bodies made to be slow', () => {
  it.each(SHAPES)('%s take time in proportion to their size', (_, shape) => {
    costOf([shape(20_000)]);
    const small = Math.max(costOf([shape(20_000)]), 3_000);
    // Quadratic would be 256 times as long.
    expect(costOf([shape(320_000)])).toBeLessThan(small * 100);
  });

  it('many small ones take time in proportion to their number', () => {
    const bodies = (count: number) => Array.from({ length: count }, (_, n) => `{"records":[{"time":"x","n":${n}}]}`);
    costOf(bodies(1_000));
    expect(costOf(bodies(16_000))).toBeLessThan(Math.max(costOf(bodies(1_000)), 3_000) * 100);
  });
});
