import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { EventHubConsumerClient, earliestEventPosition } from '@azure/event-hubs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayQuarantine } from '../../../src/cli/replay.ts';
import { logPath } from '../../../src/local/archive/layout.ts';
import { startHub } from '../../../src/local/hub/hub.ts';
import { bodiesOf } from '../../../src/local/replay/bodies.ts';
import { replay } from '../../../src/local/replay/replay.ts';
import { openTarget, type ReplayTarget } from '../../../src/local/replay/target.ts';
import type { TocsinError } from '../../../src/model/errors.ts';
import type { QuarantineEntry } from '../../../src/ports.ts';
import { FakeClock, MemoryQuarantineStore } from '../../support/memory/index.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-replay-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const textsOf = async (path: string): Promise<readonly string[]> => {
  const texts: string[] = [];
  for await (const { bytes } of bodiesOf(path)) texts.push(Buffer.from(bytes).toString('utf8'));
  return texts;
};
const write = (path: string, content: string | Uint8Array): string => {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
  return whole;
};
const lines = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `{"n":${from + index}}`);

/** Keeps what it is sent. */
function memoryTarget(tooLarge: (bytes: Uint8Array) => boolean = () => false): ReplayTarget & { readonly got: string[] } {
  const got: string[] = [];
  return {
    name: 'memory',
    got,
    send: async (bodies) => {
      for (const bytes of bodies) if (!tooLarge(bytes)) got.push(Buffer.from(bytes).toString('utf8'));
      return bodies.filter(tooLarge);
    },
    close: async () => {},
  };
}

describe('archived diagnostics', () => {
  it('become bodies of at most a hundred records, in the order of their hours', async () => {
    const hour = Date.UTC(2026, 10, 20, 9);
    write(`a/${logPath('Audit', '/subscriptions/s/b', hour + 3_600_000)}`, lines(1, 500).join('\n'));
    write(`a/${logPath('Audit', '/subscriptions/s/c', hour)}`, `${lines(250).join('\r\n')}\r\n`);
    write(`a/tocsin-metrics/y=2026/m=11/d=20/h=09/PT1H.json`, '{"metric":1}');
    const texts = await textsOf(join(folder, 'a'));
    expect(texts.map((text) => (JSON.parse(text) as { records: unknown[] }).records.length)).toEqual([100, 100, 50, 1]);
    expect(texts.join()).toContain('"n":249');
    expect(texts.at(-1)).toBe('{"records":[{"n":500}]}');
  });

  it('may be packed, and hold lines that are no records', async () => {
    const path = write('b.json.gz', gzipSync('{"n":1}\n{"n":\n{"n":2}\n'));
    expect(await textsOf(path)).toEqual(['{"n":', '{"records":[{"n":1},{"n":2}]}']);
  });

  it.each([
    ['a wrapper', '{"records":[{"n":1}]}'],
    ['a document over several lines', '[\n {"n":1}\n]'],
    ['something else', "{'n': 1}"],
  ])('of one file that is %s are one body, as it is', async (_, text) => {
    expect(await textsOf(write('c.json', text))).toEqual([text]);
  });
});

describe('a replay', () => {
  const bodies = Array.from({ length: 40 }, (_, n) => ({ bytes: Buffer.from(String(n)), records: 5 }));

  it('sends at the rate that was asked for', async () => {
    const clock = new FakeClock();
    const began = clock.now();
    const sleep = async (ms: number) => {
      clock.advance(ms);
    };
    const target = memoryTarget();
    const done = await replay(bodies, target, { rate: 20, sleep, now: () => clock.now() });
    expect(done).toEqual({ events: 40, records: 200, bytes: 70, tooLarge: 0 });
    expect(target.got).toEqual(bodies.map(({ bytes }) => bytes.toString()));
    expect(clock.now() - began).toBeGreaterThan(9_000);
    expect(clock.now() - began).toBeLessThanOrEqual(10_000);
  });

  it('reaches a hub through its connection string', async () => {
    const clock = new FakeClock();
    const hub = await startHub({ partitions: 1, dataDir: join(folder, 'hub'), clock });
    const target = openTarget(
      `${hub.connectionString('diagnostics')};EntityPath=diagnostics`.replace(/;EntityPath=.*(;EntityPath)/, '$1'),
    );
    const done = await replay(bodies, target, { rate: null, sleep: async () => {}, now: () => clock.now() });
    await target.close();
    expect(done).toMatchObject({ events: 40, records: 200, tooLarge: 0 });
    expect(hub.tails('diagnostics').get('0')).toBe(39);
    const consumer = new EventHubConsumerClient('$Default', hub.connectionString('diagnostics'), 'diagnostics');
    const first = await new Promise<unknown>((resolve, reject) => {
      consumer.subscribe(
        '0',
        {
          processEvents: async ([event]) => {
            if (event !== undefined) resolve(event.body);
          },
          processError: async (error) => reject(error),
        },
        { startPosition: earliestEventPosition },
      );
    });
    expect(String(first)).toBe('0');
    await consumer.close();
    await hub.close();
  });

  it('posts each body to a URL', async () => {
    const got: string[] = [];
    const server = createServer((request, response) => {
      request.on('data', (chunk) => got.push(String(chunk)));
      request.on('end', () => response.writeHead(204).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const target = openTarget(`http://127.0.0.1:${(server.address() as AddressInfo).port}/in`);
    await replay(bodies.slice(0, 3), target, { rate: null, sleep: async () => {}, now: Date.now });
    expect(got).toEqual(['0', '1', '2']);
    await target.close();
    server.close();
  });

  it.each(['nonsense', 'sb://contoso.servicebus.windows.net', 'Endpoint=sb://x;SharedAccessKeyName=a;SharedAccessKey=b'])(
    'says what is wrong with the target %s',
    (to) => {
      expect(() => openTarget(to)).toThrow(/TCN-C002/);
    },
  );
});

describe('the quarantine', () => {
  const pace = { rate: null, sleep: async () => {}, now: Date.now };
  const entry = (id: string, minute: number, body: string): QuarantineEntry => ({
    id,
    at: 0,
    code: 'TCN-F001',
    reason: 'r',
    partition: '0',
    offset: '1',
    sequenceNumber: '1',
    enqueuedAt: `2026-11-20T10:0${minute}:00Z`,
    body: Buffer.from(body),
  });

  it('is sent oldest first and left empty, save for requests and what is too large', async () => {
    const store = new MemoryQuarantineStore();
    await store.put(entry('hub/0/2/piece-0', 2, 'second'));
    await store.put(entry('hub/0/1/piece-0', 1, 'first'));
    await store.put(entry('hub/0/3/piece-0', 3, 'huge'));
    await store.put(entry('hub/0/1.0-2.0/logs/refused-collector', 4, 'protobuf'));
    const target = memoryTarget((bytes) => Buffer.from(bytes).toString() === 'huge');
    expect(await replayQuarantine(store, target, false, pace)).toEqual({
      events: 2,
      records: 2,
      bytes: 11,
      tooLarge: 1,
      left: 1,
    });
    expect(target.got).toEqual(['first', 'second']);
    expect(store.all().map(({ id }) => id)).toEqual(['hub/0/1.0-2.0/logs/refused-collector', 'hub/0/3/piece-0']);
  });

  it('keeps everything when the target fails, and when asked to', async () => {
    const store = new MemoryQuarantineStore();
    await store.put(entry('hub/0/1/piece-0', 1, 'first'));
    const failing: ReplayTarget = { ...memoryTarget(), send: () => Promise.reject(new Error('down')) };
    await expect(replayQuarantine(store, failing, false, pace)).rejects.toThrow('down');
    await replayQuarantine(store, memoryTarget(), true, pace);
    expect(store.all()).toHaveLength(1);
  });
});

describe('a target that takes nothing', () => {
  const body = new TextEncoder().encode('{"records":[]}');
  const codeOf = async (to: string): Promise<string> => {
    const target = openTarget(to);
    try {
      return await target.send([body]).then(
        () => 'taken',
        ({ code, detail }: TocsinError) => `${code} ${detail}`,
      );
    } finally {
      await target.close();
    }
  };
  const hubAt = (port: number) =>
    `Endpoint=sb://127.0.0.1:${port}/;SharedAccessKeyName=k;SharedAccessKey=secret;UseDevelopmentEmulator=true;EntityPath=diagnostics`;
  const listening = async (status: number) => {
    const server = createServer((_request, response) => response.writeHead(status).end());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return { port: (server.address() as AddressInfo).port, close: () => server.close() };
  };

  it('because nobody listens there is told as such, so that a later try may do', async () => {
    const { port, close } = await listening(200);
    close();
    expect(await codeOf(hubAt(port))).toMatch(/^TCN-L014 hub diagnostics: ECONNREFUSED/);
  }, 60_000);

  it('because it is no hub is told as such, without the key', async () => {
    const { port, close } = await listening(200);
    const told = await codeOf(hubAt(port));
    expect(told).toMatch(/^TCN-L015 hub diagnostics: .*AMQP/);
    expect(told).not.toContain('secret');
    close();
  }, 60_000);

  it.each([
    [503, 'TCN-L014'],
    [403, 'TCN-L015'],
  ])('because it answers %i', async (status, code) => {
    const { port, close } = await listening(status);
    expect(await codeOf(`http://127.0.0.1:${port}/in`)).toBe(`${code} 127.0.0.1:${port} answered HTTP ${status}`);
    close();
  });
});
