import { unsupported } from '../errors.ts';
import type { AggregateCall } from '../plan.ts';
import type { Bound } from '../run/run.ts';
import type { KustoType, Value } from '../types.ts';

/** Which group every row belongs to; -1: none, the row does not count. */
export interface Groups {
  readonly count: number;
  readonly of: Int32Array;
}

export interface Aggregate {
  /** Refuses, while the query is compiled, what `compute` cannot do. */
  readonly check?: (call: AggregateCall) => void;
  /** The values of each column that the call yields, one per group. */
  readonly compute: (call: AggregateCall, args: readonly Bound[], groups: Groups) => readonly (readonly Value[])[];
}

export type AggregateTable = Readonly<Record<string, Aggregate>>;

/** An aggregate of one column. */
export function single(
  f: (arg: Bound, groups: Groups, call: AggregateCall, rest: readonly Bound[]) => readonly Value[],
  check?: (call: AggregateCall) => void,
): Aggregate {
  const compute: Aggregate['compute'] = (call, [arg, ...rest], groups) => [arg === undefined ? [] : f(arg, groups, call, rest)];
  return check === undefined ? { compute } : { check, compute };
}

/** The `…if` form: the argument at `at` is the condition that lets a row count. */
export function conditional(aggregate: Aggregate, at: number): Aggregate {
  const without = (call: AggregateCall): AggregateCall => ({ ...call, args: call.args.filter((_, index) => index !== at) });
  const compute: Aggregate['compute'] = (call, args, groups) => {
    const condition = args[at]?.cell;
    const of = groups.of.map((group, row) => (condition?.(row) === true ? group : -1));
    return aggregate.compute(
      without(call),
      args.filter((_, index) => index !== at),
      { count: groups.count, of },
    );
  };
  return aggregate.check === undefined ? { compute } : { check: (call) => aggregate.check?.(without(call)), compute };
}

export function allow(...types: readonly KustoType[]): (call: AggregateCall) => void {
  return (call) => {
    const type = call.args[0]?.type;
    if (type !== undefined && !types.includes(type)) throw unsupported(`${call.name}() of a ${type}`, call.at);
  };
}
