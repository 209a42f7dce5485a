import { describe, expect, it } from 'vitest';
import { excerpt, type PoisonDeps, poisoned } from '../../src/app/poison.ts';
import { TocsinError } from '../../src/model/errors.ts';
import type { NotificationJob } from '../../src/model/messages.ts';
import { alertOf } from '../alerts/make.ts';
import { FakeClock, MemoryFindingStore, MemoryLog, MemoryQueue } from '../support/memory/index.ts';
import { DAY_BEFORE, START, transition } from './deliver-world.ts';

interface Bench extends PoisonDeps {
  readonly findings: MemoryFindingStore;
  readonly notifications: MemoryQueue<NotificationJob>;
}

/** Messages are envelopes as JSON text. */
function bench(parse?: PoisonDeps['parse']): Bench {
  const clock = new FakeClock(START);
  const unwrap = async (message: unknown): Promise<unknown> => {
    try {
      return (JSON.parse(String(message)) as { body: unknown }).body;
    } catch {
      throw new TocsinError('TCN-Q001', 'not JSON');
    }
  };
  const findings = new MemoryFindingStore();
  const notifications = new MemoryQueue<NotificationJob>(clock);
  return { findings, notifications, clock, logger: new MemoryLog(), parse: parse ?? unwrap };
}

const envelope = (body: unknown): string => JSON.stringify({ v: 1, due: START, body });

describe('a message that was set aside', () => {
  it.each([
    ['not JSON at all'],
    [envelope({ kind: 'unknown' })],
    [envelope({ kind: 'flush' })],
    [envelope({ kind: 'transitions', transitions: [{ id: 'x' }] })],
    [envelope(null)],
  ])('and was never understood is a finding: %s', async (message) => {
    const deps = bench();
    expect(await poisoned('notifications', message, deps)).toEqual({ code: 'TCN-Q001', repeated: 'by nobody' });
    expect(deps.findings.all()).toMatchObject([
      { kind: 'poison message', code: 'TCN-Q001', labels: { queue: 'notifications' }, severity: 1 },
    ]);
    expect(deps.notifications.pending()).toEqual([]);
  });

  it.each([
    ['evaluations', { kind: 'metrics', plannedAt: START, shards: [], targets: [], workspace: null }, 'by the next tick'],
    ['notifications', { kind: 'flush', group: 'g' }, 'by the sweep'],
    ['notifications', { kind: 'send', delivery: 'g|r' }, 'by the sweep'],
  ])('of %s failed too often, and its work is found again: %o', async (queue, body, repeated) => {
    const deps = bench();
    expect(await poisoned(queue, envelope(body), deps)).toEqual({ code: 'TCN-Q002', repeated });
    expect(deps.findings.all()).toMatchObject([{ code: 'TCN-Q002', labels: { queue, job: body.kind }, severity: 2 }]);
    expect(deps.notifications.pending()).toEqual([]);
  });

  it('with transitions goes back into its queue, because alerts are nowhere else', async () => {
    const deps = bench();
    const job = { kind: 'transitions', transitions: [transition('fired', alertOf('chat'), START)] } as const;
    expect(await poisoned('notifications', envelope(job), deps)).toEqual({
      code: 'TCN-Q002',
      repeated: 'by the same message later',
    });
    expect(deps.notifications.pending()).toEqual([{ due: START + 10 * 60_000, job }]);
  });

  it('with transitions of the day before does not go back for ever', async () => {
    const deps = bench();
    const job = { kind: 'transitions', transitions: [transition('fired', alertOf('chat'), DAY_BEFORE - 1)] } as const;
    expect(await poisoned('notifications', envelope(job), deps)).toEqual({ code: 'TCN-Q002', repeated: 'by nobody' });
    expect(deps.findings.all()).toMatchObject([{ severity: 1 }]);
    expect(deps.notifications.pending()).toEqual([]);
  });

  it('is one finding however often it comes', async () => {
    const deps = bench();
    await poisoned('notifications', 'x', deps);
    await poisoned('notifications', 'x', deps);
    await poisoned('notifications', 'y', deps);
    expect(deps.findings.all()).toHaveLength(2);
  });

  it('may be bytes or an object, as the host has parsed it', async () => {
    const deps = bench(async () => ({ kind: 'flush', group: 'g' }));
    for (const message of [Buffer.from('text'), { v: 1 }, undefined]) {
      expect(await poisoned('notifications', message, deps)).toMatchObject({ code: 'TCN-Q002' });
    }
    expect(deps.findings.all()).toHaveLength(3);
  });

  it('is tried again when storage fails while it is read', async () => {
    const deps = bench(() => Promise.reject(new TocsinError('TCN-S001', 'blob')));
    await expect(poisoned('notifications', 'x', deps)).rejects.toThrow(expect.objectContaining({ code: 'TCN-S001' }));
  });
});

describe('an excerpt', () => {
  it.each([
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw here', 'whsec_… here'],
    ['see https://user:pass@hooks.example/T1/B2?sig=abc now', 'see https://hooks.example/… now'],
    ['{"url":"https://hooks.example/T1"}', '{"url":"https://hooks.example/…"}'],
    ['AccountName=a;AccountKey=c2VjcmV0==;End', 'AccountName=a;AccountKey=…;End'],
    ['Authorization: Bearer eyJ0.eyJ1.sig', 'Authorization: Bearer …'],
    ['{"client_secret":"hunter2","a":1}', '{"client_secret":"…","a":1}'],
    ['{\\"password\\":\\"hunter2\\"}', '{\\"password\\":\\"…\\"}'],
    ['SharedAccessSignature=sr%3dx&sig=abc', 'SharedAccessSignature=…&sig=…'],
  ])('hides secrets: %s', (message, shown) => {
    expect(excerpt(message)).toBe(shown);
  });

  it('has at most 300 characters in one line', () => {
    expect(excerpt('a\n b\t c')).toBe('a b c');
    expect(excerpt('x'.repeat(1000))).toHaveLength(300);
  });
});
