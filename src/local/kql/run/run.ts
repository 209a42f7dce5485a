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
}

/** One execution of a query. */
export interface Run {
  /** The time of the query, in ticks: every `now()` and `ago()` of it agrees. */
  readonly now: number;
  table(name: string): Table;
  /** Evaluates a relation, for expressions that hold a query. */
  evaluate(relation: Relation): Table;
  /** What is computed once per run. */
  shared<Made>(id: number, make: () => Made): Made;
  /** `parse_json`, each distinct text once. */
  json(text: string): Dynamic;
  /** Throws when the run was cancelled or has made more rows than allowed. */
  check(rows: number): void;
}

export type Columns = readonly Column[];
