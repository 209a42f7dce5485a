import type { AuditEntry } from '../model/audit.ts';
import { monthStart } from '../model/instant.ts';
import type { AuditLog, Log } from '../ports.ts';
import { keyPart, literal, timeKey } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

const LONGEST_MONTH = 31 * 86_400_000;

/** One row per entry, by time; a partition per month. */
export function createAuditLog(storage: Storage, log: Log): AuditLog {
  const table = openTable(storage, TABLES.audit, log);
  const month = (time: number): string => timeKey(monthStart(time));
  return {
    record: (entry, options) =>
      table.put({ partition: month(entry.at), row: `${timeKey(entry.at)},${keyPart(entry.id)}`, value: entry }, options),
    during: async ({ start, end }, options) => {
      const months = new Set<string>();
      for (let time = monthStart(start); time < end; time = monthStart(time + LONGEST_MONTH)) months.add(month(time));
      const filter = `RowKey ge ${literal(timeKey(start))} and RowKey lt ${literal(timeKey(end))}`;
      const found = await Promise.all([...months].map((each) => table.scan<AuditEntry>(each, filter, options)));
      return found.flat().reverse();
    },
    prune: (time, options) =>
      table.clear(`PartitionKey le ${literal(month(time))} and RowKey lt ${literal(timeKey(time))}`, options),
  };
}
