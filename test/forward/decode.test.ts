import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody, decodeCarefully } from '../../src/forward/decode.ts';
import { type JsonObject, parseLossless } from '../../src/forward/json.ts';
import { platformMetric, recordTexts, requestResponse, wrapped } from '../support/diagnostic-records.ts';

const A = requestResponse({ correlationId: 'a' });
const B = requestResponse({ correlationId: 'b' });
const C = requestResponse({ correlationId: 'c' });
const parsed = (...texts: readonly string[]) => texts.map((text) => parseLossless(text) as JsonObject);
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

describe('the records of a body', () => {
  it.each<[string, Uint8Array | string, Record<string, number>]>([
    ['the wrapper that Azure writes', `{"records":[${A},${B},${C}]}`, {}],
    ['blanks around and inside', `\r\n\t{ "records" : [ ${A} ,\n ${B}, ${C} ] } \n`, {}],
    ['a bare list', `[${A},${B},${C}]`, { 'bare array': 1 }],
    ['one record a line', `${A}\n${B}\r\n\n${C}\n`, { lines: 1 }],
    ['concatenated records', `${A}${B} ${C}`, { concatenated: 1 }],
    ['records with commas between', `${A},${B},${C}`, { concatenated: 1 }],
    ['a JSON text sequence', `\u001e${A}\n\u001e${B}\n\u001e${C}\n`, { lines: 1 }],
    ['two wrappers', `{"records":[${A}]}{"records":[${B},${C}]}`, { concatenated: 1 }],
    ['one wrapper a line', `{"records":[${A}]}\n{"records":[${B},${C}]}`, { lines: 1 }],
    ['wrappers and records in one list', `[${A},{"records":[${B},${C}]}]`, { 'bare array': 1 }],
    ['a byte order mark', `\ufeff{"records":[${A},${B},${C}]}`, { 'byte order mark': 1 }],
    ['gzip', gzipSync(wrapped([A, B, C])), { gzip: 1 }],
    ['gzip of lines', gzipSync(`${A}\n${B}\n${C}`), { gzip: 1, lines: 1 }],
    ['UTF-16 with a mark', utf16(`\ufeff{"records":[${A},${B},${C}]}`), { 'utf-16': 1 }],
    ['UTF-16 without one', utf16(`{"records":[${A},${B},${C}]}`), { 'utf-16': 1 }],
    ['UTF-16, the other end first', utf16(`\ufeff{"records":[${A},${B},${C}]}`).swap16(), { 'utf-16': 1 }],
    ['a body that is a JSON string', JSON.stringify(`{"records":[${A},${B},${C}]}`), { 'double encoded': 1 }],
    ['records that are JSON strings', `{"records":[${JSON.stringify(A)},${B},${JSON.stringify(C)}]}`, { 'double encoded': 2 }],
    ['another spelling', `{"Records":[${A},${B},${C}]}`, { 'records spelling': 1 }],
    ['members beside the list', `{"count":3,"records":[${A},${B},${C}],"next":null}`, {}],
    ['a comma too many', `{"records":[${A},${B},${C},]}`, {}],
    ['a comma too few', `{"records":[${A} ${B},${C}]}`, { 'missing comma': 1 }],
    ['zeros behind', `{"records":[${A},${B},${C}]}\0\0\0`, {}],
    ['empty items between', `{"records":[null,${A},{},${B},[],${C},""]}`, { 'empty item': 4 }],
  ])('are found in %s', (_, body, repairs) => {
    const decoded = decodeBody(typeof body === 'string' ? Buffer.from(body) : body);
    expect(decoded.records).toEqual(parsed(A, B, C));
    expect(decoded.texts).toEqual([]);
    expect(decoded.remainders).toEqual([]);
    expect(decoded.repairs).toEqual(repairs);
  });

  it.each<[string, string, Record<string, number>]>([
    ['a bare object', A, { 'single record': 1 }],
    ['a wrapper around an object', `{"records":${A}}`, { 'records not a list': 1 }],
    [
      'a record with a member called records',
      '{"time":"2026-03-10T21:41:05Z","category":"X","records":5}',
      { 'single record': 1 },
    ],
  ])('are one in %s', (_, body, repairs) => {
    const decoded = decodeBody(Buffer.from(body));
    expect(decoded.records).toHaveLength(1);
    expect(decoded.repairs).toEqual(repairs);
    expect(decoded.remainders).toEqual([]);
  });

  it.each([[''], [' \n '], ['{"records":[]}'], ['{"records":null}'], ['[]'], ['{}'], ['\ufeff'], ['null']])(
    'are none in %j',
    (body) => {
      const decoded = decodeBody(Buffer.from(body));
      expect([...decoded.records, ...decoded.texts]).toEqual([]);
    },
  );

  it('are 5,000 in 5,000', () => {
    const texts = Array.from({ length: 5_000 }, (_, index) =>
      index % 3 === 0 ? platformMetric('ModelRequests', index) : requestResponse({ correlationId: `c-${index}` }),
    );
    expect(decodeBody(wrapped(texts)).records).toEqual(parsed(...texts));
    expect(decodeBody(Buffer.from(texts.join('\n'))).records).toEqual(parsed(...texts));
  });

  it('have the last of a member that comes twice', () => {
    expect(decodeBody(Buffer.from('{"records":[{"time":"x","category":"A","category":"B"}]}')).records).toEqual([
      { time: 'x', category: 'B' },
    ]);
  });

  it('cannot reach a prototype', () => {
    const body = '{"records":[{"__proto__":{"polluted":true},"constructor":{"prototype":{"x":1}},"time":"x","category":"A"},]}';
    const [record] = decodeBody(Buffer.from(body)).records;
    expect(Object.keys(record ?? {})).toEqual(['__proto__', 'constructor', 'time', 'category']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('a body that is damaged', () => {
  it('gives the whole records before a cut, and leaves the cut one', () => {
    const decoded = decodeBody(wrapped([A, B, C]).subarray(0, -300));
    expect(decoded.records).toEqual(parsed(A, B));
    expect(decoded.remainders).toHaveLength(1);
    expect(C).toContain(Buffer.from(decoded.remainders[0]?.bytes ?? []).toString());
    expect(decoded.repairs).toEqual({ 'cut tail': 1 });
  });

  it('gives the whole records of a gzip stream that was cut', () => {
    const many = Array.from({ length: 400 }, (_, index) =>
      requestResponse({ correlationId: `${index}-${Math.imul(index, 2_654_435_761)}` }),
    );
    const packed = gzipSync(wrapped(many));
    const decoded = decodeBody(packed.subarray(0, packed.length >> 1));
    expect(decoded.records.length).toBeGreaterThan(50);
    expect(decoded.records).toEqual(parsed(...many.slice(0, decoded.records.length)));
    expect(decoded.repairs).toMatchObject({ gzip: 1, 'cut tail': 1 });
  });

  it('gives a record that cannot be parsed as its text, and its neighbours as records', () => {
    const bad = '{"time":"2020-05-12T10:00:00Z","category":"Administrative","properties":{"requestbody":"{"Id":"1"}"}}';
    for (const list of [
      [bad, A, B],
      [A, bad, B],
      [A, B, bad],
    ]) {
      const decoded = decodeBody(wrapped(list));
      expect(decoded.records).toEqual(parsed(A, B));
      expect(decoded.texts.map(({ text }) => text)).toEqual([bad]);
      expect(decoded.remainders).toEqual([]);
    }
  });

  it('gives a bad line as its text, and the lines around it as records', () => {
    const decoded = decodeBody(Buffer.from(`${A}\n{"time": "xy\n${B}\n{broken: here\n${C}`));
    expect(decoded.records).toEqual(parsed(A, B, C));
    expect(decoded.texts.map(({ text }) => text)).toEqual(['{"time": "xy', '{broken: here']);
  });

  it('gives scalars among the records as text', () => {
    const decoded = decodeBody(Buffer.from(`{"records":[${A},42,"plain text",true,"[info] started"]}`));
    expect(decoded.records).toEqual(parsed(A));
    expect(decoded.texts.map(({ text }) => text)).toEqual(['42', 'plain text', 'true', '[info] started']);
  });

  it('leaves what stands behind the records', () => {
    const rest = '{"correlationId":"X","pageNumber":0,"isEnd":true}}]}';
    const decoded = decodeBody(Buffer.from(`{"records":[${A},${B}]}${rest}`));
    expect(decoded.records).toEqual(parsed(A, B));
    expect(decoded.remainders.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([rest]);
  });

  it('finds the record behind a syslog header', () => {
    const decoded = decodeBody(Buffer.from(`<13>Mar 10 21:41:05 host app: ${A}`));
    expect(decoded.records).toEqual(parsed(A));
    expect(decoded.remainders).toHaveLength(1);
  });

  it.each<[string, Buffer]>([
    ['text', Buffer.from('not json at all')],
    ['a number', Buffer.from('42')],
    ['a string', Buffer.from('"hello"')],
    ['bytes', Buffer.from([0x80, 0x81, 0xff, 0x00, 0x13])],
    ['broken gzip', Buffer.concat([gzipSync('x'.repeat(500)).subarray(0, 12), Buffer.from('garbage that is no deflate')])],
    ['a cut first record', wrapped([A]).subarray(0, 200)],
    ['brackets without end', Buffer.from('['.repeat(200_000))],
    ['objects without end', Buffer.from('{"a":'.repeat(200_000))],
  ])('is left whole where it is %s', (_, body) => {
    const decoded = decodeBody(body);
    expect([...decoded.records, ...decoded.texts]).toEqual([]);
    expect(decoded.remainders.map(({ bytes }) => Buffer.compare(bytes, body))).toEqual([0]);
    expect(decoded.remainders[0]?.reason).not.toBe('');
  });
});

describe('decoding, whatever comes', () => {
  it('reads the common shape as the careful way does', () => {
    fc.assert(
      fc.property(recordTexts, (texts) => {
        const body = wrapped(texts);
        expect(decodeBody(body)).toEqual(decodeCarefully(body));
        expect(decodeBody(body).records).toEqual(parsed(...texts));
      }),
    );
  });

  it('saves every whole record before a cut at any byte, and leaves the rest', () => {
    fc.assert(
      fc.property(
        recordTexts,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom('wrapper', 'list', 'lines'),
        (texts, where, framing) => {
          const [head, separator, tail] =
            framing === 'wrapper' ? ['{"records":[', ',', ']}'] : framing === 'list' ? ['[', ',', ']'] : ['', '\n', ''];
          const body = Buffer.from(head + texts.join(separator) + tail);
          const cut = Math.floor(where * body.length);
          const whole = texts.filter((_, index) => Buffer.byteLength(head + texts.slice(0, index + 1).join(separator)) <= cut);
          const decoded = decodeBody(body.subarray(0, cut));
          expect(decoded.records).toEqual(parsed(...whole));
          expect(decoded.texts).toEqual([]);
          const rest = body.subarray(Buffer.byteLength(head + whole.join(separator)), cut).toString();
          const left = decoded.remainders.map(({ bytes }) => Buffer.from(bytes).toString());
          if (whole.length > 0) expect(left).toEqual(rest.includes('{') ? [rest.slice(separator.length)] : []);
          else if (left.length > 0) expect(left).toEqual([body.subarray(0, cut).toString()]);
          else expect(cut).toBeLessThanOrEqual(head.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never lets one damaged byte harm another record', () => {
    fc.assert(
      fc.property(recordTexts, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (texts, which, where, byte) => {
        const victim = which % texts.length;
        const bytes = Buffer.from(texts[victim] ?? '');
        bytes[where % bytes.length] = byte;
        const before = Buffer.from(
          `{"records":[${texts
            .slice(0, victim)
            .map((text) => `${text},`)
            .join('')}`,
        );
        const after = Buffer.from(
          `${texts
            .slice(victim + 1)
            .map((text) => `,${text}`)
            .join('')}]}`,
        );
        const { records } = decodeBody(Buffer.concat([before, bytes, after]));
        const ids = new Map(records.map((record) => [record.correlationId, record]));
        for (const [index, text] of texts.entries()) {
          if (index !== victim) expect(ids.get(`c-${index}`)).toEqual(parseLossless(text));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([2, 3, 10])('keeps a gzip stream that is cut after %s bytes, before anything could be read', (length) => {
    const body = gzipSync(wrapped([A])).subarray(0, length);
    expect(decodeBody(body)).toMatchObject({
      records: [],
      texts: [],
      remainders: [{ bytes: body, reason: expect.stringMatching(/^gzip stream is broken/) }],
    });
    expect(decodeBody(gzipSync(''))).toMatchObject({ remainders: [] });
  });

  it('keeps good lines apart from garbage lines', () => {
    const garbage = fc.stringMatching(/^[a-z0-9 "':,]{1,30}$/).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(recordTexts, garbage, fc.nat(), (texts, noise, where) => {
        const lines = texts.toSpliced(where % (texts.length + 1), 0, noise);
        const decoded = decodeBody(Buffer.from(lines.join('\n')));
        expect(decoded.records).toEqual(parsed(...texts));
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, and never drops what is more than blanks, brackets and empty values', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      ',',
      ':',
      '\\',
      '\n',
      '{"records":[',
      A,
      '1',
      'null',
      '\u001e',
      '\0',
      '\ufeff',
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(piece, { maxLength: 20 }).map((pieces) => Buffer.from(pieces.join(''))),
    );
    const idle = new Set('{}[],:"\' \t\r\n\0\u001e\ufeff');
    fc.assert(
      fc.property(body, (bytes) => {
        const { records, texts, remainders } = decodeBody(bytes);
        if (records.length + texts.length + remainders.length > 0) return;
        const rest = Buffer.from(bytes)
          .toString()
          .replaceAll(/records|null/g, '');
        expect([...rest].filter((character) => !idle.has(character))).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });
});
