import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GroupSnapshot, shouldNotify, snapshotOf } from '../../src/alerts/should-notify.ts';
import type { SentEntry } from '../../src/model/notification.ts';
import { alertOf, resolved } from './make.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const POLICY = { sendResolved: true, repeatInterval: 4 * 3_600_000 };

const snapshot = (firing: readonly string[], gone: readonly string[] = []): GroupSnapshot => ({
  firing: new Set(firing),
  resolved: new Set(gone),
});
const told = (firing: readonly string[], gone: readonly string[] = [], age = 60_000): SentEntry => ({
  id: 'msg_1',
  at: NOW - age,
  firing,
  resolved: gone,
});

describe('whether a receiver must be told', () => {
  it('says what fires to one that was never told', () => {
    expect(shouldNotify(snapshot(['a']), null, POLICY, NOW)).toBe('first');
  });

  it('says nothing of what resolved before anybody was told', () => {
    expect(shouldNotify(snapshot([], ['a']), null, POLICY, NOW)).toBeNull();
  });

  it('says that another alert fires, also when one resolved at the same time', () => {
    expect(shouldNotify(snapshot(['a', 'b']), told(['a']), POLICY, NOW)).toBe('newly firing');
    expect(shouldNotify(snapshot(['b'], ['a']), told(['a']), POLICY, NOW)).toBe('newly firing');
  });

  it('says that one resolved while another still fires, only to receivers that want it', () => {
    expect(shouldNotify(snapshot(['b'], ['a']), told(['a', 'b']), POLICY, NOW)).toBe('newly resolved');
    expect(shouldNotify(snapshot(['b'], ['a']), told(['a', 'b']), { ...POLICY, sendResolved: false }, NOW)).toBeNull();
    expect(shouldNotify(snapshot(['b'], ['a']), told(['b'], ['a']), POLICY, NOW)).toBeNull();
  });

  it('says once that all resolved', () => {
    expect(shouldNotify(snapshot([], ['a']), told(['a']), POLICY, NOW)).toBe('all resolved');
    expect(shouldNotify(snapshot([], ['a']), told([], ['a']), POLICY, NOW)).toBeNull();
    expect(shouldNotify(snapshot([], ['b']), told([], ['a'], 5 * 3_600_000), POLICY, NOW)).toBeNull();
  });

  it('reminds when the repeat interval has passed, inclusively', () => {
    expect(shouldNotify(snapshot(['a']), told(['a'], [], POLICY.repeatInterval - 1), POLICY, NOW)).toBeNull();
    expect(shouldNotify(snapshot(['a']), told(['a'], [], POLICY.repeatInterval), POLICY, NOW)).toBe('repeat due');
  });

  it('takes a new episode of an alert that was told for a newly firing one', () => {
    const first = alertOf('chat');
    const again = { ...first, startsAt: first.startsAt + 3_600_000 };
    const entry = told([...snapshotOf([first], NOW).firing]);
    expect(shouldNotify(snapshotOf([first], NOW), entry, POLICY, NOW)).toBeNull();
    expect(shouldNotify(snapshotOf([again], NOW), entry, POLICY, NOW)).toBe('newly firing');
    expect(shouldNotify(snapshotOf([resolved(first, NOW)], NOW), entry, POLICY, NOW)).toBe('all resolved');
  });
});

const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));

describe('the decision, whatever the sets', () => {
  it('is null right after exactly that was told', () => {
    fc.assert(
      fc.property(names, names, fc.boolean(), (firing, gone, sendResolved) => {
        const group = snapshot(firing, gone);
        expect(shouldNotify(group, told(firing, gone, 0), { ...POLICY, sendResolved }, NOW)).toBeNull();
      }),
    );
  });

  it('never tells a receiver of nothing: something fires, or something fired for it', () => {
    fc.assert(
      fc.property(
        names,
        names,
        fc.option(fc.tuple(names, names, fc.nat(10 * 3_600_000)), { nil: null }),
        (firing, gone, entry) => {
          const sent = entry === null ? null : told(...entry);
          const reason = shouldNotify(snapshot(firing, gone), sent, POLICY, NOW);
          if (reason !== null) expect(firing.length + (sent?.firing.length ?? 0)).toBeGreaterThan(0);
        },
      ),
    );
  });
});

interface DedupCase {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly given: {
    readonly entry: { readonly firing?: number[]; readonly resolved?: number[]; readonly age_s?: number } | null;
    readonly firing: number[];
    readonly resolved: number[];
    readonly repeat_interval_s: number;
    readonly send_resolved: boolean;
  };
  readonly expect: { readonly notify: boolean };
}

const cases = new URL('../../../shared/alerting/cases/', import.meta.url);
const wanted = existsSync(cases) || process.env.CI !== undefined;

describe.runIf(wanted)("Alertmanager's own decisions (skipped without ../shared/alerting)", () => {
  const files = wanted ? readdirSync(cases) : [];
  const all = files.map((file) => JSON.parse(readFileSync(new URL(file, cases), 'utf8')) as DedupCase);
  it.each(all.filter((each) => each.kind === 'dedup-decision'))('$id: $title', ({ given, expect: theirs }) => {
    const sent =
      given.entry === null
        ? null
        : told((given.entry.firing ?? []).map(String), (given.entry.resolved ?? []).map(String), (given.entry.age_s ?? 0) * 1000);
    const policy = { sendResolved: given.send_resolved, repeatInterval: given.repeat_interval_s * 1000 };
    const reason = shouldNotify(snapshot(given.firing.map(String), given.resolved.map(String)), sent, policy, NOW);
    expect(reason !== null).toBe(theirs.notify);
  });
});
