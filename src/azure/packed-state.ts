import type { SeriesMemory } from '../model/baseline.ts';
import type { Labels } from '../model/labels.ts';
import type { ExpectedKey, Instance, JudgedWindow, ShardState } from '../model/state.ts';
import { type Column, cell, columnOf } from './column.ts';
import { type PackedMemory, packMemory, unpackMemory } from './packed-series.ts';

/*
 * A shard's state as its blob holds it. An evaluation of a hundred series takes less time than writing the state out as it is, because
 * target ids, label names and fingerprints stand in it again and again: here each stands once, and columns refer to it by its place.
 * What this file does not know of is kept as it is.
 */

export interface PackedState {
  readonly version: 2;
  readonly lastWindowEnd: number;
  readonly ids: Shortened;
  readonly labelNames: readonly (readonly string[])[];
  /** Those of the instances come first, in their order. */
  readonly fingerprints: readonly string[];
  readonly instances?: Columns<Instance, 'fingerprint' | 'target' | 'labels'>;
  readonly expected?: Columns<ExpectedKey, 'target' | 'labels' | 'retiredAt' | 'unobserved'> & {
    /** What the key has behind the target id; 0: what follows from its labels. */
    readonly tails: Column<string | 0>;
  };
  readonly recent: readonly PackedWindow[];
  readonly series?: {
    readonly names: Shortened;
    readonly memories: readonly PackedMemory[];
  };
  readonly targets?: readonly number[];
  readonly rest: Omit<ShardState, 'version' | 'lastWindowEnd' | 'instances' | 'expected' | 'recent' | 'series' | 'targets'>;
}

/** A list of things with target and labels. */
type Columns<Row, Elsewhere extends keyof Row> = {
  readonly [Name in Exclude<RequiredOf<Row>, Elsewhere>]: Column<Row[Name]>;
} & {
  readonly count: number;
  readonly ids: Column<number>;
  readonly names: Column<number>;
  /** Label values of all rows, one after the other. */
  readonly values: readonly string[];
  /** What else some rows have. */
  readonly more: readonly (readonly [place: number, more: Partial<Row>])[];
};

type RequiredOf<Row> = { [Name in keyof Row]-?: undefined extends Row[Name] ? never : Name }[keyof Row];

/** Texts without what all of them begin with. */
type Shortened = readonly [prefix: string, tails: readonly string[]];

/** `breaches` by place; absent: those of the window before. */
type PackedWindow = Omit<JudgedWindow, 'breaches'> & { readonly breaches?: readonly number[] };

/** A list in which every text stands once. */
interface Table {
  readonly texts: string[];
  place(text: string): number;
}

function openTable(first: readonly string[] = []): Table {
  const texts = [...first];
  let places: Map<string, number> | null = null;
  return {
    texts,
    place(text) {
      places ??= new Map(texts.map((known, place) => [known, place]));
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

/** Properties that every instance and every expected key has. */
const INSTANCE_SIZE = 12;
const EXPECTED_SIZE = 5;

/** `null`: a name does not fit what it names, so the state must be written as it is. */
export function packState(state: ShardState): PackedState | null {
  const { version: _, lastWindowEnd, instances, expected, recent, series, targets, ...rest } = state;
  const ids = openTable(targets);
  const names = openNames();
  const targetPlaces = targets?.map((_, place) => place);
  const [ownNames, own] = listed(instances);
  if (own.some(({ fingerprint }, place) => fingerprint !== ownNames[place])) return null;
  const fingerprints = openTable(ownNames);
  const [keyNames, keys] = listed(expected);
  const tails = tailsOf(keyNames, keys);
  if (tails === null) return null;
  return {
    version: 2,
    lastWindowEnd,
    ...(own.length > 0 && { instances: { ...placesOf(own, ids, names, moreOfInstance, INSTANCE_SIZE), ...lifeOf(own) } }),
    ...(keys.length > 0 && {
      expected: {
        ...placesOf(keys, ids, names, moreOfKey, EXPECTED_SIZE),
        tails,
        firstExpectedAt: columnOf(keys, (key) => key.firstExpectedAt),
        lastSeenAt: columnOf(keys, (key) => key.lastSeenAt),
        lastInventoriedAt: columnOf(keys, (key) => key.lastInventoriedAt),
      },
    }),
    ids: shortened(ids.texts),
    labelNames: names.lists,
    recent: recent.map((window, index) => packWindow(window, recent[index - 1]?.breaches, fingerprints)),
    fingerprints: fingerprints.texts,
    ...(series !== undefined && { series: packSeries(series) }),
    ...(targetPlaces !== undefined && { targets: targetPlaces }),
    rest,
  };
}

function lifeOf(rows: readonly Instance[]) {
  return {
    state: columnOf(rows, (row) => row.state),
    reason: columnOf(rows, (row) => row.reason),
    activeAt: columnOf(rows, (row) => row.activeAt),
    firedAt: columnOf(rows, (row) => row.firedAt),
    recoveringSince: columnOf(rows, (row) => row.recoveringSince),
    resolvedAt: columnOf(rows, (row) => row.resolvedAt),
    missed: columnOf(rows, (row) => row.missed),
    blindSince: columnOf(rows, (row) => row.blindSince),
    value: columnOf(rows, (row) => row.value),
  };
}

function placesOf<Row extends { readonly target: string; readonly labels: Labels }>(
  rows: readonly Row[],
  ids: Table,
  names: ReturnType<typeof openNames>,
  moreOf: (row: Row) => Partial<Row>,
  size: number,
) {
  const values: string[] = [];
  const more: [number, Partial<Row>][] = [];
  rows.forEach((row, place) => {
    for (const name in row.labels) values.push(row.labels[name] as string);
    // Counting is quicker than taking the rest apart, and hardly any row has one.
    if (Object.keys(row).length > size) more.push([place, moreOf(row)]);
  });
  return {
    count: rows.length,
    ids: columnOf(rows, (row) => ids.place(row.target)),
    names: columnOf(rows, (row) => names.place(row.labels)),
    values,
    more,
  };
}

function moreOfInstance({
  fingerprint: _fingerprint,
  target: _target,
  labels: _labels,
  state: _state,
  reason: _reason,
  activeAt: _activeAt,
  firedAt: _firedAt,
  recoveringSince: _recoveringSince,
  resolvedAt: _resolvedAt,
  missed: _missed,
  blindSince: _blindSince,
  value: _value,
  ...more
}: Instance): Partial<Instance> {
  return more;
}

function moreOfKey({
  target: _target,
  labels: _labels,
  firstExpectedAt: _first,
  lastSeenAt: _seen,
  lastInventoriedAt: _listed,
  ...more
}: ExpectedKey): Partial<ExpectedKey> {
  return more;
}

/** `null`: a key does not begin with its target. */
function tailsOf(keys: readonly string[], rows: readonly ExpectedKey[]): Column<string | 0> | null {
  const tails: (string | 0)[] = [];
  for (let place = 0; place < rows.length; place++) {
    const { target, labels } = rows[place] as ExpectedKey;
    const key = keys[place] as string;
    if (!key.startsWith(target)) return null;
    const tail = tailOf(labels);
    tails.push(key.length === target.length + tail.length && key.endsWith(tail) ? 0 : key.slice(target.length));
  }
  return columnOf(tails, (tail) => tail);
}

/** What a key usually has behind its target. */
function tailOf(labels: Labels): string {
  const values = Object.values(labels);
  const text = values.length === 1 ? values[0] : values.map((value) => `${value}\0`).join('');
  return `\n${text?.toLowerCase()}`;
}

function packSeries(series: Readonly<Record<string, SeriesMemory>>): NonNullable<PackedState['series']> {
  const [names, memories] = listed(series);
  return { names: shortened(names), memories: memories.map(packMemory) };
}

function unpackSeries({ names: [prefix, tails], memories }: NonNullable<PackedState['series']>) {
  const series: Record<string, SeriesMemory> = {};
  for (let place = 0; place < tails.length; place++) {
    series[prefix + (tails[place] as string)] = unpackMemory(memories[place] as PackedMemory);
  }
  return series;
}

/** Ids of the resources of a shard, and names of series that begin with them, are alike for half their length and more. */
function shortened(names: readonly string[]): Shortened {
  let prefix = names.length < 2 ? '' : (names[0] as string);
  for (const name of names) {
    if (name.startsWith(prefix)) continue;
    let same = 0;
    while (same < prefix.length && name.charCodeAt(same) === prefix.charCodeAt(same)) same += 1;
    prefix = prefix.slice(0, same);
  }
  return [prefix, names.map((name) => name.slice(prefix.length))];
}

export function unpackState(packed: PackedState): ShardState {
  const { lastWindowEnd, labelNames, fingerprints, series, targets, rest } = packed;
  const [prefix, tails] = packed.ids;
  const ids = tails.map((tail) => prefix + tail);
  return {
    version: 1,
    lastWindowEnd,
    ...rest,
    instances: packed.instances === undefined ? {} : unpackInstances(packed.instances, ids, labelNames, fingerprints),
    expected: packed.expected === undefined ? {} : unpackExpected(packed.expected, ids, labelNames),
    recent: unpackWindows(packed.recent, fingerprints),
    ...(series !== undefined && { series: unpackSeries(series) }),
    ...(targets !== undefined && { targets: targets.map((place) => ids[place] as string) }),
  };
}

function unpackInstances(
  columns: NonNullable<PackedState['instances']>,
  ids: readonly string[],
  labelNames: PackedState['labelNames'],
  fingerprints: readonly string[],
): Readonly<Record<string, Instance>> {
  const labels = labelsIn(columns, labelNames);
  const instances: Record<string, Instance> = {};
  for (let place = 0; place < columns.count; place++) {
    const fingerprint = fingerprints[place] as string;
    instances[fingerprint] = {
      fingerprint,
      target: ids[cell(columns.ids, place)] as string,
      labels: labels(place),
      state: cell(columns.state, place),
      reason: cell(columns.reason, place),
      activeAt: cell(columns.activeAt, place),
      firedAt: cell(columns.firedAt, place),
      recoveringSince: cell(columns.recoveringSince, place),
      resolvedAt: cell(columns.resolvedAt, place),
      missed: cell(columns.missed, place),
      blindSince: cell(columns.blindSince, place),
      value: cell(columns.value, place),
    };
  }
  for (const [place, more] of columns.more) {
    const fingerprint = fingerprints[place] as string;
    instances[fingerprint] = { ...(instances[fingerprint] as Instance), ...more };
  }
  return instances;
}

function unpackExpected(
  columns: NonNullable<PackedState['expected']>,
  ids: readonly string[],
  labelNames: PackedState['labelNames'],
): Readonly<Record<string, ExpectedKey>> {
  const labelsAt = labelsIn(columns, labelNames);
  const expected: Record<string, ExpectedKey> = {};
  const more = new Map(columns.more);
  for (let place = 0; place < columns.count; place++) {
    const target = ids[cell(columns.ids, place)] as string;
    const labels = labelsAt(place);
    const key: ExpectedKey = {
      target,
      labels,
      firstExpectedAt: cell(columns.firstExpectedAt, place),
      lastSeenAt: cell(columns.lastSeenAt, place),
      lastInventoriedAt: cell(columns.lastInventoriedAt, place),
    };
    const others = more.get(place);
    expected[target + (cell(columns.tails, place) || tailOf(labels))] = others === undefined ? key : { ...key, ...others };
  }
  return expected;
}

/** Labels of the rows, to be asked for in order. */
function labelsIn(
  { names, values }: { readonly names: Column<number>; readonly values: readonly string[] },
  labelNames: PackedState['labelNames'],
): (place: number) => Labels {
  let next = 0;
  return (place) => {
    const labels: Record<string, string> = {};
    for (const name of labelNames[cell(names, place)] as readonly string[]) labels[name] = values[next++] as string;
    return labels;
  };
}

/** Names and values in one go: going through a large record is what takes time. */
function listed<Value>(record: Readonly<Record<string, Value>>): readonly [names: readonly string[], values: readonly Value[]] {
  const names: string[] = [];
  const values: Value[] = [];
  for (const name in record) {
    names.push(name);
    values.push(record[name] as Value);
  }
  return [names, values];
}

function packWindow(
  { breaches, ...others }: JudgedWindow,
  before: readonly string[] | undefined,
  fingerprints: Table,
): PackedWindow {
  const same =
    before === breaches || (before?.length === breaches.length && breaches.every((name, index) => name === before[index]));
  return same ? others : { ...others, breaches: breaches.map((name) => fingerprints.place(name)) };
}

function unpackWindows(windows: readonly PackedWindow[], fingerprints: readonly string[]): readonly JudgedWindow[] {
  let last: readonly string[] = [];
  return windows.map(({ breaches, ...others }) => {
    if (breaches !== undefined) last = breaches.map((place) => fingerprints[place] as string);
    return { ...others, breaches: last };
  });
}
