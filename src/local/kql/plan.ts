import type { Place } from './errors.ts';
import type { ColumnSpec, KustoType, Value } from './types.ts';

/*
 * A checked query as plain data: what the parser's tree is lowered to and what is compiled. Names are resolved (columns by their
 * position in the input), types are known, everything in it is supported.
 */

export interface Literal {
  readonly kind: 'literal';
  readonly type: KustoType;
  readonly value: Value;
}

/** A column of the row at hand; in a join's condition, of its left or right side. */
export interface ColumnRef {
  readonly kind: 'column';
  readonly type: KustoType;
  readonly index: number;
}

/** A scalar that is computed once per run: `let x = …`, `toscalar(…)`. */
export interface SharedScalar {
  readonly kind: 'shared';
  readonly type: KustoType;
  readonly id: number;
  readonly body: Expression | SubqueryScalar | ColumnList;
}

/** The first cell of a query's result. */
interface SubqueryScalar {
  readonly kind: 'subquery';
  readonly type: KustoType;
  readonly query: Relation;
}

/** A function or an operator (`+`, `==`, `has`, `.member`, …) with its arguments. */
export interface Call {
  readonly kind: 'call';
  readonly type: KustoType;
  readonly name: string;
  readonly args: readonly Expression[];
  readonly at: Place;
}

/** The first column of a query's result as a dynamic array: `x in (T | project y)`. */
interface ColumnList {
  readonly kind: 'columnList';
  readonly type: 'dynamic';
  readonly query: Relation;
}

export type Expression = Literal | ColumnRef | SharedScalar | Call;

export interface AggregateCall {
  readonly name: string;
  readonly args: readonly Expression[];
  /** Types of the columns it yields; most yield one, `arg_max(x, a, b)` three, `percentiles(x, 5, 95)` two. */
  readonly types: readonly KustoType[];
  readonly at: Place;
}

export interface SortKey {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export type JoinKind =
  | 'inner'
  | 'innerunique'
  | 'leftouter'
  | 'rightouter'
  | 'fullouter'
  | 'leftsemi'
  | 'rightsemi'
  | 'leftanti'
  | 'rightanti';

interface Base {
  readonly columns: readonly ColumnSpec[];
}

interface TableScan extends Base {
  readonly kind: 'scan';
  readonly table: string;
}
interface Rows extends Base {
  readonly kind: 'rows';
  /** Row by row; only `now()` and the like in them depend on the run. */
  readonly cells: readonly (readonly Expression[])[];
}
interface RangeRows extends Base {
  readonly kind: 'range';
  readonly from: Expression;
  readonly to: Expression;
  readonly step: Expression;
}
/** A `let`-bound or materialized table, computed once per run. */
interface SharedTable extends Base {
  readonly kind: 'sharedTable';
  readonly id: number;
  readonly body: Relation;
}
interface Filter extends Base {
  readonly kind: 'where';
  readonly input: Relation;
  readonly condition: Expression;
}
/** Every output column is an expression over the input. */
interface Project extends Base {
  readonly kind: 'project';
  readonly input: Relation;
  readonly expressions: readonly Expression[];
}
interface Summarize extends Base {
  readonly kind: 'summarize';
  readonly input: Relation;
  readonly by: readonly Expression[];
  readonly aggregates: readonly AggregateCall[];
  /** Over the group keys followed by the aggregates' columns. */
  readonly output: readonly Expression[];
}
interface Distinct extends Base {
  readonly kind: 'distinct';
  readonly input: Relation;
  readonly expressions: readonly Expression[];
}
interface Sort extends Base {
  readonly kind: 'sort';
  readonly input: Relation;
  readonly keys: readonly SortKey[];
}
interface Take extends Base {
  readonly kind: 'take';
  readonly input: Relation;
  readonly count: Expression;
}
interface Count extends Base {
  readonly kind: 'count';
  readonly input: Relation;
}
interface Union extends Base {
  readonly kind: 'union';
  /** For every branch, which of its columns fills each output column; -1: none. */
  readonly branches: readonly { readonly input: Relation; readonly mapping: readonly number[]; readonly label: string }[];
  /** The first output column holds the branch's label. */
  readonly withSource: boolean;
}
interface Join extends Base {
  readonly kind: 'join';
  readonly join: JoinKind;
  readonly left: Relation;
  readonly right: Relation;
  readonly keys: readonly { readonly left: Expression; readonly right: Expression }[];
  /** `lookup` leaves out the right side's keys: which columns of the right side are put out. */
  readonly rightColumns: readonly number[];
}
export type Relation =
  | TableScan
  | Rows
  | RangeRows
  | SharedTable
  | Filter
  | Project
  | Summarize
  | Distinct
  | Sort
  | Take
  | Count
  | Union
  | Join;

/** The relation kind `K`. */
export type RelationOf<K extends Relation['kind']> = Extract<Relation, { kind: K }>;
