import { TocsinError } from '../../../model/errors.ts';
import { unsupported } from '../errors.ts';
import type { Call } from '../plan.ts';
import type { Bound, Cell } from '../run/run.ts';
import { argument, asText, checkWidening, type Scalar, type ScalarTable, strict1, strictN, widened } from './define.ts';

/** Three-valued: false decides `and`, true decides `or`, otherwise null is not known. */
function connective(decisive: boolean): Scalar {
  return {
    check: checkBool,
    bind: (_call, args) => {
      const a = argument(args, 0);
      const b = argument(args, 1);
      return (row) => {
        const x = a(row);
        if (x === decisive) return decisive;
        const y = b(row);
        if (y === decisive) return decisive;
        return x === null || y === null ? null : !decisive;
      };
    },
  };
}

function checkBool(call: Call): void {
  for (const arg of call.args) {
    if (arg.type !== 'bool') throw unsupported(`${call.name} of a ${arg.type}`, call.at);
  }
}

const iff: Scalar = {
  check: checkWidening(1),
  bind: (call, args) => {
    const condition = argument(args, 0);
    const [yes, no] = branches(args.slice(1), call);
    return (row) => (condition(row) === true ? yes?.(row) : no?.(row)) ?? null;
  },
};

function branches(args: readonly Bound[], call: Call): readonly Cell[] {
  return args.map((arg) => widened(arg, call.type));
}

const caseOf: Scalar = {
  check: (call) =>
    checkWidening(0)({ ...call, args: call.args.filter((_, index) => index % 2 === 1 || index === call.args.length - 1) }),
  bind: (call, args) => {
    const pairs: { readonly when: Cell; readonly value: Cell }[] = [];
    for (let index = 0; index + 1 < args.length; index += 2) {
      pairs.push({ when: argument(args, index), value: widened(args[index + 1] as Bound, call.type) });
    }
    const otherwise = widened(args[args.length - 1] as Bound, call.type);
    return (row) => {
      for (const { when, value } of pairs) if (when(row) === true) return value(row);
      return otherwise(row);
    };
  },
};

/** The first that is not null, or for strings not empty. */
const coalesce: Scalar = {
  check: checkWidening(0),
  bind: (call, args) => {
    const cells = branches(args, call);
    const last = cells[cells.length - 1];
    return (row) => {
      for (const cell of cells) {
        const value = cell(row);
        if (value !== null && value !== '') return value;
      }
      return last?.(row) ?? null;
    };
  },
};

function emptiness(empty: boolean): Scalar {
  return {
    bind: (_call, args) => {
      const [arg] = args;
      if (arg === undefined) return () => null;
      const text = asText(arg);
      return (row) => (text(row) === '') === empty;
    },
  };
}

function nullness(isNull: boolean): Scalar {
  return {
    bind: (_call, args) => {
      const a = argument(args, 0);
      return (row) => (a(row) === null) === isNull;
    },
  };
}

/** Fails the query, with the message given, where the condition does not hold. */
const assertion: Scalar = {
  bind: (_call, args) => {
    const condition = argument(args, 0);
    const message = args[1] === undefined ? () => '' : asText(args[1]);
    return (row) => {
      if (condition(row) === false) throw new TocsinError('TCN-R015', `assert() failed: ${message(row)}`);
      return true;
    };
  },
};

/** `around(value, center, distance)` */
const around: Scalar = {
  check: (call) => {
    const types = call.args.map((arg) => arg.type);
    const [value, center, distance] = types;
    const numbers = types.every((type) => type === 'int' || type === 'long' || type === 'real');
    const times = (value === 'datetime' || value === 'timespan') && center === value && distance === 'timespan';
    if (!numbers && !times) throw unsupported(`${call.name}() of ${types.join(', ')}`, call.at);
  },
  ...strictN(([value, center, distance]) => Math.abs(Number(value) - Number(center)) <= Number(distance)),
};

export const LOGIC: ScalarTable = {
  and: connective(false),
  or: connective(true),
  not: { ...strict1((a: boolean) => !a), check: checkBool },
  iff,
  iif: iff,
  case: caseOf,
  coalesce,
  assert: assertion,
  around,
  isempty: emptiness(true),
  isnotempty: emptiness(false),
  notempty: emptiness(false),
  isnull: nullness(true),
  isnotnull: nullness(false),
  notnull: nullness(false),
};
