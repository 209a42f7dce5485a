import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gather, release } from '../../src/app/forward/gather.ts';
import { ProtoWriter } from '../../src/forward/otlp/writer.ts';
import { writeSource } from '../../src/forward/sinks/source.ts';
import { type Reference, referenceOf, referenceRecord } from './reference.ts';

const NAMES = ['alpha-0000', 'bravo-1111', 'gamma-2222', 'delta-3333', 'omega-4444', 'kappa-5555'] as const;
const OPEN = { content: false, secrets: false, emails: false };

const value = fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' });
const ticks = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
const members = fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), value, { maxKeys: 5 });

/** The text of one record, by its name. Long integers go where JavaScript cannot write them. */
const recordWith = fc
  .record({
    time: fc.constantFrom('2026-03-10T21:41:05.4350000Z', '2026-03-10T21:41:05.4Z', '1/9/2026 9:41:00 AM', undefined),
    level: fc.constantFrom('Warning', 4, undefined),
    extra: value,
    members,
    ticks,
    asText: fc.boolean(),
    metric: fc.boolean(),
    blank: fc.constantFrom('', ' ', '  '),
  })
  .map((parts) => (name: string) => {
    const { blank } = parts;
    const tick = `"requestTime":${blank}${parts.ticks}`;
    const own = JSON.stringify(parts.members);
    const inner = own === '{}' ? `{${tick}}` : `{${tick},${own.slice(1)}`;
    const properties = parts.asText ? JSON.stringify(inner) : inner;
    const head = JSON.stringify({
      correlationId: name,
      ...(parts.time !== undefined && { time: parts.time }),
      level: parts.level,
    });
    if (parts.metric) return `${head.slice(0, -1)},${blank}"metricName":"M","total":${parts.ticks}${blank}}`;
    return `${head.slice(0, -1)},"extra":${JSON.stringify(parts.extra)},${blank}"properties"${blank}:${blank}${properties}}`;
  });

const texts = fc
  .array(recordWith, { minLength: 1, maxLength: NAMES.length })
  .map((list) => list.map((write, index) => write(NAMES[index] as string)));

const FRAMES: Readonly<Record<string, (records: readonly string[]) => string>> = {
  wrapper: (records) => `{"records":[${records.join(',')}]}`,
  'wrapper with blanks': (records) => `  {"records" : [ ${records.join(' , ')} ] }\n`,
  list: (records) => `[${records.join(',')}]`,
  lines: (records) => records.join('\n'),
  concatenated: (records) => records.join(''),
  'wrappers one after another': (records) => records.map((record) => `{"records":[${record}]}`).join(''),
  'a text': (records) => JSON.stringify(`{"records":[${records.join(',')}]}`),
};
const COATS: Readonly<Record<string, (text: string) => Buffer>> = {
  plain: (text) => Buffer.from(text),
  'byte order mark': (text) => Buffer.from(`\ufeff${text}`),
  'utf-16': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  gzip: (text) => gzipSync(text),
};
const frame = fc.constantFrom(...Object.keys(FRAMES)).map((name) => FRAMES[name] as (records: readonly string[]) => string);
const coat = fc.constantFrom(...Object.keys(COATS)).map((name) => COATS[name] as (text: string) => Buffer);

/** What leaves: records as a sink for JSON is sent them, and what is kept as text, in quarantine or beside the records. */
function forwarded(body: Buffer): { readonly records: ReadonlyMap<string, Reference>[]; readonly kept: readonly string[] } {
  const event = { body, partition: '0', sequenceNumber: '1', offset: '1', enqueuedAt: '2026-03-10T21:42:00Z' };
  const gathered = gather('hub', [event], 0);
  const records: ReadonlyMap<string, Reference>[] = [];
  const kept = gathered.undecodable.map((entry) => textOf(Buffer.from(entry.body)));
  for (const entry of [...gathered.logs, ...gathered.metrics]) {
    const { record } = entry;
    if (record.kind === 'text') {
      kept.push(record.text);
      continue;
    }
    const writer = new ProtoWriter(1_000);
    writeSource(writer, entry, OPEN);
    records.push(referenceOf(writer.finish().toString()) as ReadonlyMap<string, Reference>);
  }
  release(gathered);
  return { records, kept };
}

function textOf(bytes: Buffer): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes).toString();
  return bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le') : bytes.toString();
}

const byName = (records: readonly ReadonlyMap<string, Reference>[]) =>
  records.toSorted((a, b) => String(a.get('correlationId')).localeCompare(String(b.get('correlationId'))));

/** A change to the text of the records, and which of them it leaves as they were. */
type Damage = (records: readonly string[]) => { readonly records: readonly string[]; readonly cut?: number };

const place = fc.double({ min: 0, max: 0.999, noNaN: true });
const at = (share: number, length: number): number => Math.floor(share * length);
const changed = (records: readonly string[], which: number, to: (text: string) => string): readonly string[] =>
  records.map((text, index) => (index === which ? to(text) : text));

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(place, place, fc.constantFrom('"', '{', '}', '[', ']', ',', ':', '\\', 'x', '0', ' ', '\u0001', 'ü')).map(
    ([which, where, by]): Damage =>
      (records) => ({
        records: changed(records, at(which, records.length), (text) => {
          const from = at(where, text.length);
          return text.slice(0, from) + by + text.slice(from + 1);
        }),
      }),
  ),
  fc.tuple(place, place, fc.integer({ min: 1, max: 30 })).map(
    ([which, where, count]): Damage =>
      (records) => ({
        records: changed(records, at(which, records.length), (text) => {
          const from = at(where, text.length);
          return text.slice(0, from) + text.slice(from + count);
        }),
      }),
  ),
  fc.tuple(place, fc.constantFrom('null', '17', '"text"', '{}', '[]', '""', 'NaN', "{'a':'b'}", '{"a":}', '<html>')).map(
    ([which, by]): Damage =>
      (records) => ({ records: records.toSpliced(at(which, records.length + 1), 0, by) }),
  ),
  fc.tuple(place).map(
    ([which]): Damage =>
      (records) => ({ records: changed(records, at(which, records.length), (text) => text.replaceAll('"', "'")) }),
  ),
  place.map(
    (cut): Damage =>
      (records) => ({ records, cut }),
  ),
);

describe('any records in any frame', () => {
  it('leave as the reference reads them, and nothing else does', () => {
    fc.assert(
      fc.property(texts, frame, coat, (records, framed, coated) => {
        const { records: out, kept } = forwarded(coated(framed(records)));
        expect(kept).toEqual([]);
        expect(byName(out)).toEqual(byName(records.map(referenceRecord)));
      }),
      { numRuns: 400 },
    );
  });

  it('with any of them damaged: the others leave as the reference reads them or are in quarantine, and never changed or twice', () => {
    fc.assert(
      fc.property(texts, frame, coat, damage, (records, framed, coated, harm) => {
        const { records: harmed, cut } = harm(records);
        const whole = framed(harmed);
        const text = cut === undefined ? whole : whole.slice(0, at(cut, whole.length));
        const { records: out, kept } = forwarded(coated(text));
        for (const record of records) {
          const expected = referenceRecord(record);
          const name = expected.get('correlationId');
          const found = out.filter((one) => one.get('correlationId') === name);
          const isIntact = text.includes(record) || text.includes(JSON.stringify(record).slice(1, -1));
          if (!isIntact) continue;
          if (found.length === 0) expect(kept.some((piece) => piece.includes(String(name)))).toBe(true);
          else expect(found).toEqual([expected]);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
