import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/model/duration.ts';
import { RESPOND, ruleWorld, START } from '../support/rule-world.ts';

const NIGHTLY = `
  - alert: BackupMissed
    heartbeat: { id: [backup, copy], period: 1d, grace: 1h, maxRun: 2h }
    summary: "{{labels.heartbeat}} is {{details.status}}: {{details.why}} (last {{details.last}}) {{details.note}}"
    ${RESPOND}
`;

const beat = (minute: number, phase: 'start' | 'finish' | 'fail' = 'finish', id = 'backup') => ({
  id,
  phase,
  at: START + minute * MINUTE,
});

const told = (world: ReturnType<typeof ruleWorld>) =>
  world.told().map(({ kind, at, alert }) => [kind, (at - START) / MINUTE, alert.labels.heartbeat, alert.reason]);

async function world() {
  const made = ruleWorld(NIGHTLY);
  await made.heartbeats.record(beat(-60));
  await made.heartbeats.record(beat(-60, 'finish', 'copy'));
  await made.tick();
  return made;
}

describe('a heartbeat rule', () => {
  it('fires when a check-in is an hour late, and resolves when it comes after all', async () => {
    const one = await world();
    await one.heartbeats.record(beat(20 * 60, 'finish', 'copy'));
    await one.until(25 * HOUR, 10 * MINUTE);
    expect(told(one)).toEqual([['fired', 24 * 60, 'backup', 'overdue']]);
    expect(one.told()[0]?.alert.summary).toBe('backup is down: its check-in did not come (last 2026-11-20T11:00:00Z) ');
    await one.heartbeats.record(beat(25 * 60 + 5));
    await one.until(26 * HOUR, 10 * MINUTE);
    expect(told(one).slice(1)).toEqual([['resolved', 25 * 60 + 10, 'backup', 'recovered']]);
  });

  it('fires at once when the job says that it failed, with what it says', async () => {
    const one = await world();
    await one.heartbeats.record({ ...beat(3, 'fail'), note: 'disk full' });
    await one.until(10 * MINUTE);
    expect(told(one)).toEqual([['fired', 1, 'backup', 'failed']]);
    expect(one.told()[0]?.alert.summary).toContain('disk full');
  });

  it('fires when a run takes too long; another start does not end the alert, a finish does', async () => {
    const one = await world();
    await one.heartbeats.record(beat(0, 'start'));
    await one.until(3 * HOUR);
    expect(told(one)).toEqual([['fired', 120, 'backup', 'running too long']]);
    await one.heartbeats.record(beat(3 * 60, 'start'));
    await one.until(4 * HOUR);
    expect(told(one)).toHaveLength(1);
    await one.heartbeats.record(beat(4 * 60));
    await one.until(5 * HOUR);
    expect(told(one).slice(1)).toEqual([['resolved', 241, 'backup', 'recovered']]);
  });

  it('gives a job that never came a period and the grace', async () => {
    const one = ruleWorld(NIGHTLY);
    await one.heartbeats.record(beat(0, 'finish', 'copy'));
    await one.tick();
    await one.until(24 * HOUR, 10 * MINUTE);
    expect(told(one)).toEqual([]);
    await one.until(25 * HOUR, 10 * MINUTE);
    expect([...told(one)].sort()).toEqual([
      ['fired', 25 * 60, 'backup', 'overdue'],
      ['fired', 25 * 60, 'copy', 'overdue'],
    ]);
  });

  it('judges now, not every minute that a sleeping timer missed', async () => {
    const one = await world();
    one.clock.advance(3 * DAY);
    await one.heartbeats.record(beat(3 * 24 * 60 - 10));
    await one.heartbeats.record(beat(3 * 24 * 60 - 10, 'finish', 'copy'));
    await one.tick();
    expect(told(one)).toEqual([]);
  });
});
