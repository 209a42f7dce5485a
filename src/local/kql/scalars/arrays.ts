import { compareValues } from '../compare.ts';
import { scalarTypeOf, toDynamic, unboxed } from '../json.ts';
import { addLong, compareNumbers, isNumber } from '../numbers.ts';
import type { Bound, Cell } from '../run/run.ts';
import { TICKS_PER_DAY } from '../time.ts';
import { type Dynamic, isArray, isBag, type Value } from '../types.ts';
import { argument, type Scalar, type ScalarTable, strict1 } from './define.ts';
import { sameKey } from './sets.ts';

/** A function of an array and whole numbers: null in any of them, or no array, gives null. */
function ofArray(f: (items: readonly Dynamic[], ...numbers: number[]) => Dynamic): Scalar {
  return {
    bind: (_call, args) => {
      const [array, ...rest] = args.map((arg) => arg.cell);
      return (row) => {
        const items = array?.(row) ?? null;
        const numbers = rest.map((cell) => cell(row));
        if (!isArray(items) || numbers.includes(null)) return null;
        return f(items, ...numbers.map(Number));
      };
    },
  };
}

const slice = ofArray((items, start = 0, end = -1) => {
  const from = Math.max(0, start < 0 ? items.length + start : start);
  const to = end < 0 ? items.length + end : end;
  return items.slice(from, Math.max(from, to + 1));
});

/** What fills up: the default given, else null, or the empty string in an array of strings. */
function shift(direction: 1 | -1): Scalar {
  return {
    bind: (_call, args) => {
      const [array, by] = [argument(args, 0), argument(args, 1)];
      const filler = args[2];
      return (row) => {
        const items = array(row);
        const count = by(row);
        if (!isArray(items) || count === null) return null;
        const none = items.length > 0 && items.every((item) => typeof item === 'string') ? '' : null;
        const fill = filler === undefined ? none : toDynamic(filler.cell(row), filler.type);
        const left = Number(count) * direction;
        return items.map((_, index) => {
          const from = index + left;
          return from >= 0 && from < items.length ? (items[from] ?? null) : fill;
        });
      };
    },
  };
}

function rotate(direction: 1 | -1): Scalar {
  return ofArray((items, by = 0) => {
    const { length } = items;
    return items.map((_, index) => items[(((index + by * direction) % length) + length) % length] ?? null);
  });
}

/** `[0..i1), [i1..i2), …, [iN..length)` */
const split: Scalar = {
  bind: (_call, args) => {
    const [array, at] = [argument(args, 0), argument(args, 1)];
    return (row) => {
      const items = array(row);
      const where = at(row);
      if (!isArray(items) || where === null) return null;
      const cuts = (isArray(where) ? where : [where as Dynamic]).map((cut) =>
        Math.max(0, Math.min(items.length, Number(cut) < 0 ? items.length + Number(cut) : Number(cut))),
      );
      const edges = [0, ...cuts, items.length];
      return edges.slice(1).map((end, index) => items.slice(edges[index], end));
    };
  },
};

/** Element by element; a value that is no array stands for all elements. */
const arrayIff: Scalar = {
  bind: (_call, args) => {
    const conditions = argument(args, 0);
    const [yes, no] = [args[1] as Bound, args[2] as Bound];
    return (row) => {
      const given = conditions(row);
      if (!isArray(given)) return null;
      const [whenTrue, whenFalse] = [toDynamic(yes.cell(row), yes.type), toDynamic(no.cell(row), no.type)];
      const at = (values: Dynamic, index: number): Dynamic => (isArray(values) ? (values[index] ?? null) : values);
      return given.map((condition, index) => {
        const value = unboxed(condition);
        const boxedTime = scalarTypeOf(condition) === 'datetime' || scalarTypeOf(condition) === 'timespan';
        if (typeof value !== 'boolean' && (!isNumber(value) || boxedTime)) return null;
        return at(value === true || (value !== false && Number(value) !== 0) ? whenTrue : whenFalse, index);
      });
    };
  },
};

/** `array_index_of(array, value [, start [, length [, occurrence]]])` */
const indexOf: Scalar = {
  bind: (_call, args) => {
    const array = argument(args, 0);
    const wanted = args[1] as Bound;
    const numbers = args.slice(2).map((arg) => arg.cell);
    return (row) => {
      const items = array(row);
      if (!isArray(items)) return null;
      const key = sameKey(toDynamic(wanted.cell(row), wanted.type));
      const [start = 0, length = -1, occurrence = 1] = numbers.map((cell) => Number(cell(row)));
      const from = start < 0 ? Math.max(0, items.length + start) : start;
      const to = length < 0 ? items.length : Math.min(items.length, from + length);
      let seen = 0;
      for (let index = from; index < to; index += 1) {
        if (sameKey(items[index] ?? null) === key) seen += 1;
        if (seen === occurrence) return index;
      }
      return -1;
    };
  },
};

const CLASSES: readonly (readonly string[])[] = [['int', 'long', 'real', 'datetime', 'timespan'], ['string'], ['guid']];

function sortClass(value: Dynamic): number {
  const type = scalarTypeOf(value);
  const found = CLASSES.findIndex((types) => type !== null && types.includes(type));
  return found < 0 ? CLASSES.length : found;
}

function compareItems(a: Dynamic, b: Dynamic): number {
  const [left, right] = [sortClass(a), sortClass(b)];
  if (left !== right) return left - right;
  return left === 0 ? compareNumbers(Number(unboxed(a)), Number(unboxed(b))) || exactly(a, b) : compareValues(a, b, 'dynamic');
}

function exactly(a: Dynamic, b: Dynamic): number {
  const [x, y] = [unboxed(a), unboxed(b)];
  return isNumber(x) && isNumber(y) ? compareNumbers(x, y) : 0;
}

/** Sorts the first array and puts the others in the same order; one array is the result, several make a list of results. */
function sort(direction: 1 | -1): Scalar {
  return {
    bind: (_call, args) => {
      const last = args[args.length - 1];
      const hasFlag = last?.type === 'bool';
      const nullsLast: Cell = hasFlag && last !== undefined ? last.cell : () => true;
      const arrays = hasFlag ? args.slice(0, -1) : args;
      return (row) => {
        const [first, ...others] = arrays.map((arg) => arg.cell(row));
        if (!isArray(first ?? null)) return arrays.length === 1 ? null : arrays.map(() => null);
        const keys = first as readonly Dynamic[];
        const nullSign = nullsLast(row) === false ? -1 : 1;
        const order = keys
          .map((_, index) => index)
          .sort((a, b) => {
            const [x, y] = [keys[a] ?? null, keys[b] ?? null];
            if (x === null || y === null) return (x === y ? 0 : x === null ? nullSign : -nullSign) || a - b;
            return compareItems(x, y) * direction || a - b;
          });
        const sorted = [keys, ...others].map((items) =>
          isArray(items ?? null) && (items as readonly Dynamic[]).length === keys.length
            ? order.map((index) => (items as readonly Dynamic[])[index] ?? null)
            : null,
        );
        return arrays.length === 1 ? (sorted[0] ?? null) : sorted;
      };
    },
  };
}

const MOST = 1_048_576;
/** About what an item takes, its text included. */
const ITEM_BYTES = 24;

/** `range(from, to [, step])`: the step is 1, or 1h for datetimes and timespans. */
const range: Scalar = {
  bind: (_call, args, run) => {
    const [from, to, step] = args as readonly [Bound, Bound, Bound?];
    const ticks = from.type === 'datetime' || from.type === 'timespan';
    const by: Cell = step?.cell ?? (() => (ticks ? TICKS_PER_DAY / 24 : 1));
    const type = from.type === 'int' || from.type === 'long' ? (step?.type === 'real' ? 'real' : 'long') : from.type;
    return (row) => {
      const [start, stop, size] = [from.cell(row), to.cell(row), by(row)];
      if (!isNumber(start) || !isNumber(stop) || !isNumber(size) || Number(size) === 0) return null;
      const sign = size > 0 ? 1 : -1;
      const items: Dynamic[] = [];
      let value: number | bigint = start;
      while (compareNumbers(value, stop) * sign <= 0 && items.length < MOST) {
        items.push(toDynamic(value, type));
        const next: number | bigint = type === 'long' ? addLong(value, size) : Number(value) + Number(size);
        if (compareNumbers(next, value) * sign <= 0) break;
        value = next;
      }
      run.hold(items.length * ITEM_BYTES);
      return items;
    };
  },
};

const repeat: Scalar = {
  bind: (_call, args, run) => {
    const value = args[0] as Bound;
    const count = argument(args, 1);
    return (row) => {
      const times = count(row);
      if (times === null || Number(times) < 0) return null;
      run.hold(Math.min(MOST, Number(times)) * ITEM_BYTES);
      return new Array<Dynamic>(Math.min(MOST, Number(times))).fill(toDynamic(value.cell(row), value.type));
    };
  },
};

/** As long as the longest; what is missing is null. */
const zip: Scalar = {
  bind: (_call, args) => {
    const cells = args.map((arg) => arg.cell);
    return (row) => {
      const arrays = cells.map((cell) => cell(row));
      if (!arrays.every(isArray)) return null;
      const length = Math.max(...arrays.map((items) => items.length));
      return Array.from({ length }, (_, index) => arrays.map((items) => items[index] ?? null));
    };
  },
};

/** Null unless every element is a number. */
function sum(items: readonly Dynamic[]): Dynamic {
  let total = 0;
  for (const item of items) {
    const value = unboxed(item);
    if (!isNumber(value)) return null;
    total += Number(value);
  }
  return total;
}

/** The paths to everything inside; the elements of an array share one. */
function treePaths(value: Dynamic, path: string, into: Set<string>): ReadonlySet<string> {
  if (isArray(value)) {
    if (value.length > 0) into.add(`${path}[0]`);
    for (const item of value) treePaths(item, `${path}[0]`, into);
  } else if (isBag(value)) {
    for (const [key, item] of Object.entries(value)) {
      into.add(`${path}['${key}']`);
      treePaths(item, `${path}['${key}']`, into);
    }
  }
  return into;
}

export const ARRAYS: ScalarTable = {
  array_slice: slice,
  array_shift_left: shift(1),
  array_shift_right: shift(-1),
  array_rotate_left: rotate(1),
  array_rotate_right: rotate(-1),
  array_split: split,
  array_iff: arrayIff,
  array_iif: arrayIff,
  array_index_of: indexOf,
  array_sort_asc: sort(1),
  array_sort_desc: sort(-1),
  array_sum: strict1((items: Dynamic) => (isArray(items) ? sum(items) : null) as Value),
  array_length: strict1((value: Dynamic) => (isArray(value) ? value.length : null)),
  arraylength: strict1((value: Dynamic) => (isArray(value) ? value.length : null)),
  array_reverse: strict1((value: Dynamic) => (isArray(value) ? [...value].reverse() : null)),
  range,
  repeat,
  zip,
  treepath: strict1((value: Dynamic) => [...treePaths(value, '', new Set())]),
};
