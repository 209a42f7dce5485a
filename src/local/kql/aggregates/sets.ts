import { keyOf } from '../compare.ts';
import { toDynamic } from '../json.ts';
import type { Bound } from '../run/run.ts';
import { type Dynamic, isArray, isBag, type Value } from '../types.ts';
import { type Aggregate, type AggregateTable, allow, conditional, type Groups, single } from './define.ts';

/** Exact, where Kusto estimates beyond small cardinalities (its error is 1 to 2 %). */
const dcount = single((arg, groups) => {
  const seen = perGroup(groups, () => new Set<unknown>());
  eachValue(arg, groups, (value, group) => seen[group]?.add(keyOf(value, arg.type)));
  return seen.map((set) => set.size);
});

function perGroup<Made>(groups: Groups, make: () => Made): Made[] {
  return Array.from({ length: groups.count }, make);
}

/** Every non-null value. */
function eachValue(arg: Bound, groups: Groups, visit: (value: Value, group: number) => void): void {
  for (let row = 0; row < groups.of.length; row += 1) {
    const group = groups.of[row] as number;
    const value = group < 0 ? null : arg.cell(row);
    if (value !== null) visit(value, group);
  }
}

/** How many elements a list or set may have: the last argument, or 1,048,576. */
function limitOf(rest: readonly Bound[]): number {
  const limit = rest[0]?.cell(0);
  return limit === undefined || limit === null ? 1_048_576 : Number(limit);
}

/** The members that a value adds: a dynamic array adds its own, one by one. */
function membersOf(value: Value, arg: Bound): readonly Dynamic[] {
  if (arg.type === 'dynamic' && isArray(value)) return value;
  return [toDynamic(value, arg.type)];
}

function list(keepsNulls: boolean): Aggregate {
  return single((arg, groups, _call, rest) => {
    const limit = limitOf(rest);
    const lists = perGroup(groups, (): Dynamic[] => []);
    for (let row = 0; row < groups.of.length; row += 1) {
      const group = groups.of[row] as number;
      const into = lists[group];
      if (into === undefined) continue;
      const value = arg.cell(row);
      if (value === null && !keepsNulls && arg.type !== 'dynamic') continue;
      for (const member of membersOf(value, arg)) if (into.length < limit) into.push(member);
    }
    return lists;
  });
}

const set = single((arg, groups, _call, rest) => {
  const limit = limitOf(rest);
  const sets = perGroup(groups, () => new Map<unknown, Dynamic>());
  eachValue(arg, groups, (value, group) => {
    const into = sets[group];
    for (const member of membersOf(value, arg)) {
      const key = keyOf(member, 'dynamic');
      if (into !== undefined && into.size < limit && !into.has(key)) into.set(key, member);
    }
  });
  return sets.map((into) => [...into.values()]);
});

/** Merged bags; the first value of a key stays. What is no bag is skipped. */
const bag = single((arg, groups, _call, rest) => {
  const limit = limitOf(rest);
  const bags = perGroup(groups, () => new Map<string, Dynamic>());
  eachValue(arg, groups, (value, group) => {
    const into = bags[group];
    if (!isBag(value) || into === undefined) return;
    for (const [key, item] of Object.entries(value)) if (into.size < limit && !into.has(key)) into.set(key, item);
  });
  return bags.map((into) => Object.fromEntries(into));
}, allow('dynamic'));

export const SETS: AggregateTable = {
  dcount,
  dcountif: conditional(dcount, 1),
  count_distinct: dcount,
  count_distinctif: conditional(dcount, 1),
  make_list: list(false),
  makelist: list(false),
  make_list_if: conditional(list(false), 1),
  make_list_with_nulls: list(true),
  make_set: set,
  makeset: set,
  make_set_if: conditional(set, 1),
  make_bag: bag,
  make_dictionary: bag,
  make_bag_if: conditional(bag, 1),
};
