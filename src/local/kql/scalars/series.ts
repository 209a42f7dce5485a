import { unsupported } from '../errors.ts';
import { toDynamic, unboxed } from '../json.ts';
import { addLong, isNumber, multiplyLong, subtractLong } from '../numbers.ts';
import type { Call } from '../plan.ts';
import type { Bound, Cell } from '../run/run.ts';
import { Boxed, type Dynamic, isArray, type Value } from '../types.ts';
import { argument, type Scalar, type ScalarTable } from './define.ts';
import { decompose, fitLine, fitTwoLines, outlierScores } from './series-fit.ts';

/*
 * Functions of series: dynamic arrays of numbers, as make-series makes them. Functions of several values give an array of them, which
 * `tuple_item` takes apart.
 */

type Whole = number | bigint;

/** A number as an element of a series: a real keeps being one when it has no fraction. */
function real(value: number): Dynamic {
  return toDynamic(value, 'real');
}

function numberOf(value: Dynamic | undefined): Whole | null {
  const content = unboxed(value ?? null);
  return (value instanceof Boxed && value.type !== 'real') || !isNumber(content) ? null : content;
}

/** The numbers of a series, or `null` when something else is in it. */
function numbersOf(value: Value): readonly number[] | null {
  if (!isArray(value)) return null;
  const numbers = value.map(numberOf);
  return numbers.includes(null) ? null : numbers.map(Number);
}

function isReal(value: Dynamic | undefined): boolean {
  return value instanceof Boxed || (typeof value === 'number' && !Number.isInteger(value));
}

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

function statistics(series: readonly number[]): readonly Dynamic[] {
  if (series.length === 0) return [null, null, null, null, null, null, null];
  const [min, max] = [Math.min(...series), Math.max(...series)];
  const avg = series.reduce((sum, value) => sum + value, 0) / series.length;
  const squares = series.reduce((sum, value) => sum + (value - avg) ** 2, 0);
  const variance = series.length > 1 ? squares / (series.length - 1) : 0;
  const places: readonly Dynamic[] = [real(min), series.indexOf(min), real(max), series.indexOf(max)];
  return [...places, real(avg), real(Math.sqrt(variance)), real(variance)];
}

const STATISTICS = ['min', 'min_idx', 'max', 'max_idx', 'avg', 'stdev', 'variance'];

/** The values of a function of several, from the numbers of a series. */
function several(f: (series: readonly number[], args: readonly Value[]) => readonly Dynamic[], check?: Scalar['check']): Scalar {
  const bind: Scalar['bind'] = (_call, args) => {
    const cells = args.map((arg) => arg.cell);
    return (row) => {
      const [series, ...rest] = cells.map((cell) => cell(row));
      const numbers = numbersOf(series ?? null);
      return numbers === null ? null : f(numbers, rest);
    };
  };
  return check === undefined ? { bind } : { bind, check };
}

/** The same values under their names, in a bag. */
function named(tuple: Scalar, names: readonly string[]): Scalar {
  return {
    ...tuple,
    bind: (call, args, run): Cell => {
      const values = tuple.bind(call, args, run);
      return (row) => {
        const all = values(row);
        return isArray(all) ? Object.fromEntries(names.map((name, index) => [name, all[index] ?? null])) : null;
      };
    },
  };
}

const stats = several((series, [ignore]) =>
  statistics(ignore === true ? series.filter((value) => Number.isFinite(value)) : series),
);

const LINE = ['rsquare', 'slope', 'variance', 'rvariance', 'interception', 'line_fit'];
const SIDE = ['rsquare', 'slope', 'interception', 'variance', 'rvariance'];
const TWO_LINES = [
  'rsquare',
  'split_idx',
  'variance',
  'rvariance',
  'line_fit',
  ...SIDE.map((name) => `right_${name}`),
  ...SIDE.map((name) => `left_${name}`),
];

const oneLine = several((series) => {
  const line = fitLine(series);
  const { rsquare, slope, variance, rvariance, interception, fit } = line;
  return [real(rsquare), real(slope), real(variance), real(rvariance), real(interception), fit.map(real)];
});

const twoLines = several((series) => {
  const { whole, split, left, right } = fitTwoLines(series);
  const side = (line: typeof left): readonly Dynamic[] =>
    [line.rsquare, line.slope, line.interception, line.variance, line.rvariance].map(real);
  return [
    real(whole.rsquare),
    split,
    real(whole.variance),
    real(whole.rvariance),
    whole.fit.map(real),
    ...side(right),
    ...side(left),
  ];
});

/** Which seasons a series has cannot be found out as Kusto does it, so the period must be given. */
function needPeriod(at: number): (call: Call) => void {
  return (call) => {
    const period = call.args[at];
    const value = period?.kind === 'literal' ? Number(period.value) : -1;
    if (!(value >= 0)) throw unsupported(`${call.name}() without a given period (0: none)`, call.at);
    const trend = call.args[at + 1];
    if (
      trend !== undefined &&
      call.name !== 'series_seasonal' &&
      !(trend.kind === 'literal' && TRENDS.has(String(trend.value)))
    ) {
      throw unsupported(`${call.name}() with this trend`, call.at);
    }
  };
}

const TRENDS: ReadonlySet<string> = new Set(['avg', 'linefit', 'none']);

function parts(series: readonly number[], period: Value, trend: Value, points: Value): ReturnType<typeof decompose> {
  const kind = trend === 'linefit' || trend === 'none' ? trend : 'avg';
  return decompose(series, Number(period ?? 0), kind, Number(points ?? 0));
}

const decomposed = several((series, [period = 0, trend = 'avg', points = 0]) => {
  const { baseline, seasonal, trend: line, residual } = parts(series, period, trend, points);
  return [baseline, seasonal, line, residual].map((values): Dynamic => values.map(real));
}, needPeriod(1));

const forecast = several((series, [points = 0, period = 0, trend = 'avg']) => {
  const { baseline, seasonal, trend: line, residual } = parts(series, period, trend, points);
  return [baseline, seasonal, line, residual].map((values): Dynamic => values.map(real));
}, needPeriod(2));

const anomalies = several((series, [threshold = 1.5, period = 0, trend = 'avg', points = 0, method = 'ctukey']) => {
  const { baseline, residual } = parts(series, period, trend, points);
  const scores = outlierScores(residual, method === 'tukey' ? [25, 75] : [10, 90]);
  const limit = Number(threshold);
  const flags = scores.map((score): Dynamic => (score >= limit ? 1 : score <= -limit ? -1 : 0));
  return [flags, scores.map(real), baseline.map(real)];
}, needPeriod(2));

const seasonal = several(
  (series, [period = 0, points = 0]) => parts(series, period, 'none', points).seasonal.map(real),
  needPeriod(1),
);

const outliers: Scalar = {
  bind: (_call, args) => {
    const cells = args.map((arg) => arg.cell);
    return (row) => {
      const [series, kind = 'ctukey', ignored = null, low = 10, high = 90] = cells.map((cell) => cell(row));
      if (!isArray(series ?? null)) return null;
      const present = (series as readonly Dynamic[]).map((value) => {
        const number = numberOf(value);
        return number === null || (ignored !== null && Number(number) === Number(ignored)) ? null : Number(number);
      });
      return outlierScores(present, kind === 'tukey' ? [25, 75] : [Number(low), Number(high)]).map(real);
    };
  },
};

/** A moving sum with weights, divided by their sum unless one is negative. */
const fir: Scalar = {
  bind: (_call, args) => {
    const cells = args.map((arg) => arg.cell);
    return (row) => {
      const [values, weights, normalize, center] = cells.map((cell) => cell(row));
      const [series, filter] = [numbersOf(values ?? null), numbersOf(weights ?? null)];
      if (series === null || filter === null || filter.length === 0) return null;
      const negative = filter.some((weight) => weight < 0);
      if (normalize === true && negative) return null;
      const scale = (normalize ?? !negative) === true ? filter.reduce((sum, weight) => sum + weight, 0) : 1;
      const shift = center === true ? Math.floor(filter.length / 2) : 0;
      return series.map((_, index) =>
        real(filter.reduce((sum, weight, back) => sum + weight * (series[index + shift - back] ?? 0), 0) / scale),
      );
    };
  },
};

const iir: Scalar = {
  bind: (_call, args) => {
    const cells = args.map((arg) => arg.cell);
    return (row) => {
      const [series, over, under] = cells.map((cell) => numbersOf(cell(row)));
      if (!series || !over || !under || under.length === 0) return null;
      const made: number[] = [];
      for (const [index] of series.entries()) {
        const forward = over.reduce((sum, weight, back) => sum + weight * (series[index - back] ?? 0), 0);
        const feedback = under.slice(1).reduce((sum, weight, back) => sum + weight * (made[index - back - 1] ?? 0), 0);
        made.push((forward - feedback) / (under[0] as number));
      }
      return made.map(real);
    };
  },
};

/** One of the values of a function of several. */
const tupleItem: Scalar = {
  bind: (call, args) => {
    const [all, place] = [argument(args, 0), Number(args[1]?.cell(0) ?? 0)];
    return (row) => {
      const values = all(row);
      const item = isArray(values) ? (values[place] ?? null) : null;
      return call.type === 'dynamic' ? item : unboxed(item);
    };
  },
};

export const SERIES: ScalarTable = {
  tuple_item: tupleItem,
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
  series_stats: stats,
  series_stats_dynamic: named(stats, STATISTICS),
  series_fit_line: oneLine,
  series_fit_line_dynamic: named(oneLine, LINE),
  series_fit_2lines: twoLines,
  series_fit_2lines_dynamic: named(twoLines, TWO_LINES),
  series_decompose: decomposed,
  series_decompose_forecast: forecast,
  series_decompose_anomalies: anomalies,
  series_seasonal: seasonal,
  series_outliers: outliers,
  series_fir: fir,
  series_iir: iir,
};
