import { isDeepStrictEqual } from 'node:util';
import type { Finding } from '../model/finding.ts';
import { byFirstSeen, mergeFindings } from '../model/finding-merge.ts';
import type { FindingStore, Log } from '../ports.ts';
import { keyPart, literal, timeKey } from './keys.ts';
import { TABLES } from './names.ts';
import { changeProjected, type Projection } from './projected.ts';
import type { Storage } from './storage.ts';
import { type Key, openTable } from './table.ts';

/*
 * Partitions of the table:
 *   finding  one row per id: the row that rules
 *   seen     the same by the time to which the finding reaches, so that a span of days is one scan
 */
const PROJECTION: Projection<Finding> = {
  key: (id) => ({ partition: 'finding', row: keyPart(id) }),
  views: (finding) => [{ ...seenKey(finding), value: finding, columns: { firstAt: timeKey(finding.firstAt) } }],
  stale: (previous) => [seenKey(previous)],
};

export function createFindingStore(storage: Storage, log: Log): FindingStore {
  const table = openTable(storage, TABLES.findings, log);
  return {
    put: async (finding, options) => {
      const incoming = JSON.parse(JSON.stringify(finding)) as Finding;
      await changeProjected(
        table,
        PROJECTION,
        finding.id,
        (stored) => {
          const next = mergeFindings(stored, incoming);
          return { next: isDeepStrictEqual(stored, next) ? null : next };
        },
        options,
      );
    },
    during: async ({ start, end }, options) => {
      const filter = `RowKey ge ${literal(timeKey(start))} and firstAt lt ${literal(timeKey(end))}`;
      const found = new Map<string, Finding>();
      // Ascending by the time reached: of two copies that a crash left, the later one stays.
      for (const finding of await table.scan<Finding>('seen', filter, options)) found.set(finding.id, finding);
      return [...found.values()].sort(byFirstSeen);
    },
  };
}

function seenKey(finding: Finding): Key {
  return { partition: 'seen', row: `${timeKey(finding.lastAt)},${keyPart(finding.id)}` };
}
