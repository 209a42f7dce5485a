import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/model/audit.ts';
import type { AuditLog } from '../../src/ports.ts';
import { DAY, NOON } from '../support/samples.ts';

const entry = (id: string, at: number): AuditEntry => ({
  id,
  at,
  who: { name: 'kim', via: 'sign-in' },
  action: 'silence created',
  subject: 's1',
  before: null,
  after: { comment: 'load test' },
  outcome: 'done',
});

/** What every AuditLog does. `make` gives an empty one. */
export function auditLogContract(name: string, make: () => AuditLog): void {
  describe(`${name} keeps who did what`, () => {
    it('newest first, over the ends of months, within a window', async () => {
      const log = make();
      expect(await log.during({ start: 0, end: NOON })).toEqual([]);
      const times = [NOON - 70 * DAY, NOON - 31 * DAY, NOON - DAY, NOON];
      for (const [index, at] of times.entries()) await log.record(entry(`e${index}`, at));
      const ids = async (start: number, end: number) => (await log.during({ start, end })).map(({ id }) => id);
      expect(await ids(0, NOON + 1)).toEqual(['e3', 'e2', 'e1', 'e0']);
      expect(await ids(NOON - 31 * DAY, NOON)).toEqual(['e2', 'e1']);
    });

    it('for as long as it is to be kept', async () => {
      const log = make();
      await log.prune(NOON);
      const times = [NOON - 900 * DAY, NOON - 400 * DAY - 1, NOON - 400 * DAY, NOON];
      for (const [index, at] of times.entries()) await log.record(entry(`e${index}`, at));
      for (let n = 0; n < 120; n++) await log.record(entry(`old-${n}`, NOON - 500 * DAY + n));
      await Promise.all([log.prune(NOON - 400 * DAY), log.prune(NOON - 400 * DAY)]);
      expect((await log.during({ start: NOON - 1000 * DAY, end: NOON + 1 })).map(({ id }) => id)).toEqual(['e3', 'e2']);
    });

    it('once, however often the same line is written', async () => {
      const log = make();
      await log.record(entry('e', NOON));
      await log.record({ ...entry('e', NOON), outcome: 'failed' });
      expect(await log.during({ start: NOON, end: NOON + 1 })).toEqual([{ ...entry('e', NOON), outcome: 'failed' }]);
    });
  });
}
