import { describe, expect, it } from 'vitest';
import { homeOf } from '../../src/model/alert-home.ts';
import type { AlertStore } from '../../src/ports.ts';
import { DAY, fired, HOUR, MINUTE, NOON, resolved, sampleAlert } from '../support/samples.ts';

/** What every AlertStore does. `make` gives an empty one. */
export function alertStoreContract(name: string, make: () => AlertStore): void {
  describe(`${name} keeps alerts`, () => {
    it('knows nothing at first', async () => {
      const store = make();
      expect(await store.get('unknown')).toBeNull();
      expect(await store.open()).toEqual([]);
      expect(await store.ofGroup('unknown', NOON)).toEqual([]);
      expect(await store.during({ start: 0, end: NOON })).toEqual([]);
    });

    it('keeps who takes care of an episode while it fires, and for no other', async () => {
      const store = make();
      const alert = sampleAlert('a');
      const line = { at: NOON, what: 'acknowledged', reason: 'kim', value: null } as const;
      const care = { by: 'kim', comment: 'on it', at: NOON, until: null, severity: alert.severity, level: 0 };
      expect(await store.acknowledge(alert, care, line)).toBe(false);
      await store.apply(fired(alert), ['g']);
      expect(await store.acknowledge({ ...alert, startsAt: alert.startsAt - 1 }, care, line)).toBe(false);
      expect(await store.acknowledge(alert, care, line)).toBe(true);
      expect((await store.open())[0]?.acknowledgement).toEqual(care);
      expect((await store.ofGroup('g', NOON))[0]?.acknowledgement).toEqual(care);
      expect(await store.acknowledge(alert, null, { ...line, what: 'unacknowledged' })).toBe(true);
      expect((await store.get(alert.fingerprint))?.acknowledgement).toBeUndefined();
      expect((await store.get(alert.fingerprint))?.history.map(({ what }) => what)).toEqual(
        expect.arrayContaining(['fired', 'acknowledged', 'unacknowledged']),
      );
      await store.apply(resolved(alert, NOON + MINUTE), ['g']);
      expect(await store.acknowledge(alert, care, line)).toBe(false);
    });

    it('gives back what fired, with a line of history', async () => {
      const store = make();
      const alert = sampleAlert('chat');
      expect(await store.apply(fired(alert), ['g1'])).toBe(true);
      const line = { at: NOON, what: 'fired', reason: 'breach', value: 0.25 };
      expect(await store.get(alert.fingerprint)).toEqual({ ...alert, history: [line] });
      expect(await store.open()).toEqual([{ ...alert, history: [line] }]);
    });

    it('applies a transition once', async () => {
      const store = make();
      const alert = sampleAlert('chat');
      await store.apply(fired(alert), ['g1']);
      await store.apply(resolved(alert, NOON + 5 * MINUTE), ['g1']);
      expect(await store.apply(resolved(alert, NOON + 5 * MINUTE), ['g1'])).toBe(false);
      expect(await store.apply(fired(alert), ['g1'])).toBe(false);
      expect((await store.get(alert.fingerprint))?.history.map((line) => line.what)).toEqual(['fired', 'resolved']);
      expect(await store.open()).toEqual([]);
    });

    it('ignores a transition older than what it knows', async () => {
      const store = make();
      const alert = sampleAlert('chat');
      expect(await store.apply(resolved(alert, NOON + 5 * MINUTE), ['g1'])).toBe(true);
      expect(await store.apply(fired(alert), ['g1'])).toBe(false);
      expect((await store.get(alert.fingerprint))?.status).toBe('resolved');
      expect(await store.open()).toEqual([]);
    });

    it('does not fire again by a firing that comes after the end of the same instant', async () => {
      const store = make();
      const alert = sampleAlert('chat');
      await store.apply(resolved(alert, NOON, NOON), ['g1']);
      expect(await store.apply(fired(alert), ['g1'])).toBe(false);
      expect(await store.open()).toEqual([]);
    });

    it('lists open alerts most severe first, then newest', async () => {
      const store = make();
      const worst = sampleAlert('worst', { severity: 0, startsAt: NOON - HOUR });
      const newer = sampleAlert('newer', { severity: 2, startsAt: NOON });
      const older = sampleAlert('older', { severity: 2, startsAt: NOON - MINUTE });
      for (const alert of [older, worst, newer]) await store.apply(fired(alert), ['g1']);
      expect((await store.open()).map((alert) => alert.labels.ModelDeploymentName)).toEqual(['worst', 'newer', 'older']);
    });

    it('gives the alerts of a group: those that fire, and those that ended within a quarter of an hour', async () => {
      const store = make();
      const [firing, ended, elsewhere] = [sampleAlert('firing'), sampleAlert('ended'), sampleAlert('elsewhere')];
      await store.apply(fired(firing), ['g1']);
      await store.apply(fired(ended), ['g1']);
      await store.apply(fired(elsewhere), ['g11']);
      const end = NOON + 5 * MINUTE;
      await store.apply(resolved(ended, end), ['g1']);
      const names = async (now: number) =>
        (await store.ofGroup('g1', now)).map((alert) => alert.labels.ModelDeploymentName).sort();
      expect(await names(end)).toEqual(['ended', 'firing']);
      expect(await names(end + 15 * MINUTE - 1)).toEqual(['ended', 'firing']);
      expect(await names(end + 15 * MINUTE)).toEqual(['firing']);
      const homes = [...new Set([firing, ended, elsewhere].map(homeOf))];
      expect(await store.ofGroup('g1', end, { homes })).toEqual(await store.ofGroup('g1', end));
      expect(await store.ofGroup('g1', end + 15 * MINUTE, { homes })).toEqual(await store.ofGroup('g1', end + 15 * MINUTE));
      expect(await store.ofGroup('g1', end, { homes: ['elsewhere'] })).toEqual([]);
    });

    it('counts the quarter of an hour from when the end became known, because data are read late', async () => {
      const store = make();
      const alert = sampleAlert('late');
      await store.apply(fired(alert), ['g1']);
      await store.apply(resolved(alert, NOON + MINUTE, NOON + 40 * MINUTE), ['g1']);
      expect(await store.ofGroup('g1', NOON + 50 * MINUTE)).toHaveLength(1);
      expect(await store.ofGroup('g1', NOON + 55 * MINUTE)).toHaveLength(0);
    });

    it('gives one alert per series of a group although an earlier episode has just ended', async () => {
      const store = make();
      const first = sampleAlert('chat');
      const second = sampleAlert('chat', { startsAt: NOON + 8 * MINUTE });
      await store.apply(fired(first), ['g1']);
      await store.apply(resolved(first, NOON + 5 * MINUTE), ['g1']);
      await store.apply(fired(second), ['g1']);
      const alerts = await store.ofGroup('g1', NOON + 9 * MINUTE);
      expect(alerts.map((alert) => [alert.status, alert.startsAt])).toEqual([['firing', NOON + 8 * MINUTE]]);
      expect(alerts[0]?.history.map((line) => line.at)).toEqual([NOON + 8 * MINUTE]);
    });

    it('moves an alert whose group has changed', async () => {
      const store = make();
      const alert = sampleAlert('chat');
      await store.apply(fired(alert), ['g1']);
      const corrected = { ...fired(alert, NOON + MINUTE), id: 'correction', kind: 'corrected' as const };
      expect(await store.apply(corrected, ['g2'])).toBe(true);
      expect(await store.ofGroup('g1', NOON + MINUTE)).toEqual([]);
      expect(await store.ofGroup('g2', NOON + MINUTE)).toHaveLength(1);
      expect(await store.open()).toHaveLength(1);
    });

    it('lists every episode of a span, oldest first, each once', async () => {
      const store = make();
      const before = sampleAlert('before', { startsAt: NOON - 3 * DAY });
      const across = sampleAlert('across', { startsAt: NOON - 2 * DAY });
      const twice = sampleAlert('twice', { startsAt: NOON - HOUR });
      const again = { ...twice, startsAt: NOON };
      for (const alert of [before, across, twice]) await store.apply(fired(alert), ['g1']);
      await store.apply(resolved(before, NOON - 2 * DAY), ['g1']);
      await store.apply(resolved(twice, NOON - 30 * MINUTE), ['g1']);
      await store.apply(fired(again), ['g1']);
      const episodes = await store.during({ start: NOON - DAY, end: NOON + HOUR });
      expect(episodes.map((alert) => [alert.labels.ModelDeploymentName, alert.startsAt, alert.endsAt])).toEqual([
        ['across', NOON - 2 * DAY, null],
        ['twice', NOON - HOUR, NOON - 30 * MINUTE],
        ['twice', NOON, null],
      ]);
    });

    it('takes an episode as half open: firing at its start, not at its end', async () => {
      const store = make();
      const alert = sampleAlert('chat');
      await store.apply(fired(alert), ['g1']);
      await store.apply(resolved(alert, NOON + HOUR), ['g1']);
      expect(await store.during({ start: NOON - HOUR, end: NOON })).toHaveLength(0);
      expect(await store.during({ start: NOON, end: NOON + 1 })).toHaveLength(1);
      expect(await store.during({ start: NOON + HOUR - 1, end: NOON + DAY })).toHaveLength(1);
      expect(await store.during({ start: NOON + HOUR, end: NOON + DAY })).toHaveLength(0);
    });

    it('ends an episode on record when the next begins, and keeps its own end when that comes late', async () => {
      const store = make();
      const first = sampleAlert('chat');
      const second = sampleAlert('chat', { startsAt: NOON + HOUR });
      await store.apply(fired(first), ['g1']);
      await store.apply(fired(second), ['g1']);
      const ends = async () => (await store.during({ start: NOON, end: NOON + DAY })).map((alert) => alert.endsAt);
      expect(await ends()).toEqual([NOON + HOUR, null]);
      expect(await store.apply(resolved(first, NOON + 20 * MINUTE), ['g1'])).toBe(false);
      expect(await ends()).toEqual([NOON + 20 * MINUTE, null]);
      expect((await store.get(first.fingerprint))?.startsAt).toBe(NOON + HOUR);
    });

    it('corrects the end of an episode in its place', async () => {
      const store = make();
      const alert = sampleAlert('chat');
      await store.apply(fired(alert), ['g1']);
      await store.apply(resolved(alert, NOON + HOUR), ['g1']);
      const correction = { ...resolved(alert, NOON + 2 * HOUR), id: 'correction', kind: 'corrected' as const };
      expect(await store.apply(correction, ['g1'])).toBe(true);
      const episodes = await store.during({ start: NOON, end: NOON + DAY });
      expect(episodes.map((one) => one.endsAt)).toEqual([NOON + 2 * HOUR]);
      expect(episodes[0]?.history.map((line) => line.what)).toEqual(['fired', 'resolved', 'corrected']);
    });

    it('adds a line to the history, once, to the episode that it came in', async () => {
      const store = make();
      const alert = sampleAlert('chat');
      await store.apply(fired(alert), ['g1']);
      const line = { at: NOON + MINUTE, what: 'notified' as const, reason: 'first', value: null };
      await store.noteGroup('g1', [alert.fingerprint], line);
      await store.noteGroup('g1', [alert.fingerprint], line);
      expect((await store.get(alert.fingerprint))?.history.slice(1)).toEqual([line]);
      await store.apply(resolved(alert, NOON + HOUR), ['g1']);
      await store.noteGroup('g1', [alert.fingerprint], { ...line, at: NOON + 2 * HOUR });
      const [episode] = await store.during({ start: NOON, end: NOON + DAY });
      expect(episode?.history.map((one) => one.what)).toEqual(['fired', 'notified', 'resolved', 'notified']);
      expect(await store.open()).toEqual([]);
    });

    it('adds a line to all alerts of a group at once, to the episode that it was about', async () => {
      const store = make();
      const [chat, batch] = [sampleAlert('chat'), sampleAlert('batch')];
      for (const alert of [chat, batch]) await store.apply(fired(alert), ['g1']);
      const line = { at: NOON + MINUTE, what: 'notified' as const, reason: 'chat: first', value: null };
      for (const _ of [1, 2]) await store.noteGroup('g1', [chat.fingerprint, batch.fingerprint], line);
      await store.apply(resolved(chat, NOON + HOUR), ['g1']);
      await store.apply(fired(sampleAlert('chat', { startsAt: NOON + 2 * HOUR })), ['g1']);
      expect((await store.get(batch.fingerprint))?.history.slice(1)).toEqual([line]);
      const episodes = await store.during({ start: NOON, end: NOON + DAY });
      const whats = episodes.map(({ labels, history }) => [labels.ModelDeploymentName, ...history.map(({ what }) => what)]);
      expect(whats.sort((a, b) => a.length - b.length)).toEqual([
        ['chat', 'fired'],
        ['batch', 'fired', 'notified'],
        ['chat', 'fired', 'notified', 'resolved'],
      ]);
    });

    it('forgets lines of groups that are older than they are kept, and nothing else', async () => {
      const store = make();
      const chat = sampleAlert('chat');
      await store.forgetNotes(NOON);
      await store.apply(fired(chat), ['g1']);
      for (const at of [NOON + MINUTE, NOON + HOUR])
        await store.noteGroup('g1', [chat.fingerprint], { at, what: 'notified', reason: 'chat: first', value: null });
      await store.forgetNotes(NOON + HOUR);
      expect((await store.get(chat.fingerprint))?.history.map(({ at, what }) => [at - NOON, what])).toEqual([
        [0, 'fired'],
        [HOUR, 'notified'],
      ]);
    });

    it('applies many at once, those that it knows too', async () => {
      const store = make();
      const all = Array.from({ length: 250 }, (_, n) => sampleAlert(`d${n}`));
      const [known] = all;
      if (known === undefined) throw new Error('no alert');
      await store.apply(fired(known), ['g1']);
      await store.apply(resolved(known, NOON + MINUTE), ['g1']);
      const changes = all.map((alert) => ({ transition: fired(alert), groups: ['g1'] }));
      expect(await store.applyAll(changes)).toBe(249);
      expect(await store.applyAll(changes)).toBe(0);
      expect(await store.open()).toHaveLength(249);
      expect((await store.get(known.fingerprint))?.status).toBe('resolved');
    });

    it('ignores a line for an alert it does not know', async () => {
      const store = make();
      await store.noteGroup('g1', ['unknown'], { at: NOON, what: 'notified', reason: 'first', value: null });
      expect(await store.get('unknown')).toBeNull();
    });

    it('moves an alert that it knows to other groups, and no other', async () => {
      const store = make();
      const [chat, unknown] = [sampleAlert('chat'), sampleAlert('unknown')];
      await store.apply(fired(chat), ['g1', 'g2']);
      for (const alert of [chat, unknown]) await store.regroup(alert, ['g2', 'g3']);
      const members = async (group: string) => (await store.ofGroup(group, NOON)).map(({ fingerprint }) => fingerprint);
      expect(await Promise.all(['g1', 'g2', 'g3'].map(members))).toEqual([[], [chat.fingerprint], [chat.fingerprint]]);
      expect(await store.open()).toHaveLength(1);
    });

    it('gives several at once, of each the newest episode', async () => {
      const store = make();
      const [chat, batch] = [sampleAlert('chat'), sampleAlert('batch')];
      await store.apply(fired(chat), ['g1']);
      await store.apply(resolved(chat, NOON + MINUTE), ['g1']);
      await store.apply(fired({ ...chat, startsAt: NOON + HOUR }), ['g1']);
      await store.apply(fired(batch), ['g2']);
      const found = await store.several([chat.fingerprint, 'unknown', batch.fingerprint]);
      expect(found.map(({ labels, startsAt }) => [labels.ModelDeploymentName, startsAt]).sort()).toEqual([
        ['batch', NOON],
        ['chat', NOON + HOUR],
      ]);
      expect(await store.several([])).toEqual([]);
    });

    it('remembers what resolved long ago: its episode, its end, and that it must not fire again by an old message', async () => {
      const store = make();
      const [old, later] = [sampleAlert('old'), sampleAlert('later', { startsAt: NOON + DAY })];
      const [start, end] = [fired(old), resolved(old, NOON + HOUR)];
      for (const transition of [start, end, fired(later, NOON + DAY)]) await store.apply(transition, ['g1']);
      for (const again of [start, end]) expect(await store.apply(again, ['g1'])).toBe(false);
      expect((await store.get(old.fingerprint))?.endsAt).toBe(NOON + HOUR);
      expect(await store.several([old.fingerprint])).toHaveLength(1);
      expect(await store.open()).toHaveLength(1);
      const correction = { ...resolved(old, NOON + 2 * HOUR, NOON + 2 * DAY), id: 'correction', kind: 'corrected' as const };
      expect(await store.apply(correction, ['g1'])).toBe(true);
      await store.apply(fired({ ...old, startsAt: NOON + 3 * DAY }, NOON + 3 * DAY), ['g1']);
      const episodes = await store.during({ start: NOON, end: NOON + 4 * DAY });
      expect(episodes.map(({ startsAt, endsAt }) => [startsAt, endsAt])).toEqual([
        [NOON, NOON + 2 * HOUR],
        [NOON + DAY, null],
        [NOON + 3 * DAY, null],
      ]);
      expect(episodes[0]?.history.map(({ what }) => what)).toEqual(['fired', 'resolved', 'corrected']);
    });

    it('keeps every change of concurrent writers', async () => {
      const store = make();
      const alert = sampleAlert('chat');
      const others = Array.from({ length: 30 }, (_, n) => sampleAlert(`other ${n}`));
      await store.apply(fired(alert), ['g1']);
      const care = { by: 'kim', comment: '', at: NOON, until: null, severity: alert.severity, level: 0 };
      const lines = [1, 2, 3, 4].map((n) => ({ at: NOON + n, what: 'acknowledged' as const, reason: `kim ${n}`, value: null }));
      const changed = await Promise.all([
        ...lines.map((line) => store.acknowledge(alert, care, line)),
        ...others.map((other) => store.apply(fired(other), ['g1'])),
      ]);
      expect(changed).not.toContain(false);
      expect(await Promise.all([1, 2].map(() => store.apply(resolved(alert, NOON + HOUR), ['g1'])))).toContain(true);
      const whats = (await store.get(alert.fingerprint))?.history.map((line) => `${line.what} ${line.reason}`);
      expect(whats?.slice(1, -1)).toEqual(lines.map(({ what, reason }) => `${what} ${reason}`));
      expect(await store.open()).toHaveLength(others.length);
      expect(await store.during({ start: NOON, end: NOON + DAY })).toHaveLength(others.length + 1);
    });

    it('holds large alerts with any characters', async () => {
      const store = make();
      const points = Array.from({ length: 5_000 }, (_, n) => ({ at: NOON + n * 7_919, value: Math.sin(n) * 1e6 }));
      const alert = sampleAlert('größe/Ünï #1?', { evidence: { points, threshold: null, unit: 'number' }, summary: '警报 🔔' });
      await store.apply(fired(alert), ['a group / with # odd ? characters']);
      expect((await store.get(alert.fingerprint))?.evidence.points).toEqual(points);
      expect(await store.ofGroup('a group / with # odd ? characters', NOON)).toMatchObject([{ summary: '警报 🔔' }]);
    });

    it('stops when it is told to', async () => {
      const signal = AbortSignal.abort();
      await expect(make().apply(fired(sampleAlert('chat')), ['g1'], { signal })).rejects.toMatchObject({ name: 'AbortError' });
    });
  });
}
