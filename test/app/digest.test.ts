import { beforeEach, describe, expect, it } from 'vitest';
import { collectDigest, type DigestDeps, runDigests } from '../../src/app/digest.ts';
import type { DigestJson } from '../../src/digest/json.ts';
import type { DigestSchedule } from '../../src/model/config.ts';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';
import { TocsinError } from '../../src/model/errors.ts';
import { resolvedAfter, throttledAlert } from '../support/fixtures/alerts.ts';
import { DAY_WINDOW } from '../support/fixtures/day.ts';
import { type Estate, emptyEstate, raise } from '../support/fixtures/estate.ts';
import { reportFinding } from '../support/fixtures/findings.ts';
import { MemoryDigestStore, MemoryLog } from '../support/memory/index.ts';

const DAILY: DigestSchedule = { name: 'daily', period: 'daily', at: '08:00', zone: 'UTC', receivers: ['team'] };
const WEEKLY: DigestSchedule = { ...DAILY, name: 'weekly', period: 'weekly', receivers: ['lead'] };

let estate: Estate;
let announced: string[];
let log: MemoryLog;

beforeEach(() => {
  estate = emptyEstate(DAY_WINDOW.end + MINUTE);
  announced = [];
  log = new MemoryLog();
});

function deps(changes: Partial<DigestDeps> = {}): DigestDeps {
  return {
    ...estate,
    schedules: [DAILY],
    consoleUrl: '',
    announce: async ({ id }, receivers) => void announced.push(`${id} to ${receivers.join()}`),
    log,
    ...changes,
  };
}

const ids = async () => (await estate.digests.list()).map(({ id }) => id);

describe('the digest timer', () => {
  it('publishes what is due in every form and tells the receivers', async () => {
    await raise(estate, resolvedAfter(throttledAlert({ startsAt: DAY_WINDOW.start + HOUR }), 20));
    await estate.findings.put(reportFinding());
    const { published } = await runDigests(deps());
    expect(published).toEqual([
      {
        id: 'daily-2026-11-20T0800Z',
        name: 'daily',
        window: DAY_WINDOW,
        publishedAt: DAY_WINDOW.end + MINUTE,
        headline: expect.stringContaining('1 rule fired 1 alert, all resolved; 1 finding to read'),
        alerts: 1,
        findings: 1,
      },
    ]);
    expect(announced).toEqual(['daily-2026-11-20T0800Z to team']);
    for (const form of ['html', 'text', 'json'] as const) {
      expect(await estate.digests.get('daily-2026-11-20T0800Z', form)).toContain('AzureOpenAIThrottled');
    }
  });

  it('does nothing when it runs again', async () => {
    await runDigests(deps());
    const before = await estate.digests.get('daily-2026-11-20T0800Z', 'html');
    estate.clock.advance(2 * HOUR);
    await raise(estate, throttledAlert({ startsAt: DAY_WINDOW.end - HOUR }));
    expect((await runDigests(deps())).published).toEqual([]);
    expect(await estate.digests.get('daily-2026-11-20T0800Z', 'html')).toBe(before);
    expect(announced).toEqual(['daily-2026-11-20T0800Z to team']);
  });

  it('tells again what a crash may have left untold, as long as it is new', async () => {
    const crash = deps({ announce: () => Promise.reject(new TocsinError('TCN-S001', 'the queue answered 503')) });
    expect(await runDigests(crash)).toMatchObject({ published: [{ id: 'daily-2026-11-20T0800Z' }], failed: ['daily'] });
    estate.clock.advance(5 * MINUTE);
    expect(await runDigests(deps())).toEqual({ published: [], failed: [] });
    expect(announced).toEqual(['daily-2026-11-20T0800Z to team']);
  });

  it('makes the same bytes when a crash came before the digest was listed', async () => {
    await raise(estate, resolvedAfter(throttledAlert({ startsAt: DAY_WINDOW.start + HOUR }), 20));
    estate.digests.failNext('publish', new TocsinError('TCN-S001', 'crashed'), 'after');
    await runDigests(deps());
    const first = await estate.digests.get('daily-2026-11-20T0800Z', 'json');
    estate = { ...estate, digests: new MemoryDigestStore() };
    estate.clock.advance(5 * MINUTE);
    await runDigests(deps());
    expect(await estate.digests.get('daily-2026-11-20T0800Z', 'json')).toBe(first);
  });

  it('goes on with the others when one cannot be made', async () => {
    estate.alerts.failNext('during', new TocsinError('TCN-S001', 'the table answered 503'));
    estate.clock.set('2026-11-23T08:01:00Z');
    await estate.findings.put(reportFinding({ firstAt: Date.parse('2026-11-22T10:00:00Z') }));
    const { published, failed } = await runDigests(deps({ schedules: [DAILY, WEEKLY] }));
    expect([published.map(({ name }) => name), failed]).toEqual([['weekly'], ['daily']]);
    expect(log.lines.find(({ level }) => level === 'error')?.fields).toMatchObject({ digest: 'daily', code: 'TCN-S001' });
    expect((await runDigests(deps({ schedules: [DAILY, WEEKLY] }))).published.map(({ name }) => name)).toEqual(['daily']);
  });

  it('does not call a time quiet in which Tocsin did not exist', async () => {
    estate.clock.set(DAY_WINDOW.end + 5 * HOUR);
    expect((await runDigests(deps())).published).toEqual([]);
    await estate.findings.put(reportFinding());
    expect((await runDigests(deps())).published).toHaveLength(1);
  });

  it('makes up only the newest after a sleep', async () => {
    await runDigests(deps());
    estate.clock.advance(5 * DAY);
    await runDigests(deps());
    expect(await ids()).toEqual(['daily-2026-11-25T0800Z', 'daily-2026-11-20T0800Z']);
  });
});

it('a digest counts what was delivered and forwarded since the one before', async () => {
  const counts = { events: 10, records: 100, quarantined: 1, duplicates: 0, sinkRequests: 4, parked: 0 };
  await estate.forward.replace({ partition: '0', sequenceNumber: 9, counts, updatedAt: 0 }, null);
  await runDigests(deps());
  const { version } = await estate.forward.read('0');
  await estate.forward.replace(
    { partition: '0', sequenceNumber: 19, counts: { ...counts, records: 130 }, updatedAt: 0 },
    version,
  );
  estate.clock.advance(DAY);
  await runDigests(deps());
  const json = async (id: string) => JSON.parse((await estate.digests.get(id, 'json')) ?? '') as DigestJson;
  expect(await json('daily-2026-11-20T0800Z')).toMatchObject({
    sincePrevious: false,
    forwarding: { records: 100, quarantined: 1 },
  });
  expect(await json('daily-2026-11-21T0800Z')).toMatchObject({
    sincePrevious: true,
    forwarding: { records: 30, quarantined: 0 },
  });
});

it('a digest on demand writes nothing', async () => {
  const window = { start: DAY_WINDOW.end - HOUR, end: DAY_WINDOW.end };
  const previous = { start: window.start - HOUR, end: window.start };
  const model = await collectDigest({ name: 'on-demand', period: 'on demand', window, previous, zone: 'UTC' }, estate);
  expect(model.id).toBe('on-demand-2026-11-21T0700Z');
  expect(await ids()).toEqual([]);
});
