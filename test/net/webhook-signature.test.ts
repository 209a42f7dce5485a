import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signatureHeaders, signingKeys } from '../../src/net/webhook-signature.ts';

const secretOf = (key: Uint8Array): string => `whsec_${Buffer.from(key).toString('base64')}`;
const keys = fc.uint8Array({ minLength: 24, maxLength: 64 });

describe('the signature of a webhook', () => {
  it('is accepted by the reference library, whatever the key, id and body', () => {
    fc.assert(
      fc.property(keys, fc.stringMatching(/^msg_[a-z0-9]{1,40}$/), fc.string({ unit: 'grapheme' }), (key, id, body) => {
        const headers = signatureHeaders({ id, at: Date.now(), secret: secretOf(key) }, body);
        expect(() => new Webhook(secretOf(key)).verify(body, headers, { jsonParse: false })).not.toThrow();
      }),
      { numRuns: 50 },
    );
  });

  it('is refused for any other body or key', () => {
    const secret = secretOf(Buffer.alloc(24, 1));
    const headers = signatureHeaders({ id: 'msg_1', at: Date.now(), secret }, '{"a":1}');
    expect(() => new Webhook(secret).verify('{"a":2}', headers)).toThrow();
    expect(() => new Webhook(secretOf(Buffer.alloc(24, 2))).verify('{"a":1}', headers)).toThrow();
  });

  it('is made with every key during a rotation, so that old and new receivers accept it', () => {
    const [old, next] = [secretOf(Buffer.alloc(32, 1)), secretOf(Buffer.alloc(32, 2))];
    const headers = signatureHeaders({ id: 'msg_1', at: Date.now(), secret: `${old}  ${next}` }, '{}');
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [old, next]) expect(() => new Webhook(secret).verify('{}', headers)).not.toThrow();
  });

  it('is the same for text and bytes', () => {
    const sign = { id: 'msg_1', at: 1_614_265_330_999, secret: secretOf(Buffer.alloc(24, 1)) };
    expect(signatureHeaders(sign, 'ü')).toEqual(signatureHeaders(sign, Buffer.from('ü')));
    expect(signatureHeaders(sign, 'ü')['webhook-timestamp']).toBe('1614265330');
  });

  it('is left out without a key; id and time are still said', () => {
    expect(signatureHeaders({ id: 'msg_1', at: 5_000, secret: '' }, '{}')).toEqual({
      'webhook-id': 'msg_1',
      'webhook-timestamp': '5',
    });
  });
});

describe('a signing secret', () => {
  it.each([
    ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'without its prefix'],
    ['whsec_', 'empty'],
    ['whsec_not base64!', 'not base64'],
    [secretOf(Buffer.alloc(23)), 'too short'],
    [secretOf(Buffer.alloc(65)), 'too long'],
    [`\${WEBHOOK_SECRET}`, 'a setting that nobody filled in'],
  ])('is refused with TCN-N006: %s (%s)', (secret) => {
    expect(() => signingKeys(secret)).toThrow(expect.objectContaining({ code: 'TCN-N006' }));
  });

  it('never stands in the error', () => {
    const secret = secretOf(Buffer.alloc(23, 7));
    expect(() => signingKeys(secret)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret.slice(6, 20)) }),
    );
  });
});

const vector = new URL('../../../shared/alerting/cases/sw-sign-vector.json', import.meta.url);
const wanted = existsSync(vector) || process.env.CI !== undefined;

it.runIf(wanted)('agrees with the fixed vector of the specification (skipped without ../shared/alerting)', () => {
  const { given, expect: theirs } = JSON.parse(readFileSync(vector, 'utf8'));
  const sign = { id: given.webhook_id, at: given.webhook_timestamp * 1000, secret: given.secret };
  expect(signatureHeaders(sign, given.body)['webhook-signature']).toBe(theirs.webhook_signature);
});
