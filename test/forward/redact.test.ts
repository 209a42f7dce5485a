import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLogs } from '../../src/forward/otlp/logs.ts';
import { readRecord } from '../../src/forward/record.ts';
import { REDACT_ALL, redactText } from '../../src/forward/redact.ts';
import { scanBody } from '../../src/forward/scan.ts';
import { parseRecord } from '../../src/forward/scanned.ts';
import { isSuspect, suspicionOf } from '../../src/forward/suspects.ts';

const NOW = { seconds: 1_773_178_900, nanos: 0 };
const redact = (text: string) => redactText(text, REDACT_ALL);
const pick = (alphabet: string, min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: min, maxLength: max });
const WORD = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A secret, and how it stands in text. */
const secret = fc.oneof(
  pick(WORD, 20, 40).map((key) => [`sk-${key}`, `sk-${key}`]),
  pick(WORD, 24, 60).map((key) => [key, `Bearer ${key}`]),
  pick(WORD, 24, 60).map((key) => [key, `authorization: bearer ${key}`]),
  pick(WORD, 16, 60).map((key) => [key, `AccountName=x;AccountKey=${key}==;EndpointSuffix=core`]),
  pick(WORD, 16, 60).map((key) => [key, `api-key: ${key}`]),
  pick(WORD, 16, 60).map((key) => [key, `https://x.example/?sv=2024&sig=${key}%3D&se=1`]),
  pick(WORD, 16, 60).map((key) => [key, `https://x.azurewebsites.net/api/f?code=${key}`]),
  pick(WORD, 8, 20).map((key) => [key, `password=${key}`]),
  pick(WORD, 8, 20).map((key) => [key, `client_secret: ${key}`]),
  fc.tuple(pick(WORD, 10, 40), pick(WORD, 10, 40)).map(([a, b]) => [`${a}.eyJ${b}`, `eyJ${a}.eyJ${b}.x-y`]),
  pick('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 16, 16).map((key) => [`AKIA${key}`, `AKIA${key}`]),
  pick(WORD, 36, 36).map((key) => [key, `ghp_${key}`]),
  pick('abcdefghijklmnopqrstuvwxyz', 3, 12).map((name) => [name, `${name}@contoso.com`]),
);
const redactions = fc.record({ content: fc.boolean(), secrets: fc.boolean(), emails: fc.boolean() });
const around = pick('abc xyz,.', 0, 12).map((text) => `${text} `);

/** Everything that the sinks would be sent, as text. */
function sent(body: Buffer): string {
  const records = scanBody(body);
  const items = (records ?? []).map((one, position) => ({
    record: one.kind === 'scanned' ? one : readRecord(parseRecord(one), NOW, {}),
    position,
  }));
  const logs = items.flatMap(({ record, position }) => (record.kind === 'platform metric' ? [] : [{ record, position }]));
  expect(logs).not.toHaveLength(0);
  return encodeLogs(logs, NOW).body.toString('latin1');
}

const bodyOf = (...records: readonly object[]) => Buffer.from(JSON.stringify({ records }));
const record = (members: object) => ({ time: '2026-03-10T21:41:05.4350000Z', category: 'X', ...members });

describe('redaction', () => {
  it('takes every secret of a corpus out, wherever it stands in a record', () => {
    fc.assert(
      fc.property(secret, around, around, (pair, before, after) => {
        const [key, text] = pair as [string, string];
        const whole = `${before}${text} ${after}`;
        const places = [
          { properties: { url: whole } },
          { properties: { detail: { list: [whole] } } },
          { properties: JSON.stringify({ url: whole }) },
          { properties: { headers: JSON.stringify({ note: whole }) } },
          { resultDescription: whole },
          { custom: whole },
          { properties: `not json ${whole}` },
        ];
        for (const place of places) {
          const said = sent(bodyOf(record(place)));
          expect(said).toContain('[redacted]');
          expect(said).not.toContain(key);
        }
      }),
    );
  });

  it.each([
    ['api-key', 'secret'],
    ['Authorization', 'secret'],
    ['ocp-apim-subscription-key', 'secret'],
    ['clientSecret', 'secret'],
  ])('takes the value of a member named %s', (name) => {
    for (const place of [
      { properties: { [name]: 'hush-hush' } },
      { [name]: 'hush-hush' },
      { properties: { h: { [name]: 'hush-hush' } } },
    ]) {
      expect(sent(bodyOf(record(place)))).not.toContain('hush-hush');
    }
  });

  it.each(['requestBody', 'responseBody', 'backendRequestBody', 'backendResponseBody', 'prompt', 'gen_ai.output.messages'])(
    'keeps %s at home in every form',
    (name) => {
      const inner = { [name]: JSON.stringify({ messages: [{ content: 'a private question' }] }) };
      const places = [
        { properties: inner },
        { properties: JSON.stringify(inner) },
        { properties: { nested: inner } },
        { properties: { text: JSON.stringify(inner) } },
        { properties: `cut off ${JSON.stringify(inner)}` },
        { properties: { [name]: 'a private question' } },
        { [name]: 'a private question' },
      ];
      for (const place of places) expect(sent(bodyOf(record(place)))).not.toContain('private');
    },
  );

  it('leaves content to a sink that is allowed to have it', () => {
    const [one] = scanBody(bodyOf(record({ properties: { requestBody: 'a question', apiKey: 'hush-hush' } }))) ?? [];
    if (one?.kind !== 'scanned') throw new Error('was not scanned');
    const said = encodeLogs([{ record: one, position: 0 }], NOW, { ...REDACT_ALL, content: false }).body.toString();
    expect(said).toContain('a question');
    expect(said).not.toContain('hush-hush');
  });

  it('leaves common values alone', () => {
    for (const text of [
      '4.16.5.5',
      'Azure OpenAI API version 2024-10-21',
      'https://apim-ai.azure-api.net/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
      '638481757794854611',
      '0f3b2a10-5c1e-4e21-9d50-6a1b2c3d4e5f',
      'ListKey',
      'tokens: 17',
    ]) {
      expect(redact(text)).toBe(text);
    }
  });

  it('finds by bytes every text that it would change', () => {
    const fragments = fc.oneof(
      around,
      secret.map(([, text]) => text as string),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fragments, { minLength: 1, maxLength: 4 }), redactions, (parts, redaction) => {
        const text = parts.join('').replace(/["\\\p{Cc}]/gu, '');
        const body = Buffer.from(`{"a":"${text}"}`);
        const sought = suspicionOf(redaction);
        if (!isSuspect(body, 6, body.length - 2, sought)) expect(redactText(text, redaction)).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same of a record read by its bytes and of one that was parsed', () => {
    const text = fc.oneof(
      fc.tuple(around, secret, around).map(([before, [, mark], after]) => `${before}${mark}${after}`),
      fc.constantFrom("prompt': said", "{'requestBody': 1}", 'key =: x', 'Streaming', '638481757794854611'),
      around,
    );
    const names = fc.constantFrom('modelName', 'apiName', 'requestTime', 'streamType', 'message', 'note', 'apiKey', 'prompt');
    const members = fc.record({
      category: fc.oneof(fc.constantFrom('RequestResponse', 'AmlX', 'X'), text),
      operationName: text,
      resultSignature: text,
      resultDescription: text,
      correlationId: text,
      custom: text,
      properties: fc.oneof(
        fc.dictionary(names, text),
        fc.dictionary(names, text).map((some) => JSON.stringify(some)),
      ),
    });
    fc.assert(
      fc.property(members, redactions, (some, redaction) => {
        const body = bodyOf(record(some));
        const [one] = scanBody(body) ?? [];
        const parsed = one === undefined ? null : readRecord(parseRecord(one), NOW, {});
        if (one?.kind !== 'scanned' || parsed === null || parsed.kind === 'platform metric') return;
        const encoded = (from: typeof one | typeof parsed) => encodeLogs([{ record: from, position: 0 }], NOW, redaction).body;
        expect(Buffer.from(encoded(one)).toString('latin1')).toBe(encoded(parsed).toString('latin1'));
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes time in proportion to the text, also for what almost matches', () => {
    for (const almost of ['@', 'a@', 'eyJ', 'eyJ.', 'key=', 'key:', 'sk-', '-----BEGIN ', 'JQQJ99', 'bearer ', 'requestBody']) {
      const [short, long] = [almost.repeat(1_000), almost.repeat(32_000)];
      const took = (text: string): number => {
        const began = process.cpuUsage().user;
        for (let round = 0; round < 3; round++) redact(text);
        return process.cpuUsage().user - began;
      };
      took(short);
      // Quadratic would be a thousand times as long.
      expect(took(long)).toBeLessThan(Math.max(took(short), 2_000) * 120);
    }
  });
});
