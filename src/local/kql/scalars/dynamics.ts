import { jsonText, textOf } from '../json.ts';
import { isNumber } from '../numbers.ts';
import type { Bound } from '../run/run.ts';
import { Boxed, type Dynamic, isArray, isBag, type Value } from '../types.ts';
import { argument, type Scalar, type ScalarTable } from './define.ts';

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

const arrayConcat: Scalar = {
  bind: (_call, args) => {
    const cells = args.map((arg) => arg.cell);
    return (row) => {
      const values = cells.map((cell) => cell(row)).filter((value) => value !== null);
      return values.every(isArray) ? values.flat(1) : null;
    };
  },
};

const typeName: Scalar = {
  bind: (_call, args) => {
    const [arg] = args;
    if (arg === undefined) return () => '';
    const { cell, type } = arg;
    if (type !== 'dynamic') return () => type;
    return (row) => {
      const value = cell(row) as Dynamic;
      if (value === null) return 'null';
      if (isArray(value)) return 'array';
      if (isBag(value)) return 'dictionary';
      if (value instanceof Boxed) return value.type === 'real' ? 'double' : value.type;
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

/** Compact text with the keys of every bag in order, so that equal values have equal text. */
function canonicalText(value: Dynamic): string {
  if (isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isBag(value)) return jsonText(value);
  return `{${Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalText(item)}`)
    .join(',')}}`;
}

export const DYNAMICS: ScalarTable = {
  member,
  array_concat: arrayConcat,
  gettype: typeName,
  dynamic_to_json: { bind: (_call, args) => (row) => canonicalText(argument(args, 0)(row) as Dynamic) },
};
