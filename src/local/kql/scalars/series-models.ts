import { unsupported } from '../errors.ts';
import { unboxed } from '../json.ts';
import type { Call } from '../plan.ts';
import type { Cell } from '../run/run.ts';
import { type Dynamic, isArray, type Value } from '../types.ts';
import { argument, type Scalar, type ScalarTable } from './define.ts';
import { decompose, fitLine, fitTwoLines, outlierScores } from './series-fit.ts';
import { numberOf, numbersOf, real } from './series-values.ts';

/*
 * Statistics, fits and filters of series. Those of several values give an array of them, which `tuple_item` takes apart.
 */

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

export const SERIES_MODELS: ScalarTable = {
  tuple_item: tupleItem,
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
