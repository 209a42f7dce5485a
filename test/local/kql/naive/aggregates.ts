import type { AggregateCall } from '../../../../src/local/kql/plan.ts';
import type { KustoType, Value } from '../../../../src/local/kql/types.ts';
import { compare, element, keyText, long } from './values.ts';

/** What an aggregate gives for a group: the arguments of every row of it, the value of every column that the call yields. */
export function aggregated(call: AggregateCall, rows: readonly (readonly Value[])[]): readonly Value[] {
  const type = call.args[0]?.type ?? 'long';
  const first = rows.map((row) => row[0] ?? null);
  const present = first.filter((value) => value !== null);
  switch (call.name) {
    case 'count':
      return [rows.length];
    case 'countif':
      return [first.filter((value) => value === true).length];
    case 'sum':
      return [sum(present, type)];
    case 'sumif':
      return [
        sum(
          rows
            .filter((row) => row[1] === true)
            .map((row) => row[0] ?? null)
            .filter((value) => value !== null),
          type,
        ),
      ];
    case 'avgif':
    case 'minif':
    case 'maxif':
    case 'dcountif':
    case 'make_list_if':
      return aggregated(
        { ...call, name: call.name.replace(/_?if$/, ''), args: call.args.slice(0, 1) },
        rows.filter((row) => row[1] === true),
      );
    case 'stdev':
    case 'variance': {
      const numbers = present.map(Number);
      const mean = numbers.reduce((total, value) => total + value, 0) / numbers.length;
      const spread = numbers.reduce((total, value) => total + (value - mean) ** 2, 0) / (numbers.length - 1);
      const variance = numbers.length < 2 ? 0 : spread;
      return [call.name === 'variance' ? variance : Math.sqrt(variance)];
    }
    case 'percentiles':
      return call.types.flatMap((_, index) => {
        const only = rows.map((row) => [row[0] ?? null, row[index + 1] ?? null]);
        return aggregated({ ...call, name: 'percentile' }, only);
      });
    case 'avg':
      return [Number(sum(present, type)) / present.length];
    case 'min':
      return [best(present, -1) ?? nothing(type)];
    case 'max':
      return [best(present, 1) ?? nothing(type)];
    case 'dcount':
      return [new Set(present.map(keyText)).size];
    case 'make_list':
      return [present.map((value) => element(value, type))];
    case 'make_set':
      return [[...new Map(present.map((value) => [keyText(value), value])).values()].map((value) => element(value, type))];
    case 'arg_max':
    case 'arg_min': {
      const wanted = best(present, call.name === 'arg_max' ? 1 : -1);
      const row = wanted === undefined ? rows[0] : rows.find((one) => one[0] !== null && compare(one[0] ?? null, wanted) === 0);
      return row ?? call.types.map(nothing);
    }
    case 'percentile': {
      const sorted = [...present].sort(compare);
      const rank = Math.ceil((Number(rows[0]?.[1] ?? 50) / 100) * sorted.length);
      return [sorted[Math.max(0, rank - 1)] ?? null];
    }
    default:
      throw new Error(`the naive interpreter has no ${call.name}()`);
  }
}

function nothing(type: KustoType): Value {
  return type === 'string' ? '' : null;
}

function sum(values: readonly Value[], type: KustoType): Value {
  if (type !== 'long' && type !== 'int') return values.reduce<number>((total, value) => total + Number(value), 0);
  return long(values.reduce<bigint>((total, value) => total + BigInt(value as number), 0n));
}

/** The first of the greatest (or least). NaN counts as both. */
function best(values: readonly Value[], sign: 1 | -1): Value | undefined {
  const nan = values.find((value) => Number.isNaN(value));
  if (nan !== undefined) return nan;
  return values.reduce<Value | undefined>(
    (found, value) => (found === undefined || compare(value, found) * sign > 0 ? value : found),
    undefined,
  );
}
