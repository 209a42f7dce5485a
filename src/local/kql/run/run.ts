import type { Data } from '../data.ts';
import type { Relation } from '../plan.ts';
import type { Column, Table } from '../table.ts';
import type { Dynamic, KustoType, Value } from '../types.ts';

/** The value of an expression in a row. */
export type Cell = (row: number) => Value;

/** An expression bound to the columns it reads. A constant one has the same value in every row. */
export interface Bound {
  readonly type: KustoType;
  readonly constant: boolean;
  readonly cell: Cell;
  /** The values of all rows at once, where that is faster than cell by cell. */
  readonly bulk?: () => Data | null;
  /** Set where the value depends on nothing but the code of one dictionary-encoded column. */
  readonly lifted?: Lifted;
}

/** Values by the code of a column's dictionary rather than by row. */
export interface Lifted {
  readonly codes: Int32Array;
  readonly size: number;
  readonly of: (code: number) => Value;
}

/** One execution of a query. */
export interface Run {
  /** The time of the query, in ticks: every `now()` and `ago()` of it agrees. */
  readonly now: number;
  table(name: string): Table;
  /** Evaluates a relation, for expressions that hold a query; `within`: as part of that execution (given.ts) rather than of this one. */
  evaluate(relation: Relation, within?: Run): Table;
  /** The rows that operators around a subquery hand to it, by id. */
  readonly given?: ReadonlyMap<number, Table>;
  /** What is computed once per run. */
  shared<Made>(id: number, make: () => Made): Made;
  /** `parse_json`, each distinct text once. */
  json(text: string): Dynamic;
  /** Throws when the run was cancelled, is out of time, or has made more rows than allowed. Called often in long loops. */
  check(rows: number): void;
  /** Counts bytes that are held until the end of the run; throws when they are more than allowed. */
  hold(bytes: number): void;
}

export type Columns = readonly Column[];
