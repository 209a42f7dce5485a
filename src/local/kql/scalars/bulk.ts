import { type Bools, type Data, jsonTexts, memberOfTexts, type Numeric, truthsOf } from '../data.ts';
import type { Call } from '../plan.ts';
import type { Bound, Run } from '../run/run.ts';
import { isDatetime, isTimespan } from '../time.ts';
import type { KustoType } from '../types.ts';
import { originOffset } from './arithmetic.ts';
import { isWhole } from './define.ts';

/*
 * Functions over whole columns of numbers. Each gives what its scalar gives row by row, or null where it does not apply: then the
 * scalar is used.
 */

export type Bulk = (call: Call, args: readonly Bound[], run: Run) => Data | null;

const TICKS: ReadonlySet<KustoType> = new Set(['datetime', 'timespan']);

function isReal(type: KustoType | undefined): boolean {
  return type === 'real' || type === 'int' || type === 'long';
}

function numericOf(arg: Bound | undefined): Numeric | null {
  const data = arg?.bulk?.() ?? null;
  return data?.kind === 'numeric' ? data : null;
}

/** The value of a constant number; `null` for any other argument. */
function fixedNumber(arg: Bound | undefined): number | null {
  if (arg?.constant !== true) return null;
  const value = arg.cell(0);
  return typeof value === 'number' ? value : null;
}

type Compare = (left: Float64Array, right: Float64Array, fixed: number, truths: Uint8Array) => void;

/** Six loops rather than one with a test handed in: each is compiled to a few instructions per row. */
const AGAINST_FIXED: Readonly<Record<string, Compare>> = {
  '<': (left, _, fixed, truths) => {
    for (let row = 0; row < truths.length; row += 1) truths[row] = (left[row] as number) < fixed ? 1 : 0;
  },
  '<=': (left, _, fixed, truths) => {
    for (let row = 0; row < truths.length; row += 1) truths[row] = (left[row] as number) <= fixed ? 1 : 0;
  },
  '>': (left, _, fixed, truths) => {
    for (let row = 0; row < truths.length; row += 1) truths[row] = (left[row] as number) > fixed ? 1 : 0;
  },
  '>=': (left, _, fixed, truths) => {
    for (let row = 0; row < truths.length; row += 1) truths[row] = (left[row] as number) >= fixed ? 1 : 0;
  },
  '==': (left, _, fixed, truths) => {
    for (let row = 0; row < truths.length; row += 1) truths[row] = (left[row] as number) === fixed ? 1 : 0;
  },
  '!=': (left, _, fixed, truths) => {
    for (let row = 0; row < truths.length; row += 1) truths[row] = (left[row] as number) === fixed ? 0 : 1;
  },
};

const AGAINST_COLUMN: Readonly<Record<string, Compare>> = {
  '<': (left, right, _, truths) => {
    for (let row = 0; row < truths.length; row += 1) truths[row] = (left[row] as number) < (right[row] as number) ? 1 : 0;
  },
  '<=': (left, right, _, truths) => {
    for (let row = 0; row < truths.length; row += 1) truths[row] = (left[row] as number) <= (right[row] as number) ? 1 : 0;
  },
  '==': (left, right, _, truths) => {
    for (let row = 0; row < truths.length; row += 1) truths[row] = left[row] === right[row] ? 1 : 0;
  },
  '!=': (left, right, _, truths) => {
    for (let row = 0; row < truths.length; row += 1) truths[row] = left[row] === right[row] ? 0 : 1;
  },
};

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' };

function comparable(a: KustoType | undefined, b: KustoType | undefined): boolean {
  return (isReal(a) && isReal(b)) || (a !== undefined && a === b && TICKS.has(a));
}

/** Order with a null is null; equality with one null is false, with two null. */
function comparison(name: string): Bulk {
  return (_call, args) => {
    const [a, b] = args;
    if (!comparable(a?.type, b?.type)) return null;
    const [left, right] = [numericOf(a), numericOf(b)];
    if (left !== null && right !== null) {
      if (name === '>' || name === '>=') return compareColumns(MIRRORED[name] ?? '', right, left);
      return compareColumns(name, left, right);
    }
    const column = left ?? right;
    const fixed = fixedNumber(left === null ? a : b);
    if (column === null || fixed === null) return null;
    const truths = new Uint8Array(column.numbers.length);
    const used = left === null ? (MIRRORED[name] ?? name) : name;
    AGAINST_FIXED[used]?.(column.numbers, column.numbers, fixed, truths);
    const { nulls } = column;
    if (nulls !== null) {
      const ofNull = name === '==' ? 0 : name === '!=' ? 1 : 2;
      for (let row = 0; row < truths.length; row += 1) if (nulls[row] === 1) truths[row] = ofNull;
    }
    return { kind: 'bools', truths };
  };
}

function compareColumns(name: string, left: Numeric, right: Numeric): Bools {
  const truths = new Uint8Array(left.numbers.length);
  AGAINST_COLUMN[name]?.(left.numbers, right.numbers, 0, truths);
  if (left.nulls !== null || right.nulls !== null) {
    const equality = name === '==' || name === '!=';
    for (let row = 0; row < truths.length; row += 1) {
      const nulls = (left.nulls?.[row] ?? 0) + (right.nulls?.[row] ?? 0);
      if (nulls === 2 || (nulls === 1 && !equality)) truths[row] = 2;
      else if (nulls === 1) truths[row] = name === '!=' ? 1 : 0;
    }
  }
  return { kind: 'bools', truths };
}

function between(negated: boolean): Bulk {
  return (_call, args) => {
    const [value, low, high] = args;
    const column = numericOf(value);
    const from = fixedNumber(low);
    let to = fixedNumber(high);
    if (column === null || from === null || to === null || !comparable(value?.type, low?.type)) return null;
    if (low?.type === 'datetime' && high?.type === 'timespan') to += from;
    else if (!comparable(value?.type, high?.type)) return null;
    const { numbers, nulls } = column;
    const truths = new Uint8Array(numbers.length);
    const inside = negated ? 0 : 1;
    for (let row = 0; row < truths.length; row += 1) {
      const number = numbers[row] as number;
      truths[row] = number >= from && number <= to ? inside : 1 - inside;
    }
    if (nulls !== null) for (let row = 0; row < truths.length; row += 1) if (nulls[row] === 1) truths[row] = 2;
    return { kind: 'bools', truths };
  };
}

/** `and`, `or`: the side that is known for all rows at once first, the other only where that did not decide. */
function connective(decisive: 0 | 1): Bulk {
  const joined = joinTable(decisive);
  return (_call, args) => {
    const [a, b] = args as readonly [Bound, Bound];
    const left = a.bulk?.() ?? null;
    const right = b.bulk?.() ?? null;
    const known = left ?? right;
    if (known === null) return null;
    const truths = truthsOf(known);
    const out = new Uint8Array(truths.length);
    if (left !== null && right !== null) {
      const others = truthsOf(right);
      if (joinWords(truths, others, out, decisive)) return { kind: 'bools', truths: out };
      for (let row = 0; row < out.length; row += 1)
        out[row] = joined[(truths[row] as number) * 3 + (others[row] as number)] as number;
      return { kind: 'bools', truths: out };
    }
    const { cell } = left === null ? a : b;
    for (let row = 0; row < out.length; row += 1) {
      const truth = truths[row] as number;
      const value = truth === decisive ? null : cell(row);
      const other = value === null ? 2 : value === true ? 1 : 0;
      out[row] = joined[truth * 3 + other] as number;
    }
    return { kind: 'bools', truths: out };
  };
}

/** Four truths at a time; `false` where a null is among them. */
function joinWords(left: Uint8Array, right: Uint8Array, out: Uint8Array, decisive: 0 | 1): boolean {
  const aligned = left.byteOffset % 4 === 0 && right.byteOffset % 4 === 0 && out.byteOffset % 4 === 0;
  if (!aligned) return false;
  const count = out.length >> 2;
  const [a, b, joined] = [left, right, out].map((truths) => new Int32Array(truths.buffer, truths.byteOffset, count)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  let seen = 0;
  for (let word = 0; word < count; word += 1) {
    const x = a[word] as number;
    const y = b[word] as number;
    seen |= x | y;
    joined[word] = decisive === 0 ? x & y : x | y;
  }
  for (let row = count * 4; row < out.length; row += 1) {
    const x = left[row] as number;
    const y = right[row] as number;
    seen |= x | y;
    out[row] = decisive === 0 ? x & y : x | y;
  }
  return (seen & 0x02020202) === 0;
}

/** What two truths make, by three times the one plus the other. */
function joinTable(decisive: 0 | 1): Uint8Array {
  return Uint8Array.from({ length: 9 }, (_, index) => {
    const [x, y] = [Math.floor(index / 3), index % 3];
    return x === decisive || y === decisive ? decisive : x === 2 || y === 2 ? 2 : 1 - decisive;
  });
}

const not: Bulk = (_call, [arg]) => {
  const data = arg?.bulk?.() ?? null;
  if (data === null) return null;
  return { kind: 'bools', truths: truthsOf(data).map((truth) => (truth === 2 ? 2 : 1 - truth)) };
};

function nullness(isNull: 0 | 1): Bulk {
  return (_call, [arg]) => {
    const column = numericOf(arg);
    if (column === null) return null;
    const truths = new Uint8Array(column.numbers.length).fill(1 - isNull);
    const { nulls } = column;
    if (nulls !== null) for (let row = 0; row < truths.length; row += 1) if (nulls[row] === 1) truths[row] = isNull;
    return { kind: 'bools', truths };
  };
}

/** Rounds down to a multiple of a constant size. Whole numbers stay exact: quotients of safe integers are not rounded up. */
const bin: Bulk = (call, args) => {
  const column = numericOf(args[0]);
  const by = fixedNumber(args[1]);
  if (column === null || by === null || !(by > 0)) return null;
  const { type } = call;
  if (!isReal(type) && !TICKS.has(type)) return null;
  if (isWhole(type) && !(isWhole(args[0]?.type ?? 'real') && isWhole(args[1]?.type ?? 'real'))) return null;
  const offset = type === 'datetime' ? originOffset(by) : 0;
  const { numbers, nulls } = column;
  const out = new Float64Array(numbers.length);
  if (offset === 0) for (let row = 0; row < out.length; row += 1) out[row] = Math.floor((numbers[row] as number) / by) * by;
  else
    for (let row = 0; row < out.length; row += 1) out[row] = Math.floor(((numbers[row] as number) - offset) / by) * by + offset;
  return { kind: 'numeric', numbers: out, nulls };
};

type Step = (x: number, y: number) => number;

/** Arithmetic on reals and ticks; on whole numbers while every result is a safe integer. */
function arithmetic(step: Step, kinds: ReadonlySet<string>): Bulk {
  return (call, args) => {
    const [a, b] = args as readonly [Bound, Bound];
    const ticks = `${isReal(a.type) ? 'number' : a.type} ${isReal(b.type) ? 'number' : b.type}`;
    if (ticks !== 'number number' && !kinds.has(ticks)) return null;
    const [left, right] = [numericOf(a), numericOf(b)];
    const [x, y] = [fixedNumber(a), fixedNumber(b)];
    if ((left === null && x === null) || (right === null && y === null)) return null;
    const rows = (left ?? right)?.numbers.length ?? 0;
    const out = new Float64Array(rows);
    const whole = isWhole(call.type);
    for (let row = 0; row < rows; row += 1) {
      const value = step(
        left === null ? (x as number) : (left.numbers[row] as number),
        right === null ? (y as number) : (right.numbers[row] as number),
      );
      if (whole && !(value >= -9007199254740991 && value <= 9007199254740991) && !Number.isNaN(value)) return null;
      out[row] = value === 0 && whole ? 0 : value;
    }
    return { kind: 'numeric', numbers: out, nulls: eitherNull(left, right) };
  };
}

function eitherNull(left: Numeric | null, right: Numeric | null): Uint8Array | null {
  const [a, b] = [left?.nulls ?? null, right?.nulls ?? null];
  if (a === null || b === null) return a ?? b;
  return a.map((one, row) => (one === 1 || b[row] === 1 ? 1 : 0));
}

const ADDITION = new Set(['datetime timespan', 'timespan datetime', 'timespan timespan']);
const SUBTRACTION = new Set(['datetime timespan', 'datetime datetime', 'timespan timespan']);

const add = arithmetic((x, y) => x + y, ADDITION);
const subtract = arithmetic((x, y) => x - y, SUBTRACTION);
const multiply = arithmetic((x, y) => x * y, new Set());
const quotient = arithmetic((x, y) => x / y, new Set(['timespan timespan']));
/** Division of whole numbers rounds and has a null of its own: row by row. */
const divide: Bulk = (call, args, run) => (call.type === 'real' ? quotient(call, args, run) : null);

/** A whole number or a real as a real. */
const toReal: Bulk = (_call, [arg]) => (isReal(arg?.type) ? numericOf(arg) : null);
const toLong: Bulk = (_call, [arg]) => (arg !== undefined && isWhole(arg.type) ? numericOf(arg) : null);

/** The texts of a column, parsed when asked for. */
const parseJson: Bulk = (_call, [arg], run) => {
  const texts = arg?.type === 'string' ? (arg.bulk?.() ?? null) : null;
  if (texts === null) return null;
  return jsonTexts(texts, [], run.json);
};

const member: Bulk = (_call, [target, key]) => {
  const data = target?.bulk?.() ?? null;
  const name = key?.constant === true ? key.cell(0) : null;
  if (data?.kind !== 'json' || typeof name !== 'string') return null;
  return memberOfTexts(data, name);
};

/** Only where every result is a time: the scalar makes null of those that are none. */
function withinTime(bulk: Bulk): Bulk {
  return (call, args, run) => {
    const made = bulk(call, args, run);
    if (made?.kind !== 'numeric' || !TICKS.has(call.type)) return made;
    const fits = call.type === 'datetime' ? isDatetime : isTimespan;
    return made.numbers.every((ticks, row) => fits(ticks) || made.nulls?.[row] === 1) ? made : null;
  };
}

export const BULK: Readonly<Record<string, Bulk>> = {
  '<': comparison('<'),
  '<=': comparison('<='),
  '>': comparison('>'),
  '>=': comparison('>='),
  '==': comparison('=='),
  '!=': comparison('!='),
  between: between(false),
  '!between': between(true),
  and: connective(0),
  or: connective(1),
  not,
  isnull: nullness(1),
  isnotnull: nullness(0),
  notnull: nullness(0),
  bin: withinTime(bin),
  floor: withinTime(bin),
  '+': withinTime(add),
  '-': withinTime(subtract),
  '*': multiply,
  '/': divide,
  todouble: toReal,
  toreal: toReal,
  tolong: toLong,
  parse_json: parseJson,
  todynamic: parseJson,
  parsejson: parseJson,
  toobject: parseJson,
  member,
};
