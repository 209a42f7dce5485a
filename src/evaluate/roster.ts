import type { Labels } from '../model/labels.ts';
import type { ExpectedKey } from '../model/state.ts';
import { expectedKey } from './expected.ts';
import { seriesKey } from './register.ts';

/** The place of one expected key, whose entry is renewed while the shard is judged. */
export interface Slot {
  readonly key: string;
  entry: ExpectedKey;
}

/** The keys that are expected of a shard while it is judged, found by target and labels without making their long names. */
export interface Roster {
  find(target: string, labels: Labels): Slot | undefined;
  add(entry: ExpectedKey): Slot;
  drop(slot: Slot): void;
  /** In the order in which they were added. */
  all(): Iterable<Slot>;
  size(): number;
  record(): Readonly<Record<string, ExpectedKey>>;
}

/** Keys of a rule that was split otherwise are left out. */
export function rosterOf(by: readonly string[], expected: Readonly<Record<string, ExpectedKey>>): Roster {
  const slots = new Set<Slot>();
  const byTarget = new Map<string, Map<string, Slot>>();
  // Compared without case, as expectedKey does.
  const tailOf = (labels: Labels) => seriesKey(labels, by).toLowerCase();

  function keep(slot: Slot): Slot {
    const { target, labels } = slot.entry;
    const known = byTarget.get(target);
    if (known === undefined) byTarget.set(target, new Map([[tailOf(labels), slot]]));
    else known.set(tailOf(labels), slot);
    slots.add(slot);
    return slot;
  }

  for (const key in expected) {
    const entry = expected[key] as ExpectedKey;
    if (fits(entry.labels, by)) keep({ key, entry });
  }

  return {
    find: (target, labels) => byTarget.get(target)?.get(tailOf(labels)),
    add: (entry) => keep({ key: expectedKey(entry.target, entry.labels, by), entry }),
    drop(slot) {
      slots.delete(slot);
      byTarget.get(slot.entry.target)?.delete(tailOf(slot.entry.labels));
    },
    all: () => slots,
    size: () => slots.size,
    record() {
      const record: Record<string, ExpectedKey> = {};
      for (const { key, entry } of slots) record[key] = entry;
      return record;
    },
  };
}

function fits(labels: Labels, by: readonly string[]): boolean {
  return Object.keys(labels).length === by.length && by.every((name) => Object.hasOwn(labels, name));
}
