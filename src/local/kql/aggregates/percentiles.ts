import { compareValues } from '../compare.ts';
import { unsupported } from '../errors.ts';
import { toDynamic } from '../json.ts';
import type { AggregateCall } from '../plan.ts';
import type { Bound } from '../run/run.ts';
import { nothing } from '../table.ts';
import { isArray, type Value } from '../types.ts';
import { type Aggregate, type AggregateTable, allow, type Groups } from './define.ts';

/*
 * Nearest rank over all values, where Kusto estimates beyond small groups. A weight says how often a value counts.
 */

function checkRanks(first: number, array: boolean): (call: AggregateCall) => void {
  return (call) => {
    allow('int', 'long', 'real', 'datetime', 'timespan')(call);
    const ranks = call.args.slice(first);
    const wanted = array ? 1 : ranks.length;
    const fits =
      ranks.every((rank) => rank.kind === 'literal' && (rank.type !== 'dynamic' || array)) && call.types.length === wanted;
    if (!fits || ranks.length === 0) throw unsupported(`${call.name}() in this form`, call.at);
    const weight = first === 2 ? call.args[1]?.type : 'long';
    if (weight !== 'int' && weight !== 'long') throw unsupported(`${call.name}() with weights of type ${weight}`, call.at);
  };
}

interface Weighed {
  readonly value: Value;
  readonly weight: number;
}

/** The values of every group in order, each with its weight. */
function sorted(arg: Bound, weight: Bound | undefined, groups: Groups): readonly (readonly Weighed[])[] {
  const lists = Array.from({ length: groups.count }, (): Weighed[] => []);
  for (let row = 0; row < groups.of.length; row += 1) {
    const value = (groups.of[row] as number) < 0 ? null : arg.cell(row);
    const times = weight === undefined ? 1 : Number(weight.cell(row) ?? 0);
    if (value !== null && times > 0) lists[groups.of[row] as number]?.push({ value, weight: times });
  }
  for (const list of lists) list.sort((a, b) => compareValues(a.value, b.value, arg.type));
  return lists;
}

function atRank(list: readonly Weighed[], percent: number): Value | undefined {
  const total = list.reduce((sum, item) => sum + item.weight, 0);
  const rank = Math.max(1, Math.ceil((percent / 100) * total));
  let passed = 0;
  for (const item of list) {
    passed += item.weight;
    if (passed >= rank) return item.value;
  }
  return list.at(-1)?.value;
}

function percentiles(weighted: boolean, array: boolean): Aggregate {
  const first = weighted ? 2 : 1;
  return {
    check: checkRanks(first, array),
    compute: (_call, args, groups) => {
      const [arg] = args;
      if (arg === undefined) return [];
      const lists = sorted(arg, weighted ? args[1] : undefined, groups);
      const ranks = args.slice(first).flatMap((rank): readonly number[] => {
        const value = rank.cell(0);
        return isArray(value) ? value.map(Number) : [Number(value)];
      });
      if (!array) return ranks.map((rank) => lists.map((list) => atRank(list, rank) ?? nothing(arg.type)));
      return [
        lists.map((list) => (list.length === 0 ? null : ranks.map((rank) => toDynamic(atRank(list, rank) ?? null, arg.type)))),
      ];
    },
  };
}

export const PERCENTILES: AggregateTable = {
  percentile: percentiles(false, false),
  percentiles: percentiles(false, false),
  percentiles_array: percentiles(false, true),
  percentilew: percentiles(true, false),
  percentilesw: percentiles(true, false),
  percentilesw_array: percentiles(true, true),
};
