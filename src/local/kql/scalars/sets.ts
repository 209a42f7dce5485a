import { keyOf } from '../compare.ts';
import { toDynamic, unboxed } from '../json.ts';
import { isNumber } from '../numbers.ts';
import type { Bound } from '../run/run.ts';
import { Boxed, type Dynamic, isArray } from '../types.ts';
import { argument, type Scalar, type ScalarTable } from './define.ts';

/** By what a set tells its elements apart: 1 and 1.0 are one. */
export function sameKey(value: Dynamic): unknown {
  const content = unboxed(value);
  const number = isNumber(content) && (!(value instanceof Boxed) || value.type === 'real');
  return number ? `number:${String(content)}` : keyOf(value, 'dynamic');
}

/** A function of two or more arrays; null when one of them is none. */
function ofArrays(f: (arrays: readonly (readonly Dynamic[])[]) => Dynamic): Scalar {
  return {
    bind: (_call, args) => {
      const cells = args.map((arg) => arg.cell);
      return (row) => {
        const arrays = cells.map((cell) => cell(row));
        return arrays.every(isArray) ? f(arrays) : null;
      };
    },
  };
}

/** The distinct elements in the order in which they come. */
function distinct(items: readonly Dynamic[]): readonly Dynamic[] {
  const seen = new Map<unknown, Dynamic>();
  for (const item of items) {
    const key = sameKey(item);
    if (!seen.has(key)) seen.set(key, item);
  }
  return [...seen.values()];
}

function keysOf(items: readonly Dynamic[]): ReadonlySet<unknown> {
  return new Set(items.map(sameKey));
}

const hasElement: Scalar = {
  bind: (_call, args) => {
    const set = argument(args, 0);
    const item = args[1] as Bound;
    return (row) => {
      const items = set(row);
      if (!isArray(items)) return null;
      const key = sameKey(toDynamic(item.cell(row), item.type));
      return items.some((one) => sameKey(one) === key);
    };
  },
};

function intersection(arrays: readonly (readonly Dynamic[])[]): readonly Dynamic[] {
  const [first = [], ...others] = arrays;
  const keys = others.map(keysOf);
  return distinct(first).filter((item) => keys.every((set) => set.has(sameKey(item))));
}

export const SETS: ScalarTable = {
  set_has_element: hasElement,
  set_union: ofArrays((arrays) => distinct(arrays.flat(1))),
  set_intersect: ofArrays(intersection),
  set_difference: ofArrays(([first = [], ...others]) => {
    const keys = keysOf(others.flat(1));
    return distinct(first).filter((item) => !keys.has(sameKey(item)));
  }),
  set_equals: ofArrays(([a = [], b = []]) => {
    const [left, right] = [keysOf(a), keysOf(b)];
    return left.size === right.size && [...left].every((key) => right.has(key));
  }),
  jaccard_index: ofArrays((arrays) => {
    const union = distinct(arrays.flat(1)).length;
    return union === 0 ? Number.NaN : intersection(arrays).length / union;
  }),
};
