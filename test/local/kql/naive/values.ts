import { jsonText } from '../../../../src/local/kql/json.ts';
import type { Call } from '../../../../src/local/kql/plan.ts';
import { Boxed, type Dynamic, type KustoType, type Value } from '../../../../src/local/kql/types.ts';

/*
 * Scalar functions from their definitions, one value at a time and without a thought for speed: the engine is compared with this.
 */

type Number64 = number | bigint;

/** A long in the one form that the engine gives it. */
export function long(value: bigint): Number64 {
  const wrapped = BigInt.asIntN(64, value);
  return wrapped >= BigInt(Number.MIN_SAFE_INTEGER) && wrapped <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wrapped) : wrapped;
}

function isWhole(type: KustoType): boolean {
  return type === 'long' || type === 'int';
}

/** -1, 0 or 1; NaN is before all numbers. */
export function compare(a: Value, b: Value): number {
  if (typeof a === 'number' && Number.isNaN(a)) return typeof b === 'number' && Number.isNaN(b) ? 0 : -1;
  if (typeof b === 'number' && Number.isNaN(b)) return 1;
  const [x, y] = [a as number, b as number];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Text by which equal values are found. */
export function keyText(value: Value): string {
  return typeof value === 'object' && value !== null ? `json ${jsonText(value as Dynamic)}` : `${typeof value} ${String(value)}`;
}

function equal(a: Value, b: Value): boolean {
  return typeof a === 'string' || typeof a === 'boolean'
    ? a === b
    : Number.isNaN(a) || Number.isNaN(b)
      ? false
      : compare(a, b) === 0;
}

function arithmetic(call: Call, a: Value, b: Value): Value {
  if (a === null || b === null) return null;
  const ticks = call.args.some((arg) => arg.type === 'datetime' || arg.type === 'timespan');
  if (!isWhole(call.type) || ticks) return inexact(call.name, Number(a), Number(b), ticks && call.type !== 'real');
  const [x, y] = [BigInt(a as number), BigInt(b as number)];
  switch (call.name) {
    case '+':
      return long(x + y);
    case '-':
      return long(x - y);
    case '*':
      return long(x * y);
    case '/':
      return y === 0n ? null : long(x / y);
    default: {
      if (y === 0n) return null;
      const rest = x % y;
      return long(rest < 0n ? rest + (y < 0n ? -y : y) : rest);
    }
  }
}

function inexact(name: string, x: number, y: number, ticks: boolean): Value {
  switch (name) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return ticks ? Math.trunc(x * y) : x * y;
    case '/':
      return x / y;
    default: {
      const rest = x % y;
      return rest < 0 ? rest + Math.abs(y) : rest;
    }
  }
}

function binned(call: Call, value: Value, size: Value): Value {
  if (value === null || size === null || Number(size) <= 0) return null;
  if (call.type === 'real') return Math.floor(Number(value) / Number(size)) * Number(size);
  // Datetimes count from the year one, which is 737,424 days before the frame in which ticks are kept.
  const shift = call.type === 'datetime' ? 737_424n * 864_000_000_000n : 0n;
  const [x, by] = [BigInt(value as number) + shift, BigInt(size as number)];
  const rest = ((x % by) + by) % by;
  return long(x - rest - shift);
}

function terms(text: string): readonly string[] {
  return text.split(/[^A-Za-z0-9]+/).filter((term) => term !== '');
}

/** String operators by their name without `!` and `_cs`, over texts of one case. */
const TEXTUAL: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  has: (text, part) => terms(text).includes(part),
  hasprefix: (text, part) => terms(text).some((term) => term.startsWith(part)),
  hassuffix: (text, part) => terms(text).some((term) => term.endsWith(part)),
  contains: (text, part) => text.includes(part),
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
};

function textual(name: string, text: string, part: string): boolean | undefined {
  const negated = name.startsWith('!');
  const cased = name.endsWith('_cs');
  const test = TEXTUAL[name.slice(negated ? 1 : 0, cased ? -3 : undefined)];
  if (test === undefined) return undefined;
  return (cased ? test(text, part) : test(text.toLowerCase(), part.toLowerCase())) !== negated;
}

function ordered(name: string, a: Value, b: Value): Value {
  if (a === null || b === null) return null;
  if (Number.isNaN(a) || Number.isNaN(b)) return false;
  const sign = compare(a, b);
  return name === '<' ? sign < 0 : name === '<=' ? sign <= 0 : name === '>' ? sign > 0 : sign >= 0;
}

/** Whether a value is in a list, whose arrays count by their members; null beside a null is neither. */
function among(value: Value, list: readonly Value[]): boolean | null {
  const items = list.flatMap((item): readonly Value[] => (Array.isArray(item) ? (item as readonly Value[]) : [item]));
  if (value === null) return items.includes(null) ? null : false;
  return items.some((item) => item !== null && equal(value, item));
}

/** The value of a call whose arguments are known. */
export function applied(call: Call, args: readonly Value[]): Value {
  const [a = null, b = null, c = null] = args;
  const asText = (index: number): string => textOf(args[index] ?? null, call.args[index]?.type ?? 'string');
  const found = call.args.length === 2 ? textual(call.name, String(a), String(b)) : undefined;
  if (found !== undefined) return found;
  switch (call.name) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(call, a, b);
    case 'negate':
      return a === null ? null : typeof a === 'number' && call.type !== 'long' ? 0 - (a as number) : long(-BigInt(a as number));
    case '==':
      return a === null || b === null ? (a === b ? null : false) : equal(a, b);
    case '!=':
      return a === null || b === null ? (a === b ? null : true) : !equal(a, b);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordered(call.name, a, b);
    case 'between':
      return both(ordered('>=', a, b), ordered('<=', a, c));
    case 'and':
      return both(a, b);
    case 'or':
      return a === true || b === true ? true : a === null || b === null ? null : false;
    case 'not':
      return a === null ? null : a !== true;
    case '=~':
      return asText(0).toLowerCase() === asText(1).toLowerCase();
    case '!~':
      return asText(0).toLowerCase() !== asText(1).toLowerCase();
    case 'in~':
    case '!in~': {
      const texts = args.slice(1).map((value) => String(value).toLowerCase());
      return texts.includes(asText(0).toLowerCase()) === (call.name === 'in~');
    }
    case 'has_any':
    case 'has_all': {
      const own = terms(asText(0).toLowerCase());
      const wanted = args.slice(1).map((value) => String(value).toLowerCase());
      return call.name === 'has_any' ? wanted.some((term) => own.includes(term)) : wanted.every((term) => own.includes(term));
    }
    case 'case':
      for (let index = 0; index + 1 < args.length; index += 2)
        if (args[index] === true) return widened(args[index + 1] ?? null, call);
      return widened(args[args.length - 1] ?? null, call);
    case 'max_of':
    case 'min_of':
      return args
        .filter((value) => value !== null)
        .reduce<Value>((best, value) => {
          if (best === null) return value;
          const sign = compare(value, best);
          return (call.name === 'max_of' ? sign > 0 : sign < 0) ? value : best;
        }, null);
    case 'indexof':
      return asText(1) === '' ? null : asText(0).indexOf(asText(1));
    case 'array_length':
      return Array.isArray(a) ? a.length : null;
    case 'member':
      return Array.isArray(a)
        ? typeof b === 'number'
          ? ((a as readonly Dynamic[])[b < 0 ? a.length + b : b] ?? null)
          : null
        : typeof a === 'object' && a !== null && !(a instanceof Boxed) && typeof b === 'string' && Object.hasOwn(a, b)
          ? ((a as Record<string, Dynamic>)[b] ?? null)
          : null;
    case 'startofday':
      return a === null ? null : Math.floor((a as number) / 864_000_000_000) * 864_000_000_000;
    case 'datetime_diff':
      return b === null || c === null
        ? null
        : Math.floor((b as number) / 36_000_000_000) - Math.floor((c as number) / 36_000_000_000);
    case 'in':
      return among(a, args.slice(1));
    case '!in': {
      const found = among(a, args.slice(1));
      return found === null ? null : !found;
    }
    case 'iff':
      return widened(a === true ? b : c, call);
    case 'coalesce':
      return widened(args.find((value) => value !== null && value !== '') ?? (call.type === 'string' ? '' : null), call);
    case 'isnull':
      return a === null;
    case 'isnotnull':
      return a !== null;
    case 'isempty':
      return asText(0) === '';
    case 'isnotempty':
      return asText(0) !== '';
    case 'bin':
      return binned(call, a, b);
    case 'abs':
      return a === null
        ? null
        : typeof a === 'bigint' || isWhole(call.type)
          ? long(absolute(BigInt(a as number)))
          : Math.abs(a as number);
    case 'strcat':
      return args.map((_, index) => asText(index)).join('');
    case 'strlen':
      return [...asText(0)].length;
    case 'tolower':
      return asText(0).toLowerCase();
    case 'toupper':
      return asText(0).toUpperCase();
    case 'tostring':
      return asText(0);
    case 'substring':
      return [...asText(0)].slice(Number(b), Number(b) + Number(c)).join('');
    case 'todouble':
      return a === null ? null : Number(a);
    case 'tolong':
      return typeof a === 'string' ? (/^\s*-?\d+\s*$/.test(a) ? long(BigInt(a.trim())) : null) : a;
    default:
      throw new Error(`the naive interpreter has no ${call.name}`);
  }
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function both(a: Value, b: Value): Value {
  return a === false || b === false ? false : a === null || b === null ? null : true;
}

function widened(value: Value, call: Call): Value {
  return call.type === 'real' && value !== null ? Number(value) : value;
}

/** The text of a value, as `tostring` gives it. */
export function textOf(value: Value, type: KustoType): string {
  if (value === null) return '';
  switch (type) {
    case 'bool':
      return value === true ? 'True' : 'False';
    case 'string':
    case 'int':
    case 'long':
      return String(value);
    case 'real':
      return Number.isInteger(value) && Math.abs(value as number) < 1e21 ? `${value}.0` : String(value);
    case 'datetime':
      return `${new Date(Date.UTC(2020, 0, 1) + (value as number) / 10_000).toISOString().slice(0, -1)}0000Z`;
    case 'dynamic':
      return typeof value === 'string'
        ? value
        : value instanceof Boxed
          ? textOf(value.value, value.type)
          : jsonText(value as Dynamic);
    default:
      throw new Error(`the naive interpreter has no text of a ${type}`);
  }
}

/** A value as an element of a dynamic. */
export function element(value: Value, type: KustoType): Dynamic {
  if (value === null) return null;
  if (type === 'datetime' || type === 'timespan') return new Boxed(type, value as number);
  if (type === 'real')
    return Number.isInteger(value) || !Number.isFinite(value as number) ? new Boxed('real', value as number) : (value as number);
  return value as Dynamic;
}
