import type { Labels } from '../model/labels.ts';
import type { ExpectedKey, Instance, JudgedWindow, ShardState } from '../model/state.ts';
import { type PackedMemory, packMemory, unpackMemory } from './packed-series.ts';

/*
 * A shard's state as its blob holds it. An evaluation of a hundred series takes less time than writing the state out as it is, because
 * target ids, label names and fingerprints stand in it again and again: here each stands once, and rows refer to it by its place.
 * What this file does not know of is kept as it is.
 */

export interface PackedState {
  readonly version: 2;
  readonly lastWindowEnd: number;
  readonly ids: readonly string[];
  readonly labelNames: readonly (readonly string[])[];
  /** Those of the instances come first, in their order. */
  readonly fingerprints: readonly string[];
  readonly instances: readonly InstanceRow[];
  readonly expected: readonly ExpectedRow[];
  readonly recent: readonly PackedWindow[];
  readonly series?: Readonly<Record<string, PackedMemory>>;
  readonly targets?: readonly number[];
  readonly rest: Omit<ShardState, 'version' | 'lastWindowEnd' | 'instances' | 'expected' | 'recent' | 'series' | 'targets'>;
}

type LabelCells = readonly [id: number, names: number, values: readonly string[]];

type InstanceRow = readonly [
  ...LabelCells,
  state: Instance['state'],
  reason: Instance['reason'],
  activeAt: number,
  firedAt: number | null,
  recoveringSince: number | null,
  resolvedAt: number | null,
  missed: number,
  blindSince: number | null,
  value: number | null,
  more?: Partial<Instance>,
];

type ExpectedRow = readonly [
  ...LabelCells,
  /** What the key has behind the target id; `null`: the key is another, and is in `more`. */
  tail: string,
  firstExpectedAt: number,
  lastSeenAt: number | null,
  lastInventoriedAt: number | null,
  more?: Partial<ExpectedKey>,
];

/** `breaches` by place; absent: those of the window before. */
type PackedWindow = Omit<JudgedWindow, 'breaches'> & { readonly breaches?: readonly number[] };

/** A list in which every text stands once. */
interface Table {
  readonly texts: string[];
  place(text: string): number;
}

function openTable(): Table {
  const places = new Map<string, number>();
  const texts: string[] = [];
  return {
    texts,
    place(text) {
      const known = places.get(text);
      if (known !== undefined) return known;
      places.set(text, texts.length);
      return texts.push(text) - 1;
    },
  };
}

function openNames(): { readonly lists: (readonly string[])[]; place(labels: Labels): number } {
  const lists: (readonly string[])[] = [];
  return {
    lists,
    place(labels) {
      const names = Object.keys(labels);
      const known = lists.findIndex((one) => one.length === names.length && one.every((name, index) => name === names[index]));
      return known >= 0 ? known : lists.push(names) - 1;
    },
  };
}

/** `null`: a name does not fit what it names, so the state must be written as it is. */
export function packState(state: ShardState): PackedState | null {
  const { version: _, lastWindowEnd, instances, expected, recent, series, targets, ...rest } = state;
  const ids = openTable();
  const fingerprints = openTable();
  const names = openNames();
  const targetPlaces = targets?.map((id) => ids.place(id));
  const rows: InstanceRow[] = [];
  for (const name in instances) {
    const {
      fingerprint,
      target,
      labels,
      state: where,
      reason,
      activeAt,
      firedAt,
      recoveringSince,
      resolvedAt,
      ...others
    } = instances[name] as Instance;
    const { missed, blindSince, value, ...more } = others;
    if (name !== fingerprint) return null;
    fingerprints.place(fingerprint);
    const row = [
      ids.place(target),
      names.place(labels),
      Object.values(labels),
      where,
      reason,
      activeAt,
      firedAt,
      recoveringSince,
      resolvedAt,
      missed,
      blindSince,
      value,
    ] as const;
    rows.push(isEmpty(more) ? row : [...row, more]);
  }
  const keys: ExpectedRow[] = [];
  for (const key in expected) {
    const { target, labels, firstExpectedAt, lastSeenAt, lastInventoriedAt, ...more } = expected[key] as ExpectedKey;
    if (!key.startsWith(target)) return null;
    const row = [
      ids.place(target),
      names.place(labels),
      Object.values(labels),
      key.slice(target.length),
      firstExpectedAt,
      lastSeenAt,
      lastInventoriedAt,
    ] as const;
    keys.push(isEmpty(more) ? row : [...row, more]);
  }
  return {
    version: 2,
    lastWindowEnd,
    ids: ids.texts,
    labelNames: names.lists,
    fingerprints: fingerprints.texts,
    instances: rows,
    expected: keys,
    recent: recent.map((window, index) => packWindow(window, recent[index - 1]?.breaches, fingerprints)),
    ...(series !== undefined && { series: mapped(series, packMemory) }),
    ...(targetPlaces !== undefined && { targets: targetPlaces }),
    rest,
  };
}

export function unpackState(packed: PackedState): ShardState {
  const { lastWindowEnd, ids, labelNames, fingerprints, series, targets, rest } = packed;
  const labelsOf = (names: number, values: readonly string[]): Labels => {
    const labels: Record<string, string> = {};
    const list = labelNames[names] as readonly string[];
    for (let index = 0; index < list.length; index++) labels[list[index] as string] = values[index] as string;
    return labels;
  };
  const instances: Record<string, Instance> = {};
  packed.instances.forEach((row, place) => {
    const fingerprint = fingerprints[place] as string;
    const instance: Instance = {
      fingerprint,
      target: ids[row[0]] as string,
      labels: labelsOf(row[1], row[2]),
      state: row[3],
      reason: row[4],
      activeAt: row[5],
      firedAt: row[6],
      recoveringSince: row[7],
      resolvedAt: row[8],
      missed: row[9],
      blindSince: row[10],
      value: row[11],
    };
    instances[fingerprint] = row[12] === undefined ? instance : { ...instance, ...row[12] };
  });
  const expected: Record<string, ExpectedKey> = {};
  for (const [id, names, values, tail, firstExpectedAt, lastSeenAt, lastInventoriedAt, more] of packed.expected) {
    const target = ids[id] as string;
    const key: ExpectedKey = { target, labels: labelsOf(names, values), firstExpectedAt, lastSeenAt, lastInventoriedAt };
    expected[target + tail] = more === undefined ? key : { ...key, ...more };
  }
  return {
    version: 1,
    lastWindowEnd,
    ...rest,
    instances,
    expected,
    recent: unpackWindows(packed.recent, fingerprints),
    ...(series !== undefined && { series: mapped(series, unpackMemory) }),
    ...(targets !== undefined && { targets: targets.map((place) => ids[place] as string) }),
  };
}

function packWindow(
  { breaches, ...others }: JudgedWindow,
  before: readonly string[] | undefined,
  fingerprints: Table,
): PackedWindow {
  const same = before?.length === breaches.length && breaches.every((name, index) => name === before[index]);
  return same ? others : { ...others, breaches: breaches.map((name) => fingerprints.place(name)) };
}

function unpackWindows(windows: readonly PackedWindow[], fingerprints: readonly string[]): readonly JudgedWindow[] {
  let last: readonly string[] = [];
  return windows.map(({ breaches, ...others }) => {
    if (breaches !== undefined) last = breaches.map((place) => fingerprints[place] as string);
    return { ...others, breaches: last };
  });
}

function mapped<From, To>(from: Readonly<Record<string, From>>, change: (value: From) => To): Readonly<Record<string, To>> {
  const to: Record<string, To> = {};
  for (const name in from) to[name] = change(from[name] as From);
  return to;
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}
