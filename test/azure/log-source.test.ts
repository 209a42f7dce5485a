import { afterEach, describe, expect, it } from 'vitest';
import { createLogSource } from '../../src/azure/log-source.ts';
import { azureAccess } from '../../src/azure/loopback.ts';
import { type Answer, type LoopbackServer, serve } from '../support/loopback-server.ts';
import { HOUR, NOON } from '../support/samples.ts';

let server: LoopbackServer | undefined;
afterEach(() => server?.stop());

const QUERY = {
  workspaceId: '11111111-2222-3333-4444-555555555555',
  kql: 'AzureDiagnostics | take 1',
  span: { start: NOON - HOUR, end: NOON },
};

async function answering(...answers: readonly Answer[]) {
  server = await serve((_, index) => answers[Math.min(index, answers.length - 1)] ?? { status: 500 });
  return createLogSource(azureAccess(null, server.url));
}

const table = (columns: readonly (readonly [string, string])[], rows: readonly unknown[][]) => ({
  tables: [{ name: 'PrimaryResult', columns: columns.map(([name, type]) => ({ name, type })), rows }],
});

describe('a log query', () => {
  it('asks the workspace for the span', async () => {
    const source = await answering({ status: 200, body: table([['Calls', 'long']], [[1]]) });
    await source.query(QUERY);
    const [asked] = server?.asked ?? [];
    expect([asked?.method, asked?.url.pathname]).toEqual(['POST', `/v1/workspaces/${QUERY.workspaceId}/query`]);
    expect(JSON.parse(asked?.body ?? '')).toEqual({
      query: QUERY.kql,
      timespan: '2026-11-20T11:00:00.000Z/2026-11-20T12:00:00.000Z',
    });
    expect(asked?.headers['x-forwarded-host']).toBe('api.loganalytics.io');
    expect(asked?.headers.authorization).toBe('Bearer loopback');
  });

  it('gives rows with times in epoch ms and dynamics parsed', async () => {
    const columns = [
      ['TimeGenerated', 'datetime'],
      ['Properties', 'dynamic'],
      ['Calls', 'long'],
      ['Share', 'real'],
      ['Name', 'string'],
      ['Ok', 'bool'],
      ['Took', 'timespan'],
    ] as const;
    const rows = [
      ['2026-11-20T11:30:00.1234567Z', '{"a":[1,2]}', 7, 0.5, 'größe', true, '00:00:01'],
      [null, null, null, null, '', null, null],
    ];
    const source = await answering({ status: 200, body: table(columns, rows) });
    expect(await source.query(QUERY)).toEqual({
      columns: columns.map(([name, type]) => ({ name, type })),
      rows: [
        [Date.parse('2026-11-20T11:30:00.123Z'), { a: [1, 2] }, 7, 0.5, 'größe', true, '00:00:01'],
        [null, null, null, null, '', null, null],
      ],
    });
  });

  it('takes a table without rows for what it is', async () => {
    const source = await answering({ status: 200, body: table([['Calls', 'long']], []) });
    expect(await source.query(QUERY)).toEqual({ columns: [{ name: 'Calls', type: 'long' }], rows: [] });
  });

  it('never gives a part for the whole', async () => {
    const error = { code: 'PartialError', message: 'There were some errors when processing your query.', details: [] };
    const source = await answering({ status: 200, body: { ...table([['Calls', 'long']], [[1]]), error } });
    await expect(source.query(QUERY)).rejects.toMatchObject({ code: 'TCN-A006', kind: 'transient' });
  });

  it.each([
    ['204', { status: 204 }],
    ['200 without a body', { status: 200 }],
    ['200 without a table', { status: 200, body: { tables: [] } }],
  ])('takes %s for unknown, not for no rows', async (_, answer) => {
    const source = await answering(answer);
    await expect(source.query(QUERY)).rejects.toMatchObject({ code: 'TCN-A007', kind: 'transient' });
  });

  const failure = (code: string) => ({ error: { code, message: `${code}: see https://aka.ms/x?sig=secret` } });
  it.each([
    [400, 'BadArgumentError', 'TCN-A005'],
    [401, 'AuthenticationFailed', 'TCN-A003'],
    [403, 'InsufficientAccessError', 'TCN-A003'],
    [404, 'PathNotFoundError', 'TCN-A004'],
    [429, 'ThrottledError', 'TCN-A001'],
    [504, 'GatewayTimeout', 'TCN-A008'],
    [529, 'Overloaded', 'TCN-A001'],
    [500, 'InternalError', 'TCN-A002'],
  ])('names %s %s as %s', async (status, code, expected) => {
    const source = await answering({ status, body: failure(code) });
    const error = await source.query(QUERY).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: expected });
    expect(error.message).toContain(code);
    expect(`${error.message} ${error.cause}`).not.toContain('secret');
  });

  it('is made again after the pause that the service asks for', async () => {
    const throttled = { status: 429, headers: { 'retry-after-ms': '1' }, body: failure('ThrottledError') };
    const source = await answering(throttled, { status: 200, body: table([['Calls', 'long']], [[3]]) });
    expect((await source.query(QUERY)).rows).toEqual([[3]]);
  });

  it('tells how long the service wants to be left alone', async () => {
    const source = await answering({ status: 429, headers: { 'retry-after': '1' }, body: failure('ThrottledError') });
    await expect(source.query(QUERY)).rejects.toMatchObject({ code: 'TCN-A001', retryAfter: 1_000 });
  });

  it('names a service that cannot be reached as TCN-A002', async () => {
    const source = await answering({ status: 200 });
    await server?.stop();
    await expect(source.query(QUERY)).rejects.toMatchObject({ code: 'TCN-A002', kind: 'transient' });
  });

  it('stops when it is told to', async () => {
    const source = await answering({ status: 200 });
    await expect(source.query(QUERY, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(server?.asked).toEqual([]);
  });
});
