import { comparableDecimal } from '../decimals.ts';
import { unsupported } from '../errors.ts';
import { scalarTypeOf, unboxed } from '../json.ts';
import { compareNumbers, isNumber, parseReal } from '../numbers.ts';
import type { Call } from '../plan.ts';
import type { Bound, Cell } from '../run/run.ts';
import { parseDatetime, parseTimespan } from '../time.ts';
import { type Dynamic, isArray, isNumeric, type KustoType, type Value } from '../types.ts';
import { asText, cell2, isWhole, type Scalar, type ScalarTable } from './define.ts';

/*
 * Equality and membership are total: one null operand makes them false (and their negations true), two make them null. Order is not:
 * any null operand makes it null. A dynamic is compared by its content: with a string as text, with a number as a number.
 */

type Mode = 'same' | 'decimal' | 'number' | 'text' | 'datetime' | 'timespan' | 'guid' | 'boolNumber';

function modeOf(a: KustoType, b: KustoType): Mode | null {
  if (a === 'decimal' || b === 'decimal') return [a, b].every((type) => type === 'decimal' || isWhole(type)) ? 'decimal' : null;
  if (a === b) return a === 'dynamic' ? null : 'same';
  if (isNumeric(a) && isNumeric(b)) return 'number';
  const has = (x: KustoType, y: (type: KustoType) => boolean): boolean => (a === x && y(b)) || (b === x && y(a));
  if (has('dynamic', (type) => type === 'string')) return 'text';
  if (has('dynamic', isNumeric) || has('string', isNumeric)) return 'number';
  if (has('dynamic', (type) => type === 'bool')) return 'same';
  if (has('string', (type) => type === 'datetime')) return 'datetime';
  if (has('string', (type) => type === 'timespan')) return 'timespan';
  if (has('string', (type) => type === 'guid')) return 'guid';
  if (has('bool', isNumeric)) return 'boolNumber';
  return null;
}

function converted(arg: Bound, mode: Mode): Cell {
  const { cell, type } = arg;
  const map =
    (f: (value: Value) => Value): Cell =>
    (row) => {
      const value = cell(row);
      return value === null ? null : f(value);
    };
  switch (mode) {
    case 'number':
      if (type === 'dynamic') return map(numberOf);
      return type === 'string' ? map((value) => parseReal(value as string)) : cell;
    case 'decimal':
      return map((value) => comparableDecimal(String(value)));
    case 'text':
      return asText(arg);
    case 'datetime':
      return type === 'string' ? map((value) => parseDatetime(value as string)) : cell;
    case 'timespan':
      return type === 'string' ? map((value) => parseTimespan(value as string)) : cell;
    case 'guid':
      return type === 'string' ? map((value) => (value as string).toLowerCase()) : cell;
    case 'boolNumber':
      return type === 'bool' ? map((value) => (value === true ? 1 : 0)) : cell;
    case 'same':
      return type === 'dynamic' ? map((value) => (typeof value === 'boolean' ? value : unequal)) : cell;
  }
}

/** Stands for a dynamic of another type: it equals nothing, yet it is not null. */
const unequal: Value = [];

function numberOf(value: Value): Value {
  const content = unboxed(value as Dynamic);
  return isNumber(content) ? content : unequal;
}

function checkComparable(call: Call): void {
  const [a, b] = call.args;
  if (a === undefined || b === undefined) return;
  if (modeOf(a.type, b.type) === null) throw unsupported(`${call.name} between ${a.type} and ${b.type}`, call.at);
}

function equal(x: Value, y: Value): boolean {
  if (x === y) return true;
  return typeof x !== typeof y && isNumber(x) && isNumber(y) && compareNumbers(x, y) === 0;
}

function equality(negated: boolean): Scalar {
  return {
    check: checkComparable,
    bind: (call, args) => {
      const [left, right] = both(call, args);
      return (row) => {
        const x = left(row);
        const y = right(row);
        if (x === null || y === null) return x === y ? null : negated;
        return equal(x, y) !== negated;
      };
    },
  };
}

function both(call: Call, args: readonly Bound[]): readonly [Cell, Cell] {
  const [a, b] = args;
  const mode = a === undefined || b === undefined ? null : modeOf(a.type, b.type);
  if (a === undefined || b === undefined || mode === null) throw unsupported(call.name, call.at);
  return [converted(a, mode), converted(b, mode)];
}

type Ordered = string | number | bigint | boolean;

function ordering(test: (x: Ordered, y: Ordered) => boolean): Scalar {
  return {
    check: checkComparable,
    bind: (call, args) => {
      const [left, right] = both(call, args);
      return cell2(left, right, (x: Value, y: Value) =>
        x === unequal || y === unequal ? null : test(x as Ordered, y as Ordered),
      );
    },
  };
}

function between(negated: boolean): Scalar {
  return {
    check: (call) => {
      const [value, low, high] = call.args;
      if (value === undefined || low === undefined || high === undefined) return;
      const span = low.type === 'datetime' && high.type === 'timespan';
      if (modeOf(value.type, low.type) === null || (!span && modeOf(value.type, high.type) === null)) {
        throw unsupported(`between of ${value.type}, ${low.type} and ${high.type}`, call.at);
      }
    },
    bind: (call, args) => {
      const [value, low, high] = args;
      if (value === undefined || low === undefined || high === undefined) throw unsupported(call.name, call.at);
      const [x, from] = both(call, [value, low]);
      const to = low.type === 'datetime' && high.type === 'timespan' ? sum(low.cell, high.cell) : both(call, [value, high])[1];
      return (row) => {
        const v = x(row);
        const a = from(row);
        const b = to(row);
        if (v === null || a === null || b === null || v === unequal) return null;
        return ((v as Ordered) >= (a as Ordered) && (v as Ordered) <= (b as Ordered)) !== negated;
      };
    },
  };
}

function sum(a: Cell, b: Cell): Cell {
  return cell2(a, b, (x: number, y: number) => x + y);
}

/** `in` and its kin. Items may be dynamic arrays, whose members count one by one. */
function membership(negated: boolean, caseless: boolean): Scalar {
  return {
    check: (call) => {
      const [left, ...items] = call.args;
      for (const item of items) {
        if (left === undefined || (item.type !== 'dynamic' && modeOf(left.type, item.type) === null) || left.type === 'decimal') {
          throw unsupported(`${call.name} of ${left?.type} among ${item.type}`, call.at);
        }
      }
    },
    bind: (_call, args) => {
      const [left, ...items] = args;
      if (left === undefined) return () => null;
      const { cell } =
        left.type === 'dynamic' ? { cell: ((row: number) => memberKey(left.cell(row), 'dynamic', caseless)) as Cell } : left;
      const key: Cell = left.type === 'dynamic' ? cell : (row) => memberKey(cell(row), left.type, caseless);
      const setOf = (row: number): Set<Value> => {
        const members = new Set<Value>();
        for (const item of items) collect(members, item.cell(row), item.type, left.type, caseless);
        return members;
      };
      const fixed = items.every((item) => item.constant) ? setOf(0) : null;
      return (row) => {
        const members = fixed ?? setOf(row);
        const value = key(row);
        if (value === null) return members.has(null) ? null : negated;
        return members.has(value) !== negated;
      };
    },
  };
}

function collect(into: Set<Value>, value: Value, type: KustoType, left: KustoType, caseless: boolean): void {
  if (type === 'dynamic' && isArray(value)) {
    for (const item of value) into.add(memberKey(item, 'dynamic', caseless, left));
  } else if (type === 'string' && left !== 'string' && left !== 'dynamic') {
    into.add(memberKey(parsedAs(value as string, left), left, caseless));
  } else {
    into.add(memberKey(value, type, caseless, left));
  }
}

function parsedAs(text: string, type: KustoType): Value {
  if (type === 'datetime') return parseDatetime(text);
  if (type === 'timespan') return parseTimespan(text);
  return type === 'guid' ? text.toLowerCase() : parseReal(text);
}

/** One form per member, so that a Set finds it: content of dynamics, lower case where case does not count. */
function memberKey(value: Value, type: KustoType, caseless: boolean, left: KustoType = type): Value {
  const content = type === 'dynamic' ? unboxed(value as Dynamic) : value;
  if (left === 'string' && content !== null && typeof content !== 'string') {
    return asText({
      type: type === 'dynamic' ? (scalarTypeOf(value as Dynamic) ?? 'dynamic') : type,
      constant: true,
      cell: () => content,
    })(0);
  }
  return caseless && typeof content === 'string' ? content.toLowerCase() : content;
}

/** `=~`: without regard to case. */
function caseless(negated: boolean): Scalar {
  return {
    bind: (_call, args) => {
      const [a, b] = args;
      if (a === undefined || b === undefined) return () => null;
      const left = asText(a);
      const right = asText(b);
      if (b.constant) {
        const wanted = right(0).toLowerCase();
        return (row) => (left(row).toLowerCase() === wanted) !== negated;
      }
      return (row) => (left(row).toLowerCase() === right(row).toLowerCase()) !== negated;
    },
  };
}

export const COMPARISON: ScalarTable = {
  '==': equality(false),
  '!=': equality(true),
  '<': ordering((x, y) => x < y),
  '<=': ordering((x, y) => x <= y),
  '>': ordering((x, y) => x > y),
  '>=': ordering((x, y) => x >= y),
  '=~': caseless(false),
  '!~': caseless(true),
  between: between(false),
  '!between': between(true),
  in: membership(false, false),
  '!in': membership(true, false),
  'in~': membership(false, true),
  '!in~': membership(true, true),
};
