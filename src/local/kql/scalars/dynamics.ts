import { textOf, toDynamic } from '../json.ts';
import { isNumber } from '../numbers.ts';
import type { Bound } from '../run/run.ts';
import { type Dynamic, isArray, isBag, type Value } from '../types.ts';
import { argument, asText, type Scalar, type ScalarTable, strict1, strict2 } from './define.ts';

/** `d.name`, `d["name"]`, `d[1]`, `d[-1]`: null where there is no such member. */
const member: Scalar = {
  bind: (_call, args) => {
    const target = argument(args, 0);
    const key = args[1] as Bound;
    if (key.constant && typeof key.cell(0) === 'string') {
      const name = key.cell(0) as string;
      return (row) => propertyOf(target(row), name);
    }
    return (row) => {
      const value = key.cell(row);
      return isNumber(value) ? itemOf(target(row), Number(value)) : propertyOf(target(row), textOf(value, key.type));
    };
  },
};

function propertyOf(target: Value, name: string): Dynamic {
  return isBag(target) && Object.hasOwn(target, name) ? (target[name] ?? null) : null;
}

function itemOf(target: Value, index: number): Dynamic {
  if (!isArray(target)) return null;
  return target[index < 0 ? target.length + index : index] ?? null;
}

const bagPack: Scalar = {
  bind: (_call, args) => {
    const names = args.filter((_, index) => index % 2 === 0).map((arg) => asText(arg));
    const values = args.filter((_, index) => index % 2 === 1);
    return (row) =>
      Object.fromEntries(
        names.map((name, index) => [name(row), toDynamic(values[index]?.cell(row) ?? null, values[index]?.type ?? 'dynamic')]),
      );
  },
};

const packArray: Scalar = {
  bind: (_call, args) => (row) => args.map((arg) => toDynamic(arg.cell(row), arg.type)),
};

const arrayConcat: Scalar = {
  bind: (_call, args) => {
    const cells = args.map((arg) => arg.cell);
    return (row) => {
      const values = cells.map((cell) => cell(row)).filter((value) => value !== null);
      return values.every(isArray) ? values.flat(1) : null;
    };
  },
};

const bagMerge: Scalar = {
  bind: (_call, args) => {
    const cells = args.map((arg) => arg.cell);
    return (row) => {
      const bags = cells.map((cell) => cell(row)).filter(isBag);
      return bags.length === 0 ? null : (Object.assign({}, ...bags.reverse()) as Dynamic);
    };
  },
};

const typeName: Scalar = {
  bind: (_call, args) => {
    const [arg] = args;
    if (arg === undefined) return () => '';
    const { cell, type } = arg;
    if (type !== 'dynamic') return (row) => (cell(row) === null ? 'null' : type);
    return (row) => {
      const value = cell(row) as Dynamic;
      if (value === null) return 'null';
      if (isArray(value)) return 'array';
      if (isBag(value)) return 'dictionary';
      return typeof value === 'string'
        ? 'string'
        : typeof value === 'boolean'
          ? 'bool'
          : isWholeNumber(value)
            ? 'long'
            : 'double';
    };
  },
};

function isWholeNumber(value: Dynamic): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

export const DYNAMICS: ScalarTable = {
  member,
  bag_pack: bagPack,
  pack: bagPack,
  pack_dictionary: bagPack,
  pack_array: packArray,
  array_concat: arrayConcat,
  bag_merge: bagMerge,
  gettype: typeName,
  array_length: strict1((value: Dynamic) => (isArray(value) ? value.length : null)),
  arraylength: strict1((value: Dynamic) => (isArray(value) ? value.length : null)),
  array_reverse: strict1((value: Dynamic) => (isArray(value) ? [...value].reverse() : null)),
  bag_keys: strict1((value: Dynamic) => (isBag(value) ? Object.keys(value) : null)),
  set_has_element: strict2((set: Dynamic, item: Value) => isArray(set) && set.some((one) => one === item)),
};
