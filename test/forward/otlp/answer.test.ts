import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTaken } from '../../../src/forward/otlp/answer.ts';

const PROTOBUF = 'application/x-protobuf';

describe('the answer of a sink that took a request', () => {
  it('is full success where it is empty', () => {
    expect(readTaken(PROTOBUF, Buffer.alloc(0))).toEqual({ rejected: 0, message: '' });
  });

  it('tells in protobuf how many records were refused, and why', () => {
    const message = Buffer.from('too old');
    const partial = Buffer.concat([Buffer.from([0x08, 0xac, 0x02, 0x12, message.length]), message]);
    expect(readTaken(PROTOBUF, Buffer.concat([Buffer.from([0x0a, partial.length]), partial]))).toEqual({
      rejected: 300,
      message: 'too old',
    });
  });

  it('may carry a warning without a refusal', () => {
    expect(readTaken(PROTOBUF, Buffer.from([0x0a, 0x04, 0x12, 0x02, 0x6f, 0x6b]))).toEqual({ rejected: 0, message: 'ok' });
  });

  it('tells the same in JSON, with the number as text as proto3 writes int64', () => {
    const json = { partialSuccess: { rejectedLogRecords: '3', errorMessage: 'too old' } };
    expect(readTaken('application/json; charset=utf-8', Buffer.from(JSON.stringify(json)))).toEqual({
      rejected: 3,
      message: 'too old',
    });
    expect(readTaken('application/json', Buffer.from('{"partialSuccess":{"rejectedDataPoints":2}}'))).toEqual({
      rejected: 2,
      message: '',
    });
  });

  it.each([
    ['application/json', '{}'],
    ['application/json', '{"partialSuccess":{}}'],
    ['application/json', 'OK'],
    ['text/plain', 'OK'],
    ['text/html', '<html></html>'],
  ])('is full success where %s says %s', (type, body) => {
    expect(readTaken(type, Buffer.from(body))).toEqual({ rejected: 0, message: '' });
  });

  it('may hide a refusal where it is protobuf that was damaged on its way, as by a reader that takes bytes for text', () => {
    const damaged = Buffer.from(Buffer.from([0x0a, 0x03, 0x08, 0xac, 0x02]).toString('utf8'));
    expect(readTaken(PROTOBUF, damaged)).toEqual({ rejected: null, message: '' });
  });

  it('is never a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(PROTOBUF, 'application/json'), (bytes, type) => {
        readTaken(type, bytes);
      }),
      { numRuns: 1_000 },
    );
  });
});
