import { TocsinError } from '../../../model/errors.ts';
import { toDynamic } from '../json.ts';
import { addLong, compareNumbers, moduloLong, subtractLong } from '../numbers.ts';
import type { Expression, RelationOf } from '../plan.ts';
import { originOffset } from '../scalars/arithmetic.ts';
import { Column, gatherColumn, type Table, tableOf } from '../table.ts';
import type { Dynamic, KustoType } from '../types.ts';
import { bind } from './expressions.ts';
import { columnOf } from './rows.ts';
import type { Run } from './run.ts';
import { aggregateColumns, groupBy } from './summarize.ts';

type Place = number | bigint;

/** The most items that a series may have. */
const MAX_ITEMS = 1_048_576;

/** Where bins begin: at the start, or with `in range(…)` at the multiples of the step. */
interface Axis {
  readonly type: KustoType;
  readonly step: Place;
  readonly start: Place | null;
  readonly end: Place | null;
  readonly inclusive: boolean;
}

export function runMakeSeries(relation: RelationOf<'makeSeries'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const value = (expression: Expression | null): Place | null =>
    expression === null ? null : (bind(expression, [], run).cell(0) as Place | null);
  const step = value(relation.step);
  const missing =
    (relation.from !== null && value(relation.from) === null) || (relation.to !== null && value(relation.to) === null);
  if (step === null || step <= 0 || missing)
    throw new TocsinError('TCN-R015', 'make-series needs bounds that are not null and a step above 0');
  const axis = axisOf(relation, step, value(relation.from), value(relation.to));
  const { cell } = bind(relation.axis, input.columns, run);
  const bins: (Place | null)[] = [];
  const rows: number[] = [];
  for (let row = 0; row < input.rows; row += 1) {
    const bin = binOf(cell(row) as Place | null, axis);
    if (bin === null) continue;
    rows.push(row);
    bins.push(bin);
  }
  const columns = input.columns.map((column) => gatherColumn(column, rows));
  const groups = groupBy(relation.by, columns, rows.length, run);
  const withBin = [...columns, new Column(axis.type, bins)];
  const keys: readonly Expression[] = [...relation.by, { kind: 'column', type: axis.type, index: columns.length }];
  const cells = groupBy(keys, withBin, rows.length, run);
  const grouped = [
    ...cells.keys.map((key) => gatherColumn(key, cells.first)),
    ...aggregateColumns(relation.aggregates, withBin, cells, run),
  ];
  const values = relation.values.map((item) => columnOf(item.value, grouped, cells.count, run));
  const places = grouped[relation.by.length] as Column;
  const members = Array.from({ length: groups.count }, (): Map<Place, number> => new Map());
  for (let index = 0; index < cells.count; index += 1) {
    const group = relation.by.length === 0 ? 0 : (groups.of[cells.first[index] as number] as number);
    members[group]?.set(places.cell(index) as Place, index);
  }
  const shown = members.map((_, group) => group).filter((group) => (members[group]?.size ?? 0) > 0 || showsEmpty(relation, axis));
  const axes = shown.map((group) => itemsOf(axis, [...(members[group]?.keys() ?? [])]));
  run.check(axes.reduce((total, items) => total + items.length, 0));
  const absent = relation.values.map((item) => {
    const { type } = item.value;
    return toDynamic(bind(item.absent, [], run).cell(0), item.absent.type === type ? type : item.absent.type);
  });
  const series = relation.values.map(
    (item, which) =>
      new Column(
        'dynamic',
        shown.map(
          (group, at): Dynamic =>
            (axes[at] ?? []).map((place) => {
              const index = members[group]?.get(place);
              return index === undefined
                ? (absent[which] ?? null)
                : toDynamic(values[which]?.cell(index) ?? null, item.value.type);
            }),
        ),
      ),
  );
  const by = groups.keys.map((key) =>
    gatherColumn(
      key,
      shown.map((group) => groups.first[group] as number),
    ),
  );
  const positions = new Column(
    'dynamic',
    axes.map((items): Dynamic => items.map((place) => toDynamic(place, axis.type))),
  );
  return tableOf(relation.columns, [...by, ...series, positions], shown.length);
}

function showsEmpty(relation: RelationOf<'makeSeries'>, axis: Axis): boolean {
  return relation.nonEmpty && relation.by.length === 0 && axis.start !== null && axis.end !== null;
}

function axisOf(relation: RelationOf<'makeSeries'>, step: Place, from: Place | null, to: Place | null): Axis {
  const { type } = relation.axis;
  const start = relation.inclusive && from !== null ? floorTo(from, step, type) : from;
  return { type, step, start, end: to, inclusive: relation.inclusive };
}

function floorTo(place: Place, step: Place, type: KustoType): Place {
  if (type === 'datetime') {
    const offset = originOffset(Number(step));
    return Math.floor((Number(place) - offset) / Number(step)) * Number(step) + offset;
  }
  return from(place, 0, step, type);
}

/** The greatest place at or before this one that is whole steps away from the start. */
function from(place: Place, start: Place, step: Place, type: KustoType): Place {
  if (type === 'int' || type === 'long') {
    const rest = moduloLong(subtractLong(place, start), step);
    return rest === null ? place : subtractLong(place, rest);
  }
  return Math.floor((Number(place) - Number(start)) / Number(step)) * Number(step) + Number(start);
}

/** The bin of a row; `null` outside of the series. */
function binOf(place: Place | null, axis: Axis): Place | null {
  if (place === null || Number.isNaN(place)) return null;
  const bin =
    axis.start === null || axis.inclusive ? floorTo(place, axis.step, axis.type) : from(place, axis.start, axis.step, axis.type);
  if (axis.start !== null && compareNumbers(bin, axis.start) < 0) return null;
  if (axis.end === null) return bin;
  return axis.inclusive ? (compareNumbers(bin, axis.end) <= 0 ? bin : null) : compareNumbers(place, axis.end) < 0 ? bin : null;
}

/** The places of a series: between the bounds, or where one is open as far as there are rows. */
function itemsOf(axis: Axis, present: readonly Place[]): readonly Place[] {
  const sorted = [...present].sort(compareNumbers);
  const start = axis.start ?? sorted[0];
  const last = sorted[sorted.length - 1];
  if (start === undefined) return [];
  const items: Place[] = [];
  const whole = axis.type === 'int' || axis.type === 'long';
  for (let index = 0; ; index += 1) {
    const place: Place = whole
      ? items.length === 0
        ? start
        : addLong(items[items.length - 1] as Place, axis.step)
      : Number(start) + index * Number(axis.step);
    const beyond =
      axis.end === null
        ? last === undefined || compareNumbers(place, last) > 0
        : compareNumbers(place, axis.end) > (axis.inclusive ? 0 : -1);
    if (beyond) return items;
    items.push(place);
    if (items.length > MAX_ITEMS) throw new TocsinError('TCN-L007', `make-series makes more than ${MAX_ITEMS} items`);
  }
}
