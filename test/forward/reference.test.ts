import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gather, release } from '../../src/app/forward/gather.ts';
import { ProtoWriter } from '../../src/forward/otlp/writer.ts';
import type { Repair, RepairCounts } from '../../src/forward/repairs.ts';
import { writeSource } from '../../src/forward/sinks/source.ts';
import { counted, damagedRecord, type Specimen, soundRecord } from './damage.ts';
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
interface Forwarded {
  readonly records: readonly ReadonlyMap<string, Reference>[];
  /** Texts of records, then pieces in quarantine. */
  readonly texts: readonly string[];
  readonly quarantined: readonly string[];
  readonly repairs: Readonly<RepairCounts>;
}

function forwarded(body: Buffer): Forwarded {
  const event = { body, partition: '0', sequenceNumber: '1', offset: '1', enqueuedAt: '2026-03-10T21:42:00Z' };
  const gathered = gather('hub', [event], 0);
  const records: ReadonlyMap<string, Reference>[] = [];
  const texts: string[] = [];
  for (const entry of [...gathered.logs, ...gathered.metrics]) {
    const { record } = entry;
    if (record.kind === 'text') {
      texts.push(record.text);
      continue;
    }
    const writer = new ProtoWriter(1_000);
    writeSource(writer, entry, OPEN);
    records.push(referenceOf(writer.finish().toString()) as ReadonlyMap<string, Reference>);
  }
  release(gathered);
  const quarantined = gathered.undecodable.map((entry) => textOf(Buffer.from(entry.body)));
  return { records, texts, quarantined, repairs: gathered.repairs };
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
        const { records: out, texts: unread, quarantined } = forwarded(coated(framed(records)));
        expect([unread, quarantined]).toEqual([[], []]);
        expect(byName(out)).toEqual(byName(records.map(referenceRecord)));
      }),
      { numRuns: 400 },
    );
  });

  it('with any of them damaged: all leave as the reference reads them or are in quarantine, and never changed or twice', () => {
    fc.assert(
      fc.property(texts, frame, coat, damage, (records, framed, coated, harm) => {
        const { records: harmed, cut } = harm(records);
        const whole = framed(harmed);
        const text = cut === undefined ? whole : whole.slice(0, at(cut, whole.length));
        const { records: out, texts: unread, quarantined } = forwarded(coated(text));
        const kept = [...unread, ...quarantined];
        for (const record of records) {
          const expected = referenceRecord(record);
          const name = expected.get('correlationId');
          const found = out.filter((one) => one.get('correlationId') === name);
          const isIntact = text.includes(record) || text.includes(JSON.stringify(record).slice(1, -1));
          if (!isIntact) continue;
          if (found.length === 0) expect(kept.some((piece) => piece.includes(String(name)))).toBe(true);
          else expect(found).toEqual([expected]);
        }
        // What the reference still reads is no less a record than the others.
        for (const changedText of cut === undefined ? harmed.filter((one) => !records.includes(one)) : []) {
          const expected = readable(changedText);
          if (expected === null || kept.some((piece) => piece.includes(changedText))) continue;
          expect(out).toContainEqual(expected);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('with some of them wrong in ways that are named: those are repaired to what was meant, or leave as their very text', () => {
    fc.assert(
      fc.property(
        fc
          .tuple(soundRecord, fc.array(fc.oneof(soundRecord, damagedRecord), { maxLength: NAMES.length - 1 }))
          .map(([first, others]) => [first, ...others]),
        frame,
        coat,
        (makers, framed, coated) => {
          // Two in a row of which nothing can be made are one text: where the first ends is told by the next whole record.
          const all = makers.map((make, index) => make(NAMES[index] as string));
          const specimens = all.filter(({ record }, index) => record !== null || all[index - 1]?.record !== null);
          const {
            records: out,
            texts: unread,
            quarantined,
            repairs,
          } = forwarded(coated(framed(specimens.map(({ text }) => text))));
          const meant = specimens.flatMap(({ record }) => (record === null ? [] : [record]));
          expect(byName(out)).toEqual(byName(meant));
          expect(unread).toEqual(specimens.filter(({ record }) => record === null).map(({ text }) => text));
          expect(quarantined).toEqual([]);
          expect(ofRecords(repairs)).toEqual(counted(specimens.flatMap((one) => named(one))));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

/** The record that a damaged text still is; `null` where it is none that says anything, or half a character that no bytes stand for. */
function readable(text: string): ReadonlyMap<string, Reference> | null {
  if (Buffer.from(text).toString() !== text) return null;
  try {
    const record = referenceOf(text) instanceof Map ? referenceRecord(text) : null;
    return record === null || record.size === 0 ? null : record;
  } catch {
    return null;
  }
}

const OF_FRAMES: ReadonlySet<string> = new Set<Repair>([
  'gzip',
  'byte order mark',
  'utf-16',
  'double encoded',
  'bare array',
  'single record',
  'lines',
  'concatenated',
]);

function ofRecords(repairs: Readonly<RepairCounts>): RepairCounts {
  return Object.fromEntries(Object.entries(repairs).filter(([name]) => !OF_FRAMES.has(name)));
}

function named({ repairs }: Specimen): readonly Repair[] {
  return Object.entries(repairs).flatMap(([name, times]) => new Array<Repair>(times).fill(name as Repair));
}
