import type { Expression, NestedLevel, Relation, RelationOf, WindowCall } from '../../../../src/local/kql/plan.ts';
import { type Bag, type Dynamic, isArray, isBag, type KustoType, type Value } from '../../../../src/local/kql/types.ts';
import { aggregated } from './aggregates.ts';
import { applied, compare, element, keyText, long, textOf } from './values.ts';

/*
 * The plan row by row: every operator as its definition reads. It shares nothing with the engine but the plan and the form of values.
 */

export type Row = readonly Value[];

export interface World {
  readonly now: number;
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  /** Rows handed in to subqueries. */
  readonly given?: Readonly<Record<number, readonly Row[]>>;
}

function evaluate(expression: Expression, row: Row, world: World): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'column':
      return row[expression.index] ?? null;
    case 'shared': {
      const { body } = expression;
      if (body.kind === 'subquery') return rowsOf(body.query, world)[0]?.[0] ?? nothing(body.type);
      if (body.kind === 'columnList') {
        const type = body.query.columns[0]?.type ?? 'dynamic';
        return rowsOf(body.query, world).map((one) => element(one[0] ?? null, type));
      }
      return evaluate(body, [], world);
    }
    case 'call':
      return applied(
        expression,
        expression.args.map((arg) => evaluate(arg, row, world)),
      );
  }
}

function nothing(type: KustoType): Value {
  return type === 'string' ? '' : null;
}

function keyOf(expressions: readonly Expression[], row: Row, world: World): string {
  return JSON.stringify(expressions.map((expression) => keyText(evaluate(expression, row, world))));
}

/** Rows by equal keys, in order of first appearance. */
function grouped(rows: readonly Row[], by: readonly Expression[], world: World): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(by, row, world);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

export function rowsOf(relation: Relation, world: World): readonly Row[] {
  const run = NAIVE[relation.kind] as ((relation: Relation, world: World) => readonly Row[]) | undefined;
  if (run === undefined) throw new Error(`the naive interpreter has no ${relation.kind}`);
  return run(relation, world);
}

const NAIVE: { readonly [K in Relation['kind']]?: (relation: RelationOf<K>, world: World) => readonly Row[] } = {
  scan: (relation, world) => world.tables[relation.table] ?? [],
  given: (relation, world) => world.given?.[relation.id] ?? [],
  rows: (relation, world) => relation.cells.map((row) => row.map((cell) => evaluate(cell, [], world))),
  range: (relation, world) => {
    const [from, to, step] = [relation.from, relation.to, relation.step].map((value) => Number(evaluate(value, [], world)));
    const rows: Row[] = [];
    for (let value = from as number; value <= (to as number); value += step as number) rows.push([value]);
    return rows;
  },
  sharedTable: (relation, world) => rowsOf(relation.body, world),
  where: (relation, world) => rowsOf(relation.input, world).filter((row) => evaluate(relation.condition, row, world) === true),
  project: (relation, world) =>
    rowsOf(relation.input, world).map((row) => relation.expressions.map((value) => evaluate(value, row, world))),
  distinct: (relation, world) =>
    grouped(rowsOf(relation.input, world), relation.expressions, world).map(([row]) =>
      relation.expressions.map((value) => evaluate(value, row ?? [], world)),
    ),
  summarize: (relation, world) => {
    const rows = rowsOf(relation.input, world);
    const groups = relation.by.length === 0 ? [rows] : grouped(rows, relation.by, world);
    return groups.map((group) => {
      const keys = relation.by.map((key) => evaluate(key, group[0] ?? [], world));
      const values = relation.aggregates.flatMap((call) =>
        aggregated(
          call,
          group.map((row) => call.args.map((arg) => evaluate(arg, row, world))),
        ),
      );
      return relation.output.map((value) => evaluate(value, [...keys, ...values], world));
    });
  },
  sort: (relation, world) => {
    const keyed = rowsOf(relation.input, world).map((row) => ({
      row,
      keys: relation.keys.map((key) => evaluate(key.expression, row, world)),
    }));
    return keyed
      .sort((a, b) => {
        for (const [index, key] of relation.keys.entries()) {
          const [x, y] = [a.keys[index] ?? null, b.keys[index] ?? null];
          if (x === null && y === null) continue;
          if (x === null || y === null) return (x === null) === key.nullsFirst ? -1 : 1;
          const sign = compare(x, y) * (key.descending ? -1 : 1);
          if (sign !== 0) return sign;
        }
        return 0;
      })
      .map(({ row }) => row);
  },
  take: (relation, world) => rowsOf(relation.input, world).slice(0, Math.max(0, Number(evaluate(relation.count, [], world)))),
  count: (relation, world) => [[rowsOf(relation.input, world).length]],
  union: (relation, world) =>
    relation.branches.flatMap(({ input, mapping, label }) =>
      rowsOf(input, world).map((row) => {
        const specs = relation.withSource ? relation.columns.slice(1) : relation.columns;
        const cells = specs.map((spec, index) =>
          (mapping[index] ?? -1) < 0 ? nothing(spec.type) : (row[mapping[index] as number] ?? null),
        );
        return relation.withSource ? [label, ...cells] : cells;
      }),
    ),
  join: joined,
  derive: (relation, world) => {
    let rows = rowsOf(relation.input, world);
    for (const added of relation.added) {
      const before = rows;
      rows = before.map((row, index) => [
        ...row,
        added.kind === 'window' ? windowValue(added, before, index, world) : evaluate(added, row, world),
      ]);
    }
    return rows;
  },
  expand: (relation, world) => rowsOf(relation.input, world).flatMap((row) => expansion(relation, row, world)),
  apply: (relation, world) =>
    rowsOf(relation.expansion.input, world).flatMap((row) => {
      const own = expansion(relation.expansion, row, world);
      if (own.length === 0) return [];
      const body = rowsOf(relation.body, { ...world, given: { ...world.given, [relation.given]: own } });
      return body.map((made) => relation.output.map(({ from, index }) => (from === 'row' ? row : made)[index] ?? null));
    }),
  partition: (relation, world) =>
    grouped(rowsOf(relation.input, world), [relation.key], world).flatMap((rows) =>
      rowsOf(relation.body, { ...world, given: { ...world.given, [relation.given]: rows } }),
    ),
  narrow: (relation, world) =>
    rowsOf(relation.input, world).flatMap((row, index) =>
      relation.input.columns.map((spec, column): Row => [index, spec.name, textOf(row[column] ?? null, spec.type)]),
    ),
  unpack: (relation, world) =>
    rowsOf(relation.input, world).map((row) => {
      const bag = row[relation.bag] ?? null;
      return relation.columns.map((spec) => {
        const own = relation.input.columns.findIndex((column, index) => column.name === spec.name && index !== relation.bag);
        if (own >= 0) return row[own] ?? null;
        const value = isBag(bag) && Object.hasOwn(bag, spec.name) ? (bag[spec.name] ?? null) : null;
        if (spec.type === 'string') return value === null ? '' : textOf(value, 'dynamic');
        return typeof value === 'number' || typeof value === 'bigint' ? value : null;
      });
    }),
  pivot: (relation, world) =>
    grouped(rowsOf(relation.input, world), relation.by, world).map((rows) => {
      const keys = relation.by.map((key) => evaluate(key, rows[0] ?? [], world));
      const values = relation.columns.slice(keys.length).map((spec) => {
        const own = rows.filter((row) => evaluate(relation.pivot, row, world) === spec.name);
        const { aggregate } = relation;
        const everywhere = rowsOf(relation.input, world).some((row) => evaluate(relation.pivot, row, world) === spec.name);
        if (!everywhere) return nothing(spec.type);
        return aggregated(
          aggregate,
          own.map((row) => aggregate.args.map((arg) => evaluate(arg, row, world))),
        )[0] as Value;
      });
      return [...keys, ...values];
    }),
  parsePairs: (relation, world) =>
    rowsOf(relation.input, world).map((row) => {
      const pairs = String(evaluate(relation.text, row, world))
        .split(relation.pairDelimiter)
        .map((pair) => pair.split(relation.valueDelimiter));
      return relation.columns.map((spec, column) => {
        const key = relation.keys.find((one) => one.column === column);
        if (key === undefined) return row[column] ?? null;
        const found = pairs.find(([name, ...rest]) => name?.trim() === key.name && rest.length > 0);
        const text = found?.slice(1).join(relation.valueDelimiter).trim();
        if (spec.type === 'string') return text ?? '';
        return text !== undefined && /^-?\d+$/.test(text) ? long(BigInt(text)) : null;
      });
    }),
  topNested: (relation, world) => topped(relation.levels, rowsOf(relation.input, world), world),
  makeSeries,
  parse: (relation, world) =>
    rowsOf(relation.input, world).flatMap((row) => {
      if (relation.pattern.kind !== 'tokens') throw new Error('the naive interpreter parses no regular expressions');
      const source = relation.pattern.tokens.map((token) => {
        if (token.kind === 'text') return token.text.replace(/[^A-Za-z0-9]/g, '\\$&');
        const part = token.kind === 'digits' ? '-?\\d+' : '[^]*?';
        return token.group < 0 ? `(?:${part})` : `(${part})`;
      });
      const found = new RegExp(`^${source.join('')}$`).exec(String(evaluate(relation.text, row, world)));
      const values = relation.targets.map(({ type }, index) => {
        const text = found?.[index + 1];
        if (text === undefined || type === 'string') return text ?? null;
        return BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? long(BigInt(text)) : null;
      });
      const failed = values.includes(null);
      if (failed && relation.filters) return [];
      return [
        relation.columns.map((spec, column) => {
          const target = relation.targets.findIndex((one) => one.column === column);
          if (target < 0) return row[column] ?? null;
          return failed ? nothing(spec.type) : (values[target] ?? null);
        }),
      ];
    }),
};

function joined(relation: RelationOf<'join'>, world: World): readonly Row[] {
  const [left, right] = [rowsOf(relation.left, world), rowsOf(relation.right, world)];
  const matches = (a: Row, b: Row): boolean =>
    relation.keys.every((key) => keyText(evaluate(key.left, a, world)) === keyText(evaluate(key.right, b, world)));
  const none = (specs: Relation['columns']): Row => specs.map((spec) => nothing(spec.type));
  const beside = (a: Row, b: Row): Row => [...a, ...relation.rightColumns.map((index) => b[index] ?? null)];
  const { join } = relation;
  switch (join) {
    case 'leftsemi':
      return left.filter((a) => right.some((b) => matches(a, b)));
    case 'leftanti':
      return left.filter((a) => !right.some((b) => matches(a, b)));
    case 'rightsemi':
      return right.filter((b) => left.some((a) => matches(a, b)));
    case 'rightanti':
      return right.filter((b) => !left.some((a) => matches(a, b)));
    default: {
      const keys = relation.keys.map((key) => key.left);
      const firsts = join === 'innerunique' ? grouped(left, keys, world).map(([row]) => row as Row) : left;
      const pairs = firsts.flatMap((a) => {
        const partners = right.filter((b) => matches(a, b));
        if (partners.length === 0)
          return join === 'leftouter' || join === 'fullouter' ? [beside(a, none(relation.right.columns))] : [];
        return partners.map((b) => beside(a, b));
      });
      if (join !== 'rightouter' && join !== 'fullouter') return pairs;
      const alone = right.filter((b) => !left.some((a) => matches(a, b)));
      return [...pairs, ...alone.map((b) => beside(none(relation.left.columns), b))];
    }
  }
}

function expansion(relation: RelationOf<'expand'>, row: Row, world: World): readonly Row[] {
  const lists = relation.items.map((item): readonly Dynamic[] => {
    const value = evaluate(item.value, row, world) as Dynamic;
    if (isArray(value)) return value;
    if (!isBag(value)) return [value];
    return Object.entries(value).map(([key, one]): Dynamic => (relation.bags === 'bag' ? ({ [key]: one } as Bag) : [key, one]));
  });
  const limit = relation.limit === null ? Number.POSITIVE_INFINITY : Number(evaluate(relation.limit, [], world));
  const count = Math.min(limit, Math.max(...lists.map((list) => list.length)));
  return Array.from({ length: count }, (_, position) =>
    relation.columns.map((_spec, column) => {
      if (column === relation.indexColumn) return position;
      const item = relation.items.findIndex((one) => one.column === column);
      if (item < 0) return row[column] ?? null;
      const value = lists[item]?.[position] ?? null;
      if (relation.items[item]?.type === 'long')
        return typeof value === 'number' ? Math.trunc(value) : typeof value === 'bigint' ? value : null;
      return value;
    }),
  );
}

function windowValue(call: WindowCall, rows: readonly Row[], at: number, world: World): Value {
  const [value, second, third] = call.args;
  const of = (expression: Expression | undefined, row: number): Value =>
    expression === undefined ? null : evaluate(expression, rows[row] ?? [], world);
  const restartAt = (expression: Expression | undefined): number => {
    for (let row = at; row > 0; row -= 1) if (of(expression, row) === true) return row;
    return 0;
  };
  switch (call.name) {
    case 'prev':
    case 'next': {
      const by = second === undefined ? 1 : Number(of(second, 0));
      const other = at + (call.name === 'prev' ? -by : by);
      if (other >= 0 && other < rows.length) return of(value, other);
      return third === undefined ? nothing(value?.type ?? 'long') : of(third, at);
    }
    case 'row_number':
      return Number(value === undefined ? 1 : of(value, 0)) + at - restartAt(second);
    case 'row_cumsum': {
      let sum = 0n;
      for (let row = restartAt(second); row <= at; row += 1) sum += BigInt((of(value, row) as number | null) ?? 0);
      return long(sum);
    }
    case 'row_rank_dense': {
      let rank = 1;
      for (let row = restartAt(second) + 1; row <= at; row += 1)
        if (keyText(of(value, row)) !== keyText(of(value, row - 1))) rank += 1;
      return rank;
    }
    default:
      throw new Error(`the naive interpreter has no ${call.name}()`);
  }
}

function topped(levels: readonly NestedLevel[], rows: readonly Row[], world: World): readonly Row[] {
  const [level, ...below] = levels;
  if (level === undefined) return [[]];
  const groups = grouped(rows, [level.key], world).map((group) => {
    const values = level.aggregates.flatMap((call) =>
      aggregated(
        call,
        group.map((row) => call.args.map((arg) => evaluate(arg, row, world))),
      ),
    );
    return { group, key: evaluate(level.key, group[0] ?? [], world), value: evaluate(level.value, [null, ...values], world) };
  });
  const last = (a: Value, b: Value): number => (a === null ? (b === null ? 0 : 1) : b === null ? -1 : Number.NaN);
  groups.sort((a, b) => {
    const byValue = last(a.value, b.value);
    const sign = Number.isNaN(byValue) ? compare(a.value, b.value) * (level.descending ? -1 : 1) : byValue;
    if (sign !== 0) return sign;
    const byKey = last(a.key, b.key);
    return Number.isNaN(byKey) ? -compare(a.key, b.key) : byKey;
  });
  const count = level.count === null ? groups.length : Number(evaluate(level.count, [], world));
  return groups
    .slice(0, count)
    .flatMap(({ group, key, value }) => topped(below, group, world).map((row): Row => [key, value, ...row]));
}

function makeSeries(relation: RelationOf<'makeSeries'>, world: World): readonly Row[] {
  const [from, to, step] = [relation.from, relation.to, relation.step].map((value) =>
    value === null ? null : Number(evaluate(value, [], world)),
  ) as [number, number, number];
  const places: number[] = [];
  for (let place = from; place < to; place += step) places.push(place);
  const inside = rowsOf(relation.input, world).flatMap((row) => {
    const place = evaluate(relation.axis, row, world);
    return place !== null && (place as number) >= from && (place as number) < to ? [row] : [];
  });
  const groups = relation.by.length === 0 ? (inside.length === 0 ? [] : [inside]) : grouped(inside, relation.by, world);
  return groups.map((group) => {
    const keys = relation.by.map((key) => evaluate(key, group[0] ?? [], world));
    const series = relation.values.map((item) =>
      places.map((place): Dynamic => {
        const own = group.filter((row) => {
          const at = evaluate(relation.axis, row, world) as number;
          return at >= place && at < place + step;
        });
        if (own.length === 0) return element(evaluate(item.absent, [], world), item.absent.type);
        const values = relation.aggregates.flatMap((call) =>
          aggregated(
            call,
            own.map((row) => call.args.map((arg) => evaluate(arg, row, world))),
          ),
        );
        return element(evaluate(item.value, [...keys, place, ...values], world), item.value.type);
      }),
    );
    return [...keys, ...series, places.map((place) => element(place, relation.axis.type))];
  });
}
