import { compareValues } from '../compare.ts';
import { unsupported } from '../errors.ts';
import { addLong } from '../numbers.ts';
import type { WindowCall } from '../plan.ts';
import { nothing } from '../table.ts';
import type { Value } from '../types.ts';
import type { Bound } from './run.ts';

/** A function over the rows in their order. */
interface Window {
  readonly check?: (call: WindowCall) => void;
  /** The value of every row. */
  readonly compute: (args: readonly Bound[], rows: number) => Value[];
}

/** `prev` and `next`: the value so many rows before or after, or the default where there is no such row. */
function neighbour(direction: 1 | -1): Window {
  return {
    check: (call) => {
      const [value, , otherwise] = call.args;
      if (otherwise !== undefined && value !== undefined && otherwise.type !== value.type) {
        const bothWhole = [value, otherwise].every(({ type }) => type === 'int' || type === 'long');
        if (!bothWhole) throw unsupported(`${call.name}() of a ${value.type} with a ${otherwise.type}`, call.at);
      }
    },
    compute: ([value, offset, otherwise], rows) => {
      const by = Number(offset?.cell(0) ?? 1) * direction;
      return Array.from({ length: rows }, (_, row) => {
        const other = row + by;
        if (other >= 0 && other < rows) return value?.cell(other) ?? null;
        return otherwise === undefined ? nothing(value?.type ?? 'dynamic') : otherwise.cell(row);
      });
    },
  };
}

function restarts(arg: Bound | undefined, row: number): boolean {
  return arg?.cell(row) === true;
}

const rowNumber: Window = {
  compute: ([start, restart], rows) => {
    const first = (start?.cell(0) ?? 1) as number | bigint;
    let next = first;
    return Array.from({ length: rows }, (_, row) => {
      if (row > 0) next = restarts(restart, row) ? first : addLong(next, 1);
      return next;
    });
  },
};

const rowCumsum: Window = {
  check: (call) => {
    const type = call.args[0]?.type;
    if (type !== 'int' && type !== 'long' && type !== 'real' && type !== 'timespan') {
      throw unsupported(`${call.name}() of a ${type}`, call.at);
    }
  },
  compute: ([value, restart], rows) => {
    const exact = value?.type === 'int' || value?.type === 'long';
    let sum: number | bigint = 0;
    return Array.from({ length: rows }, (_, row) => {
      if (restarts(restart, row)) sum = 0;
      const term = value?.cell(row) as number | bigint | null;
      if (term !== null) sum = exact ? addLong(sum, term) : Number(sum) + Number(term);
      return sum;
    });
  },
};

/** `row_rank_dense` counts the distinct values so far; `row_rank_min` gives the first row's number among equals. */
function rank(dense: boolean): Window {
  return {
    compute: ([value, restart], rows) => {
      let rankNow = 0;
      let inGroup = 0;
      let before: Value = null;
      return Array.from({ length: rows }, (_, row) => {
        const now = value?.cell(row) ?? null;
        const begins = row === 0 || restarts(restart, row);
        if (begins) {
          inGroup = 0;
          rankNow = 0;
        }
        inGroup += 1;
        if (begins || !same(now, before, value)) rankNow = dense ? rankNow + 1 : inGroup;
        before = now;
        return rankNow;
      });
    },
  };
}

function same(a: Value, b: Value, of: Bound | undefined): boolean {
  if (a === null || b === null) return a === b;
  return compareValues(a, b, of?.type ?? 'dynamic') === 0;
}

/** When the session began that a row belongs to: a new one after a pause, after a time, or where the condition says so. */
const session: Window = {
  compute: ([time, fromFirst, between, restart], rows) => {
    let began: number | null = null;
    let before: number | null = null;
    return Array.from({ length: rows }, (_, row) => {
      const now = time?.cell(row) as number | null;
      const longest = Number(fromFirst?.cell(row) ?? Number.POSITIVE_INFINITY);
      const pause = Number(between?.cell(row) ?? Number.POSITIVE_INFINITY);
      const fresh =
        began === null ||
        before === null ||
        restarts(restart, row) ||
        (now !== null && (now >= began + longest || now >= before + pause));
      if (fresh) began = now;
      before = now;
      return began;
    });
  },
};

/** Every window function by its name. */
export const WINDOWS: Readonly<Record<string, Window>> = {
  prev: neighbour(-1),
  next: neighbour(1),
  row_number: rowNumber,
  row_cumsum: rowCumsum,
  row_rank: rank(true),
  row_rank_dense: rank(true),
  row_rank_min: rank(false),
  row_window_session: session,
};

export function isWindow(name: string): boolean {
  return Object.hasOwn(WINDOWS, name);
}
