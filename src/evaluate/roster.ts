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
  return new ShardRoster(by, expected);
}

class ShardRoster implements Roster {
  private readonly by: readonly string[];
  private readonly slots = new Set<Slot>();
  private readonly byTarget = new Map<string, Map<string, Slot>>();

  constructor(by: readonly string[], expected: Readonly<Record<string, ExpectedKey>>) {
    this.by = by;
    for (const key in expected) {
      const entry = expected[key] as ExpectedKey;
      if (fits(entry.labels, by)) this.keep({ key, entry });
    }
  }

  find(target: string, labels: Labels): Slot | undefined {
    return this.byTarget.get(target)?.get(this.tailOf(labels));
  }

  add(entry: ExpectedKey): Slot {
    return this.keep({ key: expectedKey(entry.target, entry.labels, this.by), entry });
  }

  drop(slot: Slot): void {
    this.slots.delete(slot);
    this.byTarget.get(slot.entry.target)?.delete(this.tailOf(slot.entry.labels));
  }

  all(): Iterable<Slot> {
    return this.slots;
  }

  size(): number {
    return this.slots.size;
  }

  record(): Readonly<Record<string, ExpectedKey>> {
    const record: Record<string, ExpectedKey> = {};
    for (const { key, entry } of this.slots) record[key] = entry;
    return record;
  }

  private keep(slot: Slot): Slot {
    const { target, labels } = slot.entry;
    const known = this.byTarget.get(target);
    if (known === undefined) this.byTarget.set(target, new Map([[this.tailOf(labels), slot]]));
    else known.set(this.tailOf(labels), slot);
    this.slots.add(slot);
    return slot;
  }

  /** Compared without case, as expectedKey does. */
  private tailOf(labels: Labels): string {
    return seriesKey(labels, this.by).toLowerCase();
  }
}

function fits(labels: Labels, by: readonly string[]): boolean {
  return Object.keys(labels).length === by.length && by.every((name) => Object.hasOwn(labels, name));
}
