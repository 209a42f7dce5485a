import type { NotificationRecord } from '../model/notification.ts';
import type { Log, NotificationLog } from '../ports.ts';
import { keyOf, literal, timeKey } from './keys.ts';
import { TABLES } from './names.ts';
import type { Storage } from './storage.ts';
import { openTable } from './table.ts';

/** One row per group and receiver, all in one partition, with the time of the next try as a column. */
export function createNotificationLog(storage: Storage, log: Log): NotificationLog {
  const table = openTable(storage, TABLES.notifications, log);
  const rewrite: NotificationLog['rewrite'] = (next, version, options) => {
    const columns = next.pending === null ? {} : { tryAt: timeKey(next.pending.nextTryAt) };
    return table.rewrite({ ...keyFor(next.group, next.receiver), value: next, columns }, version, options);
  };
  const keyFor = (group: string, receiver: string) => ({ partition: 'record', row: keyOf(group, receiver) });
  return {
    read: async (group, receiver, options) => {
      const stored = await table.get<NotificationRecord>(keyFor(group, receiver), options);
      return { value: stored?.value ?? null, version: stored?.version ?? null };
    },
    replace: async (next, version, options) => (await rewrite(next, version, options)) !== null,
    rewrite,
    // A row without the column meets no comparison.
    overdue: (time, options) => table.scan<NotificationRecord>('record', `tryAt lt ${literal(timeKey(time))}`, options),
    all: (options) => table.scan<NotificationRecord>('record', undefined, options),
  };
}
