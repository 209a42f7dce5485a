import { TocsinError } from '../../../model/errors.ts';
import { scalarTypeOf } from '../json.ts';
import type { RelationOf } from '../plan.ts';
import { Column, gather, nothing, type Table, tableOf } from '../table.ts';
import { type Bag, type ColumnSpec, type Dynamic, isBag, type KustoType, type Value } from '../types.ts';
import { elementAs } from './elements.ts';
import { valuesOf } from './rows.ts';
import type { Run } from './run.ts';
import { aggregateColumns, groupBy } from './summarize.ts';

/** `evaluate bag_unpack`: a column for every key, in order of their names, after the other columns. */
export function runUnpack(relation: RelationOf<'unpack'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const bags = (input.columns[relation.bag]?.values ?? []).map((value) => (isBag(value) ? value : {}));
  const ignored = new Set(relation.ignored);
  const source = input.specs.flatMap((spec, index) =>
    index === relation.bag ? [] : [{ spec, column: input.columns[index] as Column }],
  );
  const keys = [...new Set(bags.flatMap((bag) => Object.keys(bag)))].filter((key) => !ignored.has(key)).sort(ordinal);
  const unpacked = keys.map((key) => {
    const type = typeOf(bags, key);
    return { spec: { name: relation.prefix + key, type }, column: columnOfKey(bags, key, type) };
  });
  const clash = unpacked.find(({ spec }) => source.some((own) => own.spec.name === spec.name));
  if (clash !== undefined && relation.conflict === 'error') {
    throw new TocsinError('TCN-R015', `bag_unpack makes a second column ${clash.spec.name} (columnsConflict says which to keep)`);
  }
  const has = (list: typeof unpacked, name: string): boolean => list.some(({ spec }) => spec.name === name);
  const kept = relation.conflict === 'replace_source' ? source.filter(({ spec }) => !has(unpacked, spec.name)) : source;
  const added = relation.conflict === 'keep_source' ? unpacked.filter(({ spec }) => !has(source, spec.name)) : unpacked;
  const all = [...kept, ...added];
  if (!relation.stated)
    return tableOf(
      all.map(({ spec }) => spec),
      all.map(({ column }) => column),
      input.rows,
    );
  const columns = relation.columns.map((spec): Column => {
    const own = kept.find((one) => one.spec.name === spec.name && one.spec.type === spec.type);
    if (own !== undefined) return own.column;
    return columnOfKey(bags, spec.name.slice(relation.prefix.length), spec.type);
  });
  return tableOf(relation.columns, columns, input.rows);
}

function ordinal(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function columnOfKey(bags: readonly Bag[], key: string, type: KustoType): Column {
  return new Column(
    type,
    bags.map((bag) => (Object.hasOwn(bag, key) ? elementAs(bag[key] ?? null, type) : nothing(type))),
  );
}

/** The type that all values under a key have; dynamic when they differ. */
function typeOf(bags: readonly Bag[], key: string): KustoType {
  const types = new Set<KustoType>();
  for (const bag of bags) {
    const value: Dynamic = bag[key] ?? null;
    if (value !== null) types.add(scalarTypeOf(value) ?? 'dynamic');
  }
  const [only] = types;
  return types.size === 1 && only !== undefined ? only : 'dynamic';
}

/** `evaluate pivot`: a column for every value of the pivoted one, in their order; the aggregate of no rows where there are none. */
export function runPivot(relation: RelationOf<'pivot'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const groups = groupBy(relation.by, input.columns, input.rows, run);
  const pivots = valuesOf(relation.pivot, input.columns, input.rows, run);
  const names = [...new Set(pivots.map((value) => String(value)))].sort(ordinal);
  const places = new Map(names.map((name, index) => [name, index]));
  const of = new Int32Array(input.rows);
  for (let row = 0; row < input.rows; row += 1) {
    of[row] = (groups.of[row] as number) * names.length + (places.get(String(pivots[row])) ?? 0);
  }
  const count = relation.by.length === 0 && input.rows === 0 ? 0 : groups.count;
  const [values] = aggregateColumns([relation.aggregate], input.columns, { count: count * names.length, of }, run);
  const type = relation.aggregate.types[0] ?? 'long';
  const by = groups.keys.map(
    (key) => gather(tableOf([], [key], input.rows), groups.first.subarray(0, count)).columns[0] as Column,
  );
  const known = (relation.stated ? relation.columns.slice(0, by.length) : relation.columns) as readonly ColumnSpec[];
  const made = names.map((name, index) => ({
    spec: { name, type },
    column: new Column(
      type,
      Array.from({ length: count }, (_, group): Value => values?.cell(group * names.length + index) ?? nothing(type)),
    ),
  }));
  if (!relation.stated) {
    return tableOf([...known, ...made.map(({ spec }) => spec)], [...by, ...made.map(({ column }) => column)], count);
  }
  const columns = relation.columns.map((spec, index): Column => {
    const own = by[index] ?? made.find((one) => one.spec.name === spec.name && one.spec.type === spec.type)?.column;
    return own ?? new Column(spec.type, new Array<Value>(count).fill(nothing(spec.type)));
  });
  return tableOf(relation.columns, columns, count);
}
