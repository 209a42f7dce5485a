import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { monitorError, redact, storageError } from '../../src/azure/sdk-errors.ts';
import { TocsinError } from '../../src/model/errors.ts';

const restError = (
  statusCode: number | undefined,
  code = '',
  message = 'words',
  headers: Readonly<Record<string, string>> = {},
) =>
  Object.assign(new Error(message), {
    name: 'RestError',
    statusCode,
    code,
    request: { headers: { authorization: 'Bearer secret' } },
    response: { headers: { get: (name: string) => headers[name] } },
  });

describe('a failed call to storage', () => {
  it.each([
    [403, 'AuthorizationPermissionMismatch', 'TCN-A003'],
    [401, 'InvalidAuthenticationInfo', 'TCN-A003'],
    [500, 'InternalError', 'TCN-S001'],
    [503, 'ServerBusy', 'TCN-S001'],
    [409, 'ContainerBeingDeleted', 'TCN-S001'],
    [507, 'InsufficientStorage', 'TCN-S003'],
    [413, 'RequestBodyTooLarge', 'TCN-S003'],
    [400, 'InvalidInput', 'TCN-X001'],
    [undefined, 'ECONNREFUSED', 'TCN-S001'],
    [undefined, 'ETIMEDOUT', 'TCN-S001'],
    [undefined, 'REQUEST_SEND_ERROR', 'TCN-S001'],
  ])('with %s %s is %s', (status, code, expected) => {
    expect(storageError(restError(status, code), 'table alerts', 'read')).toMatchObject({ code: expected });
  });

  it('is a full disk where the service says so', () => {
    expect(storageError(restError(500, 'InternalError', 'ENOSPC: no space left on device, write'), 'x', 'read')).toMatchObject({
      code: 'TCN-S003',
    });
  });

  it('is a refused write where a write fails by 500, which is all that Azurite says of a full disk', () => {
    expect(storageError(restError(500, 'InternalError'), 'x', 'write')).toMatchObject({ code: 'TCN-S003', kind: 'transient' });
  });

  it('tells the words of the service without the ids and times of one request', () => {
    const odata =
      '{"odata.error":{"code":"InvalidInput","message":{"lang":"en-US","value":"An error occurred.\\nRequestId:1\\nTime:2"}}}';
    const words = (message: string) =>
      (storageError(restError(400, 'InvalidInput', message), 'table x', 'read') as TocsinError).detail;
    expect(words(odata)).toBe('table x: HTTP 400 InvalidInput An error occurred.');
    expect(words('The blob is gone.\nRequestId:1\nTime:2')).toBe('table x: HTTP 400 InvalidInput The blob is gone.');
  });
});

describe('a failed call to Azure Monitor', () => {
  it('tells how long the service wants to be left alone', () => {
    const pause = (headers: Readonly<Record<string, string>>) =>
      (monitorError(restError(429, 'x', 'm', headers), 'q') as TocsinError).retryAfter;
    expect(pause({ 'retry-after': '30' })).toBe(30_000);
    expect(pause({ 'retry-after-ms': '250' })).toBe(250);
    expect(pause({ 'x-ms-retry-after-ms': '250', 'retry-after': '30' })).toBe(250);
    expect(pause({})).toBeNull();
  });

  it('is of the identity where no token could be had', () => {
    const error = Object.assign(new Error('EnvironmentCredential is unavailable.'), { name: 'AggregateAuthenticationError' });
    expect(monitorError(error, 'q')).toMatchObject({ code: 'TCN-A003' });
  });

  it('stays what it is where it is ours or the caller’s', () => {
    const ours = new TocsinError('TCN-A007', 'empty');
    const aborted = Object.assign(new Error('aborted'), { name: 'AbortError' });
    expect(monitorError(ours, 'q')).toBe(ours);
    expect(monitorError(aborted, 'q')).toBe(aborted);
  });

  it('is unexpected where nothing is known of it', () => {
    expect(monitorError(new TypeError('x is not a function'), 'q')).toMatchObject({ code: 'TCN-X001' });
    expect(monitorError('thrown text', 'q')).toMatchObject({ code: 'TCN-X001', detail: 'q: thrown text' });
  });
});

describe('what is told of a failure', () => {
  const SECRET = 'c2VjcmV0c2VjcmV0';
  it.each([
    `https://a.blob.core.windows.net/c/b?sv=2024&sig=${SECRET}`,
    `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${SECRET};`,
    `Authorization: Bearer ${SECRET}`,
    `Authorization: SharedKey account:${SECRET}`,
    `Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=${SECRET}`,
    `token eyJ0eXAi.${SECRET}.${SECRET}`,
    `GET http://127.0.0.1:1/api/tick?code=${SECRET} failed`,
  ])('holds no secret of %s', (text) => {
    expect(redact(text)).not.toContain(SECRET);
    const error = storageError(restError(500, '', text), 'x', 'read') as TocsinError;
    expect(
      `${error.stack} ${JSON.stringify(error)} ${(error.cause as Error).stack} ${JSON.stringify(error.cause)}`,
    ).not.toContain(SECRET);
  });

  it('is one line that fits on a page', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000 }), (text) => {
        const told = redact(text);
        expect(told.length).toBeLessThanOrEqual(300);
        expect(told).not.toMatch(/[\r\n]/);
      }),
    );
  });

  it('leaves the request, with its headers, out of the cause', () => {
    const { cause } = monitorError(restError(500, '', 'm'), 'q') as TocsinError;
    expect(Object.keys(cause as object)).toEqual(['name']);
  });
});
