import type { ShardBaseline } from '../../model/baseline.ts';
import type { EvaluationEntry } from '../../model/evaluation-log.ts';
import type { Finding } from '../../model/finding.ts';
import { byFirstSeen, mergeFindings } from '../../model/finding-merge.ts';
import type { Group, NotificationRecord } from '../../model/notification.ts';
import type { ShardState } from '../../model/state.ts';
import type {
  BaselineStore,
  EvaluationLog,
  EvaluationStore,
  FindingStore,
  GroupStore,
  NotificationLog,
  SentArchive,
  SilenceStore,
  TickRecord,
  TickStore,
} from '../../ports.ts';
import { versionedValues } from './versioned.ts';

/* The stores of the product in memory, for one process that has nobody to race with. */

export function offlineStates(): EvaluationStore {
  const states = versionedValues<ShardState>();
  return {
    read: async (key) => states.get(`${key.rule}\n${key.shard}`),
    replace: async (key, next, version) => states.replace(`${key.rule}\n${key.shard}`, next, version),
  };
}

export function offlineBaselines(): BaselineStore {
  const baselines = versionedValues<ShardBaseline>();
  return {
    read: async (key) => baselines.get(`${key.rule}\n${key.shard}`),
    replace: async (key, next, version) => baselines.replace(`${key.rule}\n${key.shard}`, next, version),
  };
}

export function offlineTicks(): TickStore {
  const ticks = versionedValues<TickRecord>();
  return {
    read: async () => ticks.get('tick'),
    replace: async (next, version) => ticks.replace('tick', next, version),
  };
}

export function offlineGroups(): GroupStore {
  const groups = versionedValues<Group>();
  return {
    read: async (key) => groups.get(key),
    replace: async (next, version) => groups.replace(next.key, next, version),
    overdue: async (time) => groups.values().filter(({ nextFlushAt }) => nextFlushAt !== null && nextFlushAt < time),
  };
}

/** What would have been sent is asked without the silences of the time, which were about that time. */
export const NO_SILENCES: SilenceStore = {
  all: async () => [],
  read: async () => ({ value: null, version: null }),
  replace: async () => false,
  prune: async () => {},
};

export function offlineNotificationLog(): NotificationLog {
  const records = versionedValues<NotificationRecord>();
  const nameOf = ({ group, receiver }: Pick<NotificationRecord, 'group' | 'receiver'>): string => `${group}\n${receiver}`;
  return {
    read: async (group, receiver) => records.get(nameOf({ group, receiver })),
    replace: async (next, version) => records.replace(nameOf(next), next, version),
    rewrite: async (next, version) => (records.replace(nameOf(next), next, version) ? records.get(nameOf(next)).version : null),
    overdue: async (time) => records.values().filter(({ pending }) => pending !== null && pending.nextTryAt < time),
    all: async () => records.values(),
  };
}

/** Bodies are read once, when they are sent; nobody looks at them afterwards. */
export function offlineSentArchive(): SentArchive {
  const bodies = new Map<string, string>();
  return {
    put: async (id, body) => {
      if (!bodies.has(id)) bodies.set(id, body);
    },
    get: async (id) => {
      const body = bodies.get(id) ?? null;
      bodies.delete(id);
      return body;
    },
  };
}

export function offlineFindings(): FindingStore {
  const findings = new Map<string, Finding>();
  return {
    put: async (finding) => void findings.set(finding.id, mergeFindings(findings.get(finding.id) ?? null, finding)),
    during: async ({ start, end }) =>
      [...findings.values()].filter(({ firstAt, lastAt }) => firstAt < end && lastAt >= start).sort(byFirstSeen),
  };
}

/** The newest entry of every rule and shard; earlier ones go to `onEntry` only. */
export function offlineEvaluationLog(onEntry: (entry: EvaluationEntry) => void): EvaluationLog {
  const newest = new Map<string, EvaluationEntry>();
  return {
    record: async (entry) => {
      newest.set(`${entry.rule}\n${entry.shard}`, entry);
      onEntry(entry);
    },
    latest: async () => [...newest.values()],
    of: async (rule) => [...newest.values()].filter((entry) => entry.rule === rule),
  };
}
