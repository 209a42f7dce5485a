import { unsupported } from '../errors.ts';
import { toDynamic } from '../json.ts';
import { addLong, multiplyLong, subtractLong } from '../numbers.ts';
import type { Bound } from '../run/run.ts';
import { type Dynamic, isArray, type Value } from '../types.ts';
import { argument, type Scalar, type ScalarTable } from './define.ts';
import { SERIES_MODELS } from './series-models.ts';
import { isReal, numberOf, numbersOf, real, type Whole } from './series-values.ts';

/*
 * Functions of series: dynamic arrays of numbers, as make-series makes them.
 */

/** Element by element; what is not a number gives null. */
function mapped(f: (x: number) => number): Scalar {
  return {
    bind: (_call, args) => {
      const a = argument(args, 0);
      return (row) => {
        const series = a(row);
        if (!isArray(series)) return null;
        return series.map((element) => {
          const x = numberOf(element);
          return x === null ? null : real(f(Number(x)));
        });
      };
    },
  };
}

const abs: Scalar = {
  bind: (_call, args) => {
    const a = argument(args, 0);
    return (row) => {
      const series = a(row);
      if (!isArray(series)) return null;
      return series.map((element): Dynamic => {
        const x = numberOf(element);
        if (x === null) return null;
        return isReal(element) ? real(Math.abs(Number(x))) : x < 0 ? subtractLong(0, x) : x;
      });
    };
  },
};

/** Two series side by side, or a series and a number; where one has no number the result is null. */
function paired(f: (x: Whole, y: Whole, whole: boolean) => Dynamic): Scalar {
  return {
    bind: (_call, args) => {
      const [a, b] = [operand(args[0]), operand(args[1])];
      return (row) => {
        const [x, y] = [a(row), b(row)];
        if (!isArray(x) && !isArray(y)) return null;
        const length = Math.max(isArray(x) ? x.length : 0, isArray(y) ? y.length : 0);
        return Array.from({ length }, (_, index): Dynamic => {
          const [left, right] = [isArray(x) ? x[index] : x, isArray(y) ? y[index] : y];
          const [p, q] = [numberOf(left), numberOf(right)];
          return p === null || q === null ? null : f(p, q, !isReal(left) && !isReal(right));
        });
      };
    },
  };
}

function operand(arg: Bound | undefined): (row: number) => Dynamic {
  if (arg === undefined) return () => null;
  return (row) => toDynamic(arg.cell(row), arg.type);
}

function arithmetic(exact: (x: Whole, y: Whole) => Whole, inexact: (x: number, y: number) => number): Scalar {
  return paired((x, y, whole) => (whole ? exact(x, y) : real(inexact(Number(x), Number(y)))));
}

/** A number of one or two series; null when there is anything but numbers in them, or their lengths differ. */
function reduced(f: (x: readonly number[], y: readonly number[]) => number): Scalar {
  return {
    bind: (_call, args) => {
      const [a, b] = [argument(args, 0), argument(args, args.length > 1 ? 1 : 0)];
      return (row) => {
        const [x, y] = [numbersOf(a(row)), numbersOf(b(row))];
        return x === null || y === null || x.length !== y.length ? null : f(x, y);
      };
    },
  };
}

function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, value, index) => sum + value * (y[index] as number), 0);
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const centred = (values: readonly number[]): readonly number[] => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const [p, q] = [centred(x), centred(y)];
  return dot(p, q) / Math.sqrt(dot(p, p) * dot(q, q));
}

/** `fill_…`: what stands for a missing value is the placeholder, null unless said. */
function filled(
  at: number,
  fill: (series: readonly Dynamic[], missing: (value: Dynamic | undefined) => boolean, args: readonly Value[]) => Dynamic,
): Scalar {
  return {
    bind: (_call, args) => {
      const a = argument(args, 0);
      const placeholder = args[at];
      return (row) => {
        const series = a(row);
        if (!isArray(series)) return null;
        const sign = placeholder === undefined ? null : toDynamic(placeholder.cell(row), placeholder.type);
        const number = numberOf(sign);
        const missing = (value: Dynamic | undefined): boolean =>
          value === undefined || value === null || (number !== null && Number(numberOf(value)) === Number(number));
        return fill(
          series,
          missing,
          args.map((arg) => toDynamic(arg.cell(row), arg.type)),
        );
      };
    },
  };
}

const fillForward = filled(1, (series, missing) => {
  let last: Dynamic | undefined;
  return series.map((value) => {
    if (!missing(value)) last = value;
    return missing(value) ? (last ?? value) : value;
  });
});

const fillBackward = filled(1, (series, missing) => {
  let next: Dynamic | undefined;
  return [...series]
    .reverse()
    .map((value) => {
      if (!missing(value)) next = value;
      return missing(value) ? (next ?? value) : value;
    })
    .reverse();
});

const fillConst = filled(2, (series, missing, args) => series.map((value) => (missing(value) ? (args[1] as Dynamic) : value)));

/** Between two numbers on the line through them, cut to whole numbers where all are; outside of all as the nearest. */
const fillLinear = filled(1, (series, missing, args) => {
  const edges = args[2] !== false;
  const constant = args.length > 3 ? (args[3] as Dynamic) : 0;
  const known = series.flatMap((value, index) => (missing(value) ? [] : [index]));
  if (known.length === 0) return series.map(() => constant);
  const whole = known.every((index) => !isReal(series[index]));
  let after = 0;
  return series.map((value, index): Dynamic => {
    if (!missing(value)) return value;
    while (after < known.length && (known[after] as number) < index) after += 1;
    const [left, right] = [known[after - 1], known[after]];
    if (left === undefined || right === undefined) return edges ? (series[(left ?? right) as number] ?? null) : value;
    const [from, to] = [Number(numberOf(series[left])), Number(numberOf(series[right]))];
    const between = from + ((to - from) * (index - left)) / (right - left);
    return whole ? Math.trunc(between) || 0 : real(between);
  });
});

export const SERIES: ScalarTable = {
  ...SERIES_MODELS,
  series_abs: abs,
  series_sin: mapped(Math.sin),
  series_cos: mapped(Math.cos),
  series_tan: mapped(Math.tan),
  series_asin: mapped(Math.asin),
  series_acos: mapped(Math.acos),
  series_atan: mapped(Math.atan),
  series_exp: mapped(Math.exp),
  series_log: mapped(Math.log),
  series_sign: mapped(Math.sign),
  series_floor: mapped(Math.floor),
  series_ceiling: mapped(Math.ceil),
  series_add: arithmetic(addLong, (x, y) => x + y),
  series_subtract: arithmetic(subtractLong, (x, y) => x - y),
  series_multiply: arithmetic(multiplyLong, (x, y) => x * y),
  series_divide: paired((x, y) => real(Number(x) / Number(y))),
  series_pow: paired((x, y) => real(Number(x) ** Number(y))),
  series_equals: paired((x, y) => Number(x) === Number(y)),
  series_not_equals: paired((x, y) => Number(x) !== Number(y)),
  series_less: paired((x, y) => x < y),
  series_less_equals: paired((x, y) => x <= y),
  series_greater: paired((x, y) => x > y),
  series_greater_equals: paired((x, y) => x >= y),
  series_sum: reduced((x) => x.reduce((sum, value) => sum + value, 0)),
  series_product: reduced((x) => x.reduce((product, value) => product * value, 1)),
  series_magnitude: reduced((x) => Math.sqrt(dot(x, x))),
  series_dot_product: reduced(dot),
  series_pearson_correlation: reduced(correlation),
  series_cosine_similarity: {
    ...reduced((x, y) => dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))),
    check: (call) => {
      if (call.args.length > 2) throw unsupported('series_cosine_similarity() with given magnitudes', call.at);
    },
  },
  series_fill_forward: fillForward,
  series_fill_backward: fillBackward,
  series_fill_const: fillConst,
  series_fill_linear: fillLinear,
};
