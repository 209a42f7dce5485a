import { describe, expect, it } from 'vitest';
import { knownSilences, SILENCES_KNOWN_AFTER } from '../../src/app/known-silences.ts';
import { allSilences, expireSilence, type SilenceDraft, saveSilence } from '../../src/app/silences.ts';
import type { Actor } from '../../src/model/access.ts';
import { DAY, HOUR } from '../../src/model/duration.ts';
import type { Silence } from '../../src/model/silence.ts';
import { FakeClock, MemoryAuditLog, MemorySilenceStore } from '../support/memory/index.ts';
import { sampleSilence } from '../support/samples.ts';

const NOW = Date.parse('2026-11-21T08:00:00Z');
const kim: Actor = { name: 'kim', via: 'sign-in', role: 'responder' };
const root: Actor = { name: 'root', via: 'sign-in', role: 'admin' };

function make(declared: readonly Silence[] = []) {
  const clock = new FakeClock(NOW);
  const silences = new MemorySilenceStore();
  const audit = new MemoryAuditLog();
  return { clock, silences, audit, declared };
}

const draft = (fields: Partial<SilenceDraft> = {}): SilenceDraft => ({
  id: null,
  matchers: [[{ name: 'alertname', op: '=', value: 'Slow' }]],
  resources: [],
  author: 'kim',
  comment: 'load test',
  startsAt: NOW,
  endsAt: NOW + HOUR,
  recurrence: null,
  ...fields,
});

const trail = async ({ audit }: { readonly audit: MemoryAuditLog }) =>
  (await audit.during({ start: 0, end: Number.MAX_SAFE_INTEGER })).map(({ who, action, before, after, outcome }) => ({
    who: who.name,
    action,
    before: (before as Silence | null)?.endsAt ?? null,
    after: (after as Silence | null)?.endsAt ?? null,
    outcome,
  }));

describe('a silence', () => {
  it('is created, changed and expired, each with its line in the audit trail', async () => {
    const deps = make();
    const { id } = await saveSilence(draft(), kim, deps);
    deps.clock.set(NOW + 1_000);
    expect(await saveSilence(draft({ id, endsAt: NOW + 2 * HOUR }), kim, deps)).toMatchObject({ id, endsAt: NOW + 2 * HOUR });
    deps.clock.set(NOW + 2_000);
    await expireSilence(id, root, deps);
    await expireSilence(id, root, deps);
    expect((await deps.silences.read(id)).value?.endsAt).toBe(NOW + 2_000);
    expect(await trail(deps)).toEqual([
      { who: 'root', action: 'silence expired', before: NOW + 2 * HOUR, after: NOW + 2_000, outcome: 'done' },
      { who: 'kim', action: 'silence changed', before: NOW + HOUR, after: NOW + 2 * HOUR, outcome: 'done' },
      { who: 'kim', action: 'silence created', before: null, after: NOW + HOUR, outcome: 'done' },
    ]);
  });

  it('is replaced by a new one where the change would rewrite the past', async () => {
    const deps = make();
    const { id } = await saveSilence(draft(), kim, deps);
    deps.clock.set(NOW + HOUR / 2);
    const other = await saveSilence(draft({ id, matchers: [[{ name: 'alertname', op: '=', value: 'Other' }]] }), kim, deps);
    expect(other.id).not.toBe(id);
    expect((await deps.silences.read(id)).value?.endsAt).toBe(NOW + HOUR / 2);
    expect(other.startsAt).toBe(NOW + HOUR / 2);
  });

  it.each<[string, Partial<SilenceDraft>]>([
    ['no comment', { comment: ' ' }],
    ['neither matchers nor resources', { matchers: [] }],
    ['matchers that fit an alert without labels', { matchers: [[{ name: 'alertname', op: '=~', value: '.*' }]] }],
    ['an expression that is none', { matchers: [[{ name: 'alertname', op: '=~', value: '(' }]] }],
    ['an end before its start', { startsAt: NOW + HOUR, endsAt: NOW + 1 }],
    ['an end in the past', { startsAt: NOW - HOUR, endsAt: NOW }],
    ['a resource that is none', { resources: ['rg-prod'] }],
    ['a time that is none', { startsAt: Number.NaN }],
    ['a cron expression that is none', { recurrence: { cron: '99 * * * *', zone: 'UTC', duration: HOUR } }],
    ['a zone that is none', { recurrence: { cron: '0 2 * * 0', zone: 'Mars/Base', duration: HOUR } }],
  ])('with %s is refused, and nothing is written', async (_name, fields) => {
    const deps = make();
    await expect(saveSilence(draft(fields), root, deps)).rejects.toThrow('TCN-H010');
    expect([await deps.silences.all(), await trail(deps)]).toEqual([[], []]);
  });

  it('of more than 30 days takes an admin', async () => {
    const deps = make();
    const long = draft({ endsAt: NOW + 31 * DAY });
    await expect(saveSilence(long, kim, deps)).rejects.toThrow('TCN-H002');
    await expect(saveSilence(draft({ endsAt: null }), kim, deps)).rejects.toThrow('TCN-H002');
    await saveSilence(long, root, deps);
  });

  it('of tocsin.yaml is listed and changes only there', async () => {
    const declared = sampleSilence('patching', { declared: true });
    const deps = make([declared]);
    expect(await allSilences(deps)).toEqual([declared]);
    await expect(expireSilence('patching', root, deps)).rejects.toThrow('TCN-H011');
    await expect(saveSilence(draft({ id: 'patching' }), root, deps)).rejects.toThrow('TCN-H011');
    await expect(expireSilence('unknown', root, deps)).rejects.toThrow('TCN-H001');
  });

  it('is not written where the audit trail cannot be, and a write that fails is on record as such', async () => {
    const deps = make();
    deps.audit.failNext('record', new Error('audit is down'));
    await expect(saveSilence(draft(), kim, deps)).rejects.toThrow('audit is down');
    expect(await deps.silences.all()).toEqual([]);
    deps.silences.failNext('replace', new Error('silences are down'));
    await expect(saveSilence(draft(), kim, deps)).rejects.toThrow('silences are down');
    expect((await trail(deps)).map(({ outcome }) => outcome)).toEqual(['failed']);
  });
});

describe('what flushes know of silences', () => {
  it('is read once in ten seconds, is never older, and has at once what this worker wrote', async () => {
    const clock = new FakeClock(NOW);
    const store = new MemorySilenceStore();
    const known = knownSilences(store, clock);
    expect(await known.all()).toEqual([]);
    await store.replace(sampleSilence('of another worker'), null);
    clock.set(NOW + SILENCES_KNOWN_AFTER - 1);
    expect(await known.all()).toEqual([]);
    clock.set(NOW + SILENCES_KNOWN_AFTER);
    expect(await known.all()).toHaveLength(1);
    await known.replace(sampleSilence('mine'), null);
    expect(await known.all()).toHaveLength(2);
  });

  it('is asked for again after a reading that failed', async () => {
    const store = new MemorySilenceStore();
    const known = knownSilences(store, new FakeClock(NOW));
    store.failNext('all', new Error('down'));
    const both = await Promise.allSettled([known.all(), known.all()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await known.all()).toEqual([]);
  });
});
