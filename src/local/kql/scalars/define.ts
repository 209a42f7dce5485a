import { unsupported } from '../errors.ts';
import { textOf, toDynamic, unboxed } from '../json.ts';
import { isNumber } from '../numbers.ts';
import type { Call } from '../plan.ts';
import type { Bound, Cell, Run } from '../run/run.ts';
import type { Dynamic, KustoType, Value } from '../types.ts';

/** A scalar function or operator. */
export interface Scalar {
  /** Refuses, while the query is compiled, what `bind` cannot do with these argument types. */
  readonly check?: (call: Call) => void;
  readonly bind: (call: Call, args: readonly Bound[], run: Run) => Cell;
  /** The value depends on the place of the row (`prev`, `row_number`) or on chance: never computed once per distinct argument. */
  readonly positional?: boolean;
}

export type ScalarTable = Readonly<Record<string, Scalar>>;

/** Null in any argument gives null; otherwise `f` of the values. The binder guarantees the argument types that `f` names. */
export function strict1<A extends Value>(f: (a: A) => Value): Scalar {
  return {
    bind: (_call, args) => {
      const a = argument(args, 0);
      return (row) => {
        const x = a(row);
        return x === null ? null : f(x as A);
      };
    },
  };
}

export function strict2<A extends Value, B extends Value>(f: (a: A, b: B) => Value): Scalar {
  return { bind: (_call, args) => cell2(argument(args, 0), argument(args, 1), f) };
}

export function cell2<A extends Value, B extends Value>(a: Cell, b: Cell, f: (a: A, b: B) => Value): Cell {
  return (row) => {
    const x = a(row);
    if (x === null) return null;
    const y = b(row);
    return y === null ? null : f(x as A, y as B);
  };
}

/** Any number of arguments; null in any gives null. */
export function strictN(f: (values: readonly Value[]) => Value): Scalar {
  return {
    bind: (_call, args) => {
      const cells = args.map((arg) => arg.cell);
      return (row) => {
        const values = cells.map((cell) => cell(row));
        return values.includes(null) ? null : f(values);
      };
    },
  };
}

/** A function of texts: arguments of other types are read as `tostring` gives them, so none is null. */
export function textual(f: (...texts: string[]) => Value): Scalar {
  return {
    bind: (_call, args, run) => {
      const cells = args.map((arg) => asText(arg));
      const [a, b] = cells;
      if (cells.length === 1 && a !== undefined) return held((row) => f(a(row)), run);
      if (cells.length === 2 && a !== undefined && b !== undefined) return held((row) => f(a(row), b(row)), run);
      return held((row) => f(...cells.map((cell) => cell(row))), run);
    },
  };
}

/** Long texts count as memory of the run, and each is a moment to look at the clock. */
export function held(cell: Cell, run: Run): Cell {
  return (row) => {
    const value = cell(row);
    if (typeof value === 'string' && value.length > 65_536) {
      run.hold(value.length);
      run.check(0);
    }
    return value;
  };
}

export function argument(args: readonly Bound[], index: number): Cell {
  return args[index]?.cell ?? (() => null);
}

export function asText(arg: Bound): (row: number) => string {
  const { cell, type } = arg;
  if (type === 'string') return cell as (row: number) => string;
  return (row) => textOf(cell(row), type);
}

/** The argument as a value of a wider type, as Kusto converts operands: int → long → real, anything → string or dynamic. */
export function widened(arg: Bound, to: KustoType): Cell {
  const { cell, type } = arg;
  if (type === to || (isWhole(type) && isWhole(to))) return cell;
  if (to === 'string') return asText(arg);
  if (to === 'dynamic') return (row) => toDynamic(cell(row), type);
  if (to === 'real' && isWhole(type)) {
    return (row) => {
      const value = cell(row);
      return typeof value === 'bigint' ? Number(value) : value;
    };
  }
  if (type === 'dynamic') return (row) => contentAs(cell(row) as Dynamic, to);
  return cell;
}

/** What a dynamic holds, where it is of the wanted type; null otherwise. */
function contentAs(value: Dynamic, to: KustoType): Value {
  const content = unboxed(value);
  switch (to) {
    case 'int':
    case 'long':
      return isNumber(content) && (typeof content === 'bigint' || Number.isInteger(content)) ? content : null;
    case 'real':
      return isNumber(content) ? Number(content) : null;
    case 'bool':
      return typeof content === 'boolean' ? content : null;
    default:
      return null;
  }
}

function canWiden(from: KustoType, to: KustoType): boolean {
  if (from === to || to === 'string') return true;
  if (to === 'dynamic') return from !== 'decimal';
  return isWhole(from) && (isWhole(to) || to === 'real');
}

export function isWhole(type: KustoType): boolean {
  return type === 'int' || type === 'long';
}

/** Refuses a call whose arguments cannot all become its result type. */
export function checkWidening(from: number): (call: Call) => void {
  return (call) => {
    for (const arg of call.args.slice(from)) {
      if (!canWiden(arg.type, call.type)) throw unsupported(`${call.name}() of ${arg.type} and ${call.type}`, call.at);
    }
  };
}

export function refuseTypes(refused: readonly KustoType[]): (call: Call) => void {
  return (call) => {
    for (const arg of call.args) {
      if (refused.includes(arg.type)) throw unsupported(`${call.name} of a ${arg.type}`, call.at);
    }
  };
}
