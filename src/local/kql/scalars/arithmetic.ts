import { addDecimals, multiplyDecimals, subtractDecimals } from '../decimals.ts';
import { unsupported } from '../errors.ts';
import { addLong, compareNumbers, divideLong, isNumber, moduloLong, multiplyLong, subtractLong } from '../numbers.ts';
import type { Bound, Cell } from '../run/run.ts';
import { ORIGIN_TICKS } from '../time.ts';
import { isNumeric, type KustoType, type Value } from '../types.ts';
import {
  argument,
  cell2,
  checkWidening,
  isWhole,
  refuseTypes,
  type Scalar,
  type ScalarTable,
  strict1,
  strict2,
  widened,
} from './define.ts';

type Whole = number | bigint;

interface Operation {
  readonly whole: (a: Whole, b: Whole) => Value;
  readonly real: (a: number, b: number) => Value;
  readonly decimal?: (a: string, b: string) => Value;
  /** Operand types (`datetime-timespan` …) on which the operation is plain arithmetic of ticks. */
  readonly ticks: Readonly<Record<string, (a: number, b: number) => Value>>;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  '+': {
    whole: addLong,
    real: (a, b) => a + b,
    decimal: addDecimals,
    ticks: { 'datetime timespan': plus, 'timespan datetime': plus, 'timespan timespan': plus },
  },
  '-': {
    whole: subtractLong,
    real: (a, b) => a - b,
    decimal: subtractDecimals,
    ticks: { 'datetime timespan': minus, 'datetime datetime': minus, 'timespan timespan': minus },
  },
  '*': {
    whole: multiplyLong,
    real: (a, b) => a * b,
    decimal: multiplyDecimals,
    ticks: { 'timespan number': scale, 'number timespan': scale },
  },
  '/': {
    whole: divideLong,
    real: (a, b) => a / b,
    ticks: {
      'timespan timespan': (a, b) => a / b,
      'timespan number': (a, b) => (b === 0 ? null : Math.trunc(a / b)),
    },
  },
  '%': {
    whole: moduloLong,
    real: (a, b) => {
      const rest = a % b;
      return rest < 0 ? rest + Math.abs(b) : rest;
    },
    ticks: { 'timespan timespan': (a, b) => moduloLong(a, b) },
  },
};

function plus(a: number, b: number): number {
  return a + b;
}

function minus(a: number, b: number): number {
  return a - b;
}

function scale(a: number, b: number): number {
  return Math.trunc(a * b);
}

function operator(name: string): Scalar {
  const operation = OPERATIONS[name] as Operation;
  return {
    check: (call) => {
      const [a, b] = call.args;
      if (a === undefined || b === undefined) return;
      if (call.type === 'decimal' && operation.decimal !== undefined && isExact(a.type) && isExact(b.type)) return;
      const numeric = [a, b].every((arg) => isNumeric(arg.type) || arg.type === 'dynamic');
      const fits = numeric ? isWhole(call.type) || call.type === 'real' : operation.ticks[pairOf(a.type, b.type)] !== undefined;
      if (!fits) throw unsupported(`${name} between ${a.type} and ${b.type}`, call.at);
    },
    bind: (call, args) => {
      const [a, b] = args as readonly [Bound, Bound];
      if (isWhole(call.type)) return cell2(widened(a, 'long'), widened(b, 'long'), operation.whole);
      if (call.type === 'decimal') return cell2(exactText(a), exactText(b), operation.decimal ?? (() => null));
      const ticks = operation.ticks[pairOf(a.type, b.type)];
      if (ticks !== undefined) return cell2(asNumber(a), asNumber(b), ticks);
      return cell2(widened(a, 'real'), widened(b, 'real'), operation.real);
    },
  };
}

function isExact(type: KustoType): boolean {
  return type === 'decimal' || isWhole(type);
}

/** A decimal, int or long as a decimal. */
function exactText(arg: Bound): Cell {
  return (row) => {
    const value = arg.cell(row);
    return value === null ? null : String(value);
  };
}

function pairOf(a: KustoType, b: KustoType): string {
  return `${isNumeric(a) ? 'number' : a} ${isNumeric(b) ? 'number' : b}`;
}

function asNumber(arg: Bound): Cell {
  return isNumeric(arg.type) ? widened(arg, 'real') : arg.cell;
}

const negate: Scalar = {
  check: refuseTypes(['decimal', 'dynamic', 'datetime', 'bool', 'string', 'guid']),
  ...strict1((a: Whole) => (typeof a === 'bigint' ? subtractLong(0, a) : a === 0 ? 0 : -a)),
};

/** Rounds down to a multiple of the size, counted from zero, or for a datetime from 0001-01-01. */
const bin: Scalar = {
  check: (call) => {
    const [value, size] = call.args;
    const ticks = value?.type === 'datetime' || value?.type === 'timespan';
    if (value === undefined || size === undefined) throw unsupported(`${call.name} of one argument`, call.at);
    const fits = ticks ? size.type === 'timespan' : isNumeric(value.type) && isNumeric(size.type) && call.type !== 'decimal';
    if (!fits) throw unsupported(`${call.name} of a ${value.type} by a ${size.type}`, call.at);
  },
  bind: (call, args) => {
    const [value, size] = args as readonly [Bound, Bound];
    if (isWhole(call.type)) return cell2(value.cell, size.cell, binLong);
    if (call.type === 'real')
      return cell2(widened(value, 'real'), widened(size, 'real'), (x: number, by: number) => binReal(x, by));
    if (call.type === 'timespan') return cell2(value.cell, size.cell, (x: number, by: number) => binTicks(x, by, 0));
    if (size.constant) {
      const by = size.cell(0) as number | null;
      const offset = by === null || by <= 0 ? 0 : originOffset(by);
      return (row) => {
        const x = value.cell(row) as number | null;
        return x === null || by === null ? null : binTicks(x, by, offset);
      };
    }
    return cell2(value.cell, size.cell, (x: number, by: number) => (by <= 0 ? null : binTicks(x, by, originOffset(by))));
  },
};

function binLong(x: Whole, by: Whole): Value {
  if (by <= 0) return null;
  const rest = moduloLong(x, by);
  return rest === null ? null : subtractLong(x, rest);
}

function binReal(x: number, by: number): Value {
  return by <= 0 ? null : Math.floor(x / by) * by;
}

function binTicks(x: number, by: number, offset: number): Value {
  return by <= 0 ? null : Math.floor((x - offset) / by) * by + offset;
}

/** Where the bins that are counted from 0001-01-01 lie in our frame; exact, because it is computed in integers. */
export function originOffset(by: number): number {
  const size = BigInt(Math.trunc(by));
  return Number(((BigInt(ORIGIN_TICKS) % size) + size) % size);
}

/** `bin` with a fixed point of its own: `bin_at(value, size, point)`. */
const binAt: Scalar = {
  check: (call) => {
    const [value, , point] = call.args;
    if (value?.type !== point?.type || call.type === 'decimal') throw unsupported(`${call.name} of these types`, call.at);
  },
  bind: (call, args) => {
    const [value, size, point] = args as readonly [Bound, Bound, Bound];
    const as = call.type === 'datetime' || call.type === 'timespan' ? asNumber : (arg: Bound): Cell => widened(arg, 'real');
    const [x, by, at] = [as(value), as(size), as(point)];
    return (row) => {
      const [v, s, p] = [x(row), by(row), at(row)] as (number | null)[];
      if (v === null || v === undefined || s === null || s === undefined || p === null || p === undefined || s <= 0) return null;
      return Math.floor((v - p) / s) * s + p;
    };
  },
};

const round: Scalar = {
  check: refuseTypes(['decimal']),
  bind: (call, args) => {
    if (isWhole(call.type)) return argument(args, 0);
    const digits = args[1]?.cell ?? (() => 0);
    return cell2(argument(args, 0), digits, (x: number, places: number) => roundTo(x, places));
  },
};

/** Half away from zero, decided on the shortest decimal text so that 1.005 is not 1.00499…. */
function roundTo(x: number, places: number): number {
  if (!Number.isFinite(x)) return x;
  const shifted = Number(`${Math.abs(x)}e${places}`);
  const rounded = Number.isNaN(shifted)
    ? Math.round(Math.abs(x) * 10 ** places) / 10 ** places
    : Number(`${Math.round(shifted)}e${-places}`);
  return x < 0 ? -rounded : rounded;
}

function stepwise(f: (x: number) => number): Scalar {
  return {
    check: refuseTypes(['decimal']),
    bind: (call, args) => {
      const a = argument(args, 0);
      if (isWhole(call.type)) return a;
      return (row) => {
        const x = a(row);
        return x === null ? null : f(Number(x));
      };
    },
  };
}

function real(f: (x: number) => number): Scalar {
  return { check: refuseTypes(['decimal']), ...strict1((x: Whole) => f(Number(x))) };
}

function extreme(sign: 1 | -1): Scalar {
  return {
    check: checkWidening(0),
    bind: (call, args) => {
      const cells = args.map((arg) => widened(arg, call.type));
      return (row) => {
        let best: Value = null;
        for (const cell of cells) {
          const value = cell(row);
          if (value !== null && (best === null || order(value, best) * sign > 0)) best = value;
        }
        return best;
      };
    },
  };
}

function order(a: Value, b: Value): number {
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  return (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0;
}

export const ARITHMETIC: ScalarTable = {
  '+': operator('+'),
  '-': operator('-'),
  '*': operator('*'),
  '/': operator('/'),
  '%': operator('%'),
  negate,
  bin,
  floor: bin,
  bin_at: binAt,
  round,
  ceiling: stepwise(Math.ceil),
  abs: { check: refuseTypes(['decimal']), ...strict1((x: Whole) => (x < 0 ? subtractLong(0, x) : x)) },
  sign: real(Math.sign),
  sqrt: real((x) => (x < 0 ? Number.NaN : Math.sqrt(x))),
  exp: real(Math.exp),
  exp2: real((x) => 2 ** x),
  exp10: real((x) => 10 ** x),
  log: real(Math.log),
  log2: real(Math.log2),
  log10: real(Math.log10),
  sin: real(Math.sin),
  cos: real(Math.cos),
  tan: real(Math.tan),
  asin: real(Math.asin),
  acos: real(Math.acos),
  atan: real(Math.atan),
  cot: real((x) => 1 / Math.tan(x)),
  radians: real((x) => (x * Math.PI) / 180),
  degrees: real((x) => (x * 180) / Math.PI),
  pi: { bind: () => () => Math.PI },
  atan2: strict2((y: Whole, x: Whole) => Math.atan2(Number(y), Number(x))),
  pow: strict2((x: Whole, y: Whole) => Number(x) ** Number(y)),
  isnan: strict1((x: Whole) => Number.isNaN(x)),
  isinf: strict1((x: Whole) => typeof x === 'number' && !Number.isFinite(x) && !Number.isNaN(x)),
  isfinite: strict1((x: Whole) => typeof x === 'bigint' || Number.isFinite(x)),
  min_of: extreme(-1),
  max_of: extreme(1),
};
