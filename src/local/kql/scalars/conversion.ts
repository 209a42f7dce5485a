import { parseDecimal } from '../decimals.ts';
import { unsupported } from '../errors.ts';
import { scalarTypeOf, toDynamic, unboxed } from '../json.ts';
import { isNumber, long, parseLong, parseReal, toLong } from '../numbers.ts';
import type { Call } from '../plan.ts';
import type { Bound, Cell, Run } from '../run/run.ts';
import { parseDatetime, parseTimespan, TICKS_BEFORE_FRAME } from '../time.ts';
import type { Dynamic, KustoType, Value } from '../types.ts';
import { argument, asText, held, type Scalar, type ScalarTable } from './define.ts';

/**
 * What cannot be converted is null. Text of a fraction is no whole number: `toint("3.14")` is null, `toint(3.14)` is 3. Reals beyond the
 * whole numbers of a type become its greatest or least, longs beyond an int wrap around.
 */
const CONVERTERS: Partial<Record<KustoType, (value: Value, from: KustoType) => Value>> = {
  int: (value, from) => (from === 'long' ? wrappedInt(value as number | bigint) : asInt(wholeOf(value, from), from)),
  long: wholeOf,
  real: (value, from) => {
    if (from === 'string') return parseReal(value as string);
    if (from === 'decimal') return Number(value);
    if (from === 'datetime') return Number(netTicks(value as number));
    return isNumber(value) ? Number(value) : value === true ? 1 : 0;
  },
  decimal: (value, from) => {
    if (from === 'string') return parseDecimal(value as string);
    return parseDecimal(typeof value === 'boolean' ? String(Number(value)) : String(value));
  },
  bool: (value, from) => {
    if (from === 'string') return boolOf(value as string);
    return typeof value === 'boolean' ? value : Number(value) !== 0;
  },
  datetime: (value, from) => {
    if (from === 'string') return parseDatetime(value as string);
    return from === 'datetime' ? value : fromNetTicks(value as number | bigint);
  },
  timespan: (value, from) => (from === 'string' ? parseTimespan(value as string) : value),
  guid: (value, from) => (from === 'string' ? guidOf(value as string) : value),
};

const NUMBERS: readonly KustoType[] = ['string', 'int', 'long', 'real', 'decimal', 'bool'];
const SOURCES: Partial<Record<KustoType, readonly KustoType[]>> = {
  int: NUMBERS,
  long: [...NUMBERS, 'datetime', 'timespan'],
  real: [...NUMBERS, 'datetime', 'timespan'],
  bool: NUMBERS,
  decimal: ['string', 'int', 'long', 'real', 'bool'],
  datetime: ['string', 'datetime', 'int', 'long', 'real'],
  timespan: ['string', 'timespan'],
  guid: ['string', 'guid'],
};

function wholeOf(value: Value, from: KustoType): number | bigint | null {
  if (from === 'string') return parseLong(value as string);
  if (from === 'decimal') return parseLong((value as string).split('.')[0] ?? '');
  if (from === 'datetime') return long(netTicks(value as number));
  return isNumber(value) ? toLong(value) : value === true ? 1 : 0;
}

function asInt(value: number | bigint | null, from: KustoType): number | null {
  if (typeof value === 'number' && (value | 0) === value) return value;
  if (value === null || from !== 'real') return null;
  return value > 0 ? 2 ** 31 - 1 : -(2 ** 31);
}

function wrappedInt(value: number | bigint): number {
  return Number(BigInt.asIntN(32, BigInt(value)));
}

/** A datetime as .NET counts it: ticks since 0001-01-01. */
function netTicks(ticks: number): bigint {
  return BigInt(ticks) + TICKS_BEFORE_FRAME;
}

function fromNetTicks(ticks: number | bigint): number | null {
  const whole = toLong(ticks);
  return whole === null ? null : Number(BigInt(whole) - TICKS_BEFORE_FRAME);
}

function boolOf(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  const whole = parseLong(word);
  return whole === null ? null : whole !== 0;
}

function guidOf(text: string): string | null {
  const bare = text.trim().replace(/^[{(](.*)[)}]$/, '$1');
  const digits = bare.replaceAll('-', '').toLowerCase();
  if (!/^[\da-f]{32}$/.test(digits)) return null;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Conversion to a type: an argument that is dynamic converts by what it holds. */
function convert(to: KustoType): Scalar {
  const convertOne = CONVERTERS[to] as (value: Value, from: KustoType) => Value;
  const sources = SOURCES[to] ?? [];
  return {
    check: (call) => {
      const from = call.args[0]?.type;
      if (from !== undefined && from !== 'dynamic' && !sources.includes(from))
        throw unsupported(`${call.name}() of a ${from}`, call.at);
    },
    bind: (_call: Call, args: readonly Bound[]): Cell => {
      const a = argument(args, 0);
      const from = args[0]?.type ?? 'string';
      if (from === to) return a;
      if (from !== 'dynamic') {
        return (row) => {
          const value = a(row);
          return value === null ? null : convertOne(value, from);
        };
      }
      return (row) => {
        const value = a(row) as Dynamic;
        const held = scalarTypeOf(value);
        return held === null || !sources.includes(held) ? null : convertOne(unboxed(value), held);
      };
    },
  };
}

/** How text becomes a value of the type; null where it does not. */
export function convertText(to: KustoType): (text: string) => Value {
  const converter = CONVERTERS[to];
  return converter === undefined ? (text) => text : (text) => converter(text, 'string');
}

const toText: Scalar = {
  bind: (_call, args, run) => {
    const [arg] = args;
    if (arg === undefined) return () => '';
    return arg.type === 'dynamic' ? held(asText(arg), run) : asText(arg);
  },
};

/** JSON text as a value; text that is not JSON as itself, empty text as null. */
const parseJson: Scalar = {
  bind: (_call: Call, args: readonly Bound[], run: Run): Cell => {
    const [arg] = args;
    if (arg === undefined) return () => null;
    const { cell, type } = arg;
    if (type === 'string') return (row) => run.json(cell(row) as string);
    return (row) => toDynamic(cell(row), type);
  },
};

export const CONVERSION: ScalarTable = {
  tostring: toText,
  toint: convert('int'),
  tolong: convert('long'),
  todouble: convert('real'),
  toreal: convert('real'),
  tobool: convert('bool'),
  toboolean: convert('bool'),
  todatetime: convert('datetime'),
  totimespan: convert('timespan'),
  totime: convert('timespan'),
  toguid: convert('guid'),
  todecimal: convert('decimal'),
  todynamic: parseJson,
  parse_json: parseJson,
  parsejson: parseJson,
  toobject: parseJson,
};
