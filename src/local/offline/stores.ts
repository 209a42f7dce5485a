import type { Finding } from '../../model/finding.ts';
import type { ShardKey, ShardState } from '../../model/state.ts';
import type { EvaluationStore, FindingStore, TickRecord, TickStore, Version } from '../../ports.ts';

/*
 * The stores that an evaluation writes to, in memory and for one writer. Values are kept as they are: everything that is stored is
 * readonly.
 */

/** `onWrite` hears every state that is written, in order. */
export function memoryStates(onWrite: (key: ShardKey, state: ShardState) => void = () => {}): EvaluationStore & {
  all(): readonly (readonly [ShardKey, ShardState])[];
} {
  const rows = new Map<string, { readonly key: ShardKey; readonly state: ShardState; readonly version: string }>();
  let writes = 0;
  return {
    read: async (key) => {
      const row = rows.get(nameOf(key));
      return { value: row?.state ?? null, version: row?.version ?? null };
    },
    replace: async (key, state, version) => {
      const name = nameOf(key);
      if ((rows.get(name)?.version ?? null) !== version) return false;
      writes += 1;
      rows.set(name, { key, state, version: String(writes) });
      onWrite(key, state);
      return true;
    },
    all: () => [...rows.values()].map(({ key, state }) => [key, state] as const),
  };
}

function nameOf({ rule, shard }: ShardKey): string {
  return `${rule}\n${shard}`;
}

/** Findings by id; one that is written again is extended, as the port says. */
export function memoryFindings(): FindingStore & { all(): readonly Finding[] } {
  const findings = new Map<string, Finding>();
  const all = () => [...findings.values()].sort((left, right) => left.firstAt - right.firstAt || (left.id < right.id ? -1 : 1));
  return {
    put: async (next) => void findings.set(next.id, extended(findings.get(next.id), next)),
    during: async ({ start, end }) => all().filter((finding) => finding.firstAt < end && finding.lastAt >= start),
    all,
  };
}

function extended(known: Finding | undefined, next: Finding): Finding {
  if (known === undefined) return next;
  return {
    ...(next.lastAt >= known.lastAt ? next : known),
    firstAt: Math.min(known.firstAt, next.firstAt),
    lastAt: Math.max(known.lastAt, next.lastAt),
    count: Math.max(known.count, next.count),
  };
}

export function memoryTicks(): TickStore {
  let stored: { readonly record: TickRecord | null; readonly version: Version } = { record: null, version: null };
  let writes = 0;
  return {
    read: async () => ({ value: stored.record, version: stored.version }),
    replace: async (record, version) => {
      if (version !== stored.version) return false;
      writes += 1;
      stored = { record, version: String(writes) };
      return true;
    },
  };
}
