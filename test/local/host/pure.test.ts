import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { withPayloadMembers } from '../../../src/local/host/binding-data.ts';
import { readHostJson } from '../../../src/local/host/host-json.ts';
import { ncrontab } from '../../../src/local/host/ncrontab.ts';
import { queueMessages } from '../../../src/local/host/outputs.ts';
import { delayBefore } from '../../../src/local/host/retry.ts';
import { parseRoute } from '../../../src/local/host/routes.ts';
import { resolved } from '../../../src/local/host/settings.ts';
import { afterRun, checkPastDue } from '../../../src/local/host/timer-status.ts';
import { newFolder, removeFolders } from './app.ts';

afterEach(removeFolders);

const at = (text: string) => Date.parse(`2026-11-21T${text}Z`);

describe('NCRONTAB', () => {
  it.each([
    ['0 * * * * *', '12:00:00', '12:01:00'],
    ['0 * * * * *', '12:00:00.001', '12:01:00'],
    ['0 * * * * *', '11:59:59.999', '12:00:00'],
    ['*/5 * * * *', '12:00:00', '12:05:00'],
    ['30 15 8-17/3 * * *', '11:20:00', '14:15:30'],
  ])('%s fires after %s at %s', (expression, now, next) => {
    expect(ncrontab(expression).next(at(now))).toBe(at(next));
  });

  it('wants the day of the month and the day of the week', () => {
    expect(new Date(ncrontab('0 0 8 13 * FRI').next(at('00:00:00'))).toISOString()).toBe('2027-08-13T08:00:00.000Z');
  });

  it.each(['', '* * * *', '0 0 8 L * *', '0 0 8 ? * *', '@daily', '0 61 * * * *', '00:05:00'])('refuses %j', (expression) => {
    expect(() => ncrontab(expression)).toThrow('TCN-L005');
  });

  it('knows what is finer than a minute', () => {
    expect(ncrontab('0 * * * * *').finerThanAMinute(at('12:00:00'))).toBe(false);
    expect(ncrontab('*/30 * * * * *').finerThanAMinute(at('12:00:00'))).toBe(true);
    expect(ncrontab('0,20 0 8 * * *').finerThanAMinute(at('12:00:00'))).toBe(true);
  });
});

describe('a timer after a pause', () => {
  const hourly = ncrontab('0 0 * * * *');

  it('of a new app notes when it is due and has missed nothing', () => {
    expect(checkPastDue(null, hourly, at('12:30:00'))).toEqual({
      status: { last: null, next: at('13:00:00'), lastUpdated: at('12:30:00') },
      missed: false,
    });
  });

  it('has missed a run, however many there were', () => {
    const stored = afterRun(at('08:00:00.004'), hourly);
    expect(checkPastDue(stored, hourly, at('12:30:00'))).toEqual({ status: stored, missed: true });
  });

  it('has missed the first run if it was due while nothing ran', () => {
    const { status } = checkPastDue(null, hourly, at('08:30:00'));
    expect(checkPastDue(status, hourly, at('09:00:01')).missed).toBe(true);
  });

  it('has missed nothing within its period', () => {
    const stored = afterRun(at('12:00:00.004'), hourly);
    expect(checkPastDue(stored, hourly, at('12:30:00'))).toEqual({ status: stored, missed: false });
  });

  it('begins anew when its schedule has changed', () => {
    const stored = afterRun(at('08:00:00'), hourly);
    expect(checkPastDue(stored, ncrontab('0 30 * * * *'), at('12:45:00'))).toEqual({
      status: { last: null, next: at('13:30:00'), lastUpdated: at('12:45:00') },
      missed: false,
    });
  });
});

describe('routes', () => {
  it.each([
    ['api/health', '/api/health', {}],
    ['api/health', '/API/Health/', {}],
    ['api/health', '/api/health/x', null],
    ['alerts/{id}', '/alerts/a%20b', { id: 'a b' }],
    ['alerts/{id}', '/alerts/a%2Fb', { id: 'a%2Fb' }],
    ['alerts/{id}', '/alerts', null],
    ['alerts/{id?}', '/alerts', {}],
    ['alerts/{id=all}', '/alerts', { id: 'all' }],
    ['alerts/{id:int}', '/alerts/x', null],
    ['alerts/{id:int}', '/alerts/7', { id: '7' }],
    ['{*rest}', '/', { rest: '' }],
    ['{*rest}', '/a/b/c', { rest: 'a/b/c' }],
    ['{page:regex(^(alerts|rules|digests)$)?}/{id?}', '/', {}],
    ['{page:regex(^(alerts|rules|digests)$)?}/{id?}', '/digests/d1', { page: 'digests', id: 'd1' }],
    ['{page:regex(^(alerts|rules|digests)$)?}/{id?}', '/api', null],
    ['{code:regex(^\\d{{3}}$)}', '/404', { code: '404' }],
  ])('%s on %s gives %j', (template, path, params) => {
    expect(parseRoute(template).match(path)).toEqual(params);
  });

  it('are tried from the particular to the general', () => {
    const ranked = ['{*rest}', 'api/{x}', 'api/{x:int}', 'api/health'].sort((a, b) =>
      parseRoute(a).rank < parseRoute(b).rank ? -1 : 1,
    );
    expect(ranked).toEqual(['api/health', 'api/{x:int}', 'api/{x}', '{*rest}']);
  });

  it('with a constraint that is not known are refused', () => {
    expect(() => parseRoute('{x:minlength(3)}')).toThrow('TCN-L005');
    expect(() => parseRoute('{a}-{b}')).toThrow('TCN-L005');
  });
});

describe('payload members', () => {
  const metadata = { Id: { string: 'real' }, DequeueCount: { json: '1' } };

  it('overwrite metadata of the same name in any case, and add the rest', () => {
    const payload = { id: 'mine', dequeuecount: 99, ok: true, list: [1], none: null, deep: { a: 1 }, at: '2026-11-21T08:00:00Z' };
    expect(withPayloadMembers(metadata, JSON.stringify(payload))).toEqual({
      Id: { string: 'mine' },
      DequeueCount: { string: '99' },
      ok: { string: 'True' },
      deep: { json: '{"a":1}' },
      at: { string: '11/21/2026 08:00:00' },
    });
  });

  it.each(['text', '[{"id":1}]', '{broken', '7'])('of %s are none', (text) => {
    expect(withPayloadMembers(metadata, text)).toEqual(metadata);
  });
});

describe('a queue output', () => {
  const texts = (data: Parameters<typeof queueMessages>[0]) => queueMessages(data).map(String);

  it('is one message per element, even of a text that is an array', () => {
    expect(texts({ json: '["a",{"b":1}]' })).toEqual(['a', '{\n  "b": 1\n}']);
    expect(texts({ string: '["a","b"]' })).toEqual(['a', 'b']);
  });

  it('indents objects and texts that are objects, and leaves other texts and bytes alone', () => {
    expect(texts({ string: '{"b":1}' })).toEqual(['{\n  "b": 1\n}']);
    expect(texts({ string: 'plain' })).toEqual(['plain']);
    expect(texts({ int: 7 })).toEqual(['7']);
    expect(texts({ bytes: Buffer.from('{"b":1}') })).toEqual(['{"b":1}']);
  });
});

describe('retry delays', () => {
  it('are fixed, or double up to a maximum', () => {
    expect(delayBefore({ retryStrategy: 'fixedDelay', delayInterval: { seconds: 4 } }, 3)).toBe(4000);
    const policy = {
      retryStrategy: 'exponentialBackoff',
      minimumInterval: { seconds: 2 },
      maximumInterval: { seconds: 30 },
    } as const;
    expect([1, 2, 3, 4, 5].map((retry) => delayBefore(policy, retry))).toEqual([2000, 4000, 8000, 16_000, 30_000]);
  });
});

describe('settings in bindings', () => {
  it('are put in, and missed by name', () => {
    const binding = { type: 'queueTrigger', direction: 'in', queueName: '%QUEUE%-poison' } as const;
    expect(resolved(binding, { QUEUE: 'jobs' })).toEqual({ ...binding, queueName: 'jobs-poison' });
    expect(() => resolved(binding, {})).toThrow('%QUEUE%');
  });
});

describe('host.json', () => {
  const read = (content: unknown) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'host.json'), typeof content === 'string' ? content : JSON.stringify(content));
    return readHostJson(folder);
  };

  it('has the defaults of the host', () => {
    expect(read({ version: '2.0' })).toEqual({
      functionTimeout: 1_800_000,
      routePrefix: 'api',
      queues: {
        batchSize: 16,
        newBatchThreshold: 8,
        maxDequeueCount: 5,
        visibilityTimeout: 0,
        maxPollingInterval: 60_000,
        messageEncoding: 'base64',
      },
      eventHubs: {
        maxEventBatchSize: 100,
        minEventBatchSize: 1,
        maxWaitTime: 60_000,
        prefetchCount: 300,
        batchCheckpointFrequency: 1,
      },
    });
  });

  it('is heeded', () => {
    const read2 = read({
      version: '2.0',
      functionTimeout: '-1',
      extensions: { http: { routePrefix: '' }, queues: { batchSize: 64, visibilityTimeout: '00:00:30' } },
    });
    expect(read2).toMatchObject({ functionTimeout: null, routePrefix: '', queues: { batchSize: 32, visibilityTimeout: 30_000 } });
  });

  it.each(['{', { version: '1.0' }, { version: '2.0', functionTimeout: 'soon' }])('is refused as %j', (content) => {
    expect(() => read(content)).toThrow('TCN-L005');
  });
});
