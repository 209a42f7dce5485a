import { textOf, toDynamic } from '../json.ts';
import type { Bound } from '../run/run.ts';
import { type Bag, type Dynamic, isArray, isBag } from '../types.ts';
import { argument, asText, type Scalar, type ScalarTable, strict1 } from './define.ts';
import { pathOf } from './patterns.ts';

/** A bag from entries; a key that comes again replaces the earlier one. `__proto__` is a key like any other. */
export function bagOf(entries: Iterable<readonly [string, Dynamic]>): Bag {
  return Object.fromEntries(entries);
}

const pack: Scalar = {
  bind: (_call, args) => {
    const names = args.filter((_, index) => index % 2 === 0).map((arg) => asText(arg));
    const values = args.filter((_, index) => index % 2 === 1);
    return (row) =>
      bagOf(
        names.map((name, index) => [name(row), toDynamic(values[index]?.cell(row) ?? null, values[index]?.type ?? 'dynamic')]),
      );
  },
};

/** `pack_all(true)`: without the columns that are null or empty. */
const packFilled: Scalar = {
  bind: (call, args, run) => {
    const all = pack.bind(call, args, run);
    return (row) => bagOf(Object.entries(all(row) as Bag).filter(([, value]) => value !== null && value !== ''));
  },
};

const packArray: Scalar = {
  bind: (_call, args) => (row) => args.map((arg) => toDynamic(arg.cell(row), arg.type)),
};

/** The first bag that has a key gives its value. */
const merge: Scalar = {
  bind: (_call, args) => {
    const cells = args.map((arg) => arg.cell);
    return (row) => {
      const bags = cells.map((cell) => cell(row)).filter(isBag);
      if (bags.length === 0) return null;
      const merged = new Map<string, Dynamic>();
      for (const bag of bags) {
        for (const [key, value] of Object.entries(bag)) if (!merged.has(key)) merged.set(key, value);
      }
      return bagOf(merged);
    };
  },
};

/** A key, or a path such as `$.a.b`, as names. */
function namesOf(key: string): readonly string[] {
  return (key.startsWith('$') ? pathOf(key)?.map(String) : undefined) ?? [key];
}

const hasKey: Scalar = {
  bind: (_call, args) => {
    const bag = argument(args, 0);
    const key = asText(args[1] as Bound);
    return (row) => {
      let at = bag(row) as Dynamic;
      if (!isBag(at)) return null;
      for (const name of namesOf(key(row))) {
        if (!isBag(at) || !Object.hasOwn(at, name)) return false;
        at = at[name] ?? null;
      }
      return true;
    };
  },
};

function without(bag: Bag, [name = '', ...inner]: readonly string[]): Bag {
  if (!Object.hasOwn(bag, name)) return bag;
  if (inner.length === 0) return bagOf(Object.entries(bag).filter(([key]) => key !== name));
  const child = bag[name] ?? null;
  return isBag(child)
    ? bagOf(Object.entries(bag).map(([key, value]) => [key, key === name ? without(child, inner) : value]))
    : bag;
}

const removeKeys: Scalar = {
  bind: (_call, args) => {
    const [bag, keys] = [argument(args, 0), argument(args, 1)];
    return (row) => {
      const value = bag(row);
      const names = keys(row);
      if (!isBag(value) || !isArray(names)) return null;
      return names.reduce((rest: Bag, name: Dynamic) => without(rest, namesOf(textOf(name, 'dynamic'))), value);
    };
  },
};

function withKey(bag: Bag, [name = '', ...inner]: readonly string[], value: Dynamic): Bag {
  const child = Object.hasOwn(bag, name) ? (bag[name] ?? null) : null;
  const made = inner.length === 0 ? value : withKey(isBag(child) ? child : {}, inner, value);
  return bagOf([...Object.entries(bag).filter(([key]) => key !== name), [name, made]]);
}

const setKey: Scalar = {
  bind: (_call, args) => {
    const bag = argument(args, 0);
    const key = asText(args[1] as Bound);
    const value = args[2] as Bound;
    return (row) => {
      const target = bag(row);
      return isBag(target) ? withKey(target, namesOf(key(row)), toDynamic(value.cell(row), value.type)) : null;
    };
  },
};

/** Keys that are no strings are left out with their values; values that are missing are null. */
const zip: Scalar = {
  bind: (_call, args) => {
    const [keys, values] = [argument(args, 0), argument(args, 1)];
    return (row) => {
      const names = keys(row);
      const given = values(row);
      if (!isArray(names)) return null;
      const at = (index: number): Dynamic => (isArray(given) ? (given[index] ?? null) : null);
      return bagOf(
        names.flatMap((name, index): (readonly [string, Dynamic])[] => (typeof name === 'string' ? [[name, at(index)]] : [])),
      );
    };
  },
};

export const BAGS: ScalarTable = {
  bag_pack: pack,
  pack,
  pack_dictionary: pack,
  'pack_all filled': packFilled,
  pack_array: packArray,
  bag_merge: merge,
  bag_has_key: hasKey,
  bag_remove_keys: removeKeys,
  bag_set_key: setKey,
  bag_zip: zip,
  bag_keys: strict1((value: Dynamic) => (isBag(value) ? Object.keys(value) : null)),
};
