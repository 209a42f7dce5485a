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
  /** Those known from the query alone: `unpack` and `pivot` may have more. */
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
  /** The query says that the order of the rows counts from here. */
  readonly serialized?: boolean;
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
/** Rows that the operator around a subquery hands to it: those of one row's expansion, or of one partition. */
interface Given extends Base {
  readonly kind: 'given';
  readonly id: number;
}
/** Columns appended to the input's, each computed over the input's and those before it. */
interface Derive extends Base {
  readonly kind: 'derive';
  readonly input: Relation;
  readonly added: readonly Derived[];
}
/** A piece of a pattern of `parse`: given text, as little text as possible, or a whole number; `group` -1: not kept. */
export type ParseToken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'gap' | 'digits'; readonly group: number };

/** `parse` and `parse-where`: the groups of a pattern as columns. */
interface Parse extends Base {
  readonly kind: 'parse';
  readonly input: Relation;
  readonly text: Expression;
  /** Over the whole text. */
  readonly pattern:
    | { readonly kind: 'tokens'; readonly tokens: readonly ParseToken[] }
    | { readonly kind: 'regex'; readonly source: string };
  /** The group of the pattern and the output column that each of them fills. */
  readonly targets: readonly { readonly group: number; readonly column: number; readonly type: KustoType }[];
  /** One value that is not of its column's type makes all of them empty. */
  readonly strict: boolean;
  /** Drops rows that do not match. */
  readonly filters: boolean;
}
interface ParsePairs extends Base {
  readonly kind: 'parsePairs';
  readonly input: Relation;
  readonly text: Expression;
  readonly keys: readonly { readonly name: string; readonly column: number; readonly type: KustoType }[];
  /** An empty delimiter stands for any text without letters and digits. */
  readonly pairDelimiter: string;
  readonly valueDelimiter: string;
  readonly quotes: readonly (readonly [open: string, close: string])[];
  readonly escape: string;
  readonly greedy: boolean;
}
/** `mv-expand`: one row per item of dynamic values, several of them side by side. */
export interface Expand extends Base {
  readonly kind: 'expand';
  readonly input: Relation;
  readonly items: readonly { readonly value: Expression; readonly column: number; readonly type: KustoType }[];
  /** The output column of the item's position, or -1. */
  readonly indexColumn: number;
  readonly bags: 'bag' | 'array';
  readonly limit: Expression | null;
}
/** `mv-apply`: a subquery over the expansion of every row. */
interface Apply extends Base {
  readonly kind: 'apply';
  readonly expansion: Expand;
  readonly given: number;
  readonly body: Relation;
  /** Ids of what is shared within the body: computed anew for every row. */
  readonly local: readonly [from: number, to: number];
  readonly output: readonly { readonly from: 'row' | 'body'; readonly index: number }[];
}
/** A subquery over the rows of every value of a key. */
interface Partition extends Base {
  readonly kind: 'partition';
  readonly input: Relation;
  readonly key: Expression;
  readonly given: number;
  readonly body: Relation;
  readonly local: readonly [from: number, to: number];
}
/** Groups and bins, then an array per group with an item for every bin. */
interface MakeSeries extends Base {
  readonly kind: 'makeSeries';
  readonly input: Relation;
  readonly by: readonly Expression[];
  readonly axis: Expression;
  readonly from: Expression | null;
  readonly to: Expression | null;
  readonly step: Expression;
  /** `in range(…)`: the end belongs to the series, and bins are counted from zero rather than from the start. */
  readonly inclusive: boolean;
  readonly nonEmpty: boolean;
  readonly aggregates: readonly AggregateCall[];
  /** Over the group keys, the bin and the aggregates' columns. */
  readonly values: readonly { readonly value: Expression; readonly absent: Expression }[];
}
/** One level of `top-nested`. */
export interface NestedLevel {
  readonly key: Expression;
  readonly count: Expression | null;
  readonly others: Expression | null;
  readonly aggregates: readonly AggregateCall[];
  /** Over the key and the aggregates' columns. */
  readonly value: Expression;
  readonly descending: boolean;
}
interface TopNested extends Base {
  readonly kind: 'topNested';
  readonly input: Relation;
  readonly levels: readonly NestedLevel[];
}
/** `evaluate bag_unpack`: the columns depend on the data unless the query states them. */
interface Unpack extends Base {
  readonly kind: 'unpack';
  readonly input: Relation;
  readonly bag: number;
  readonly prefix: string;
  readonly conflict: 'error' | 'replace_source' | 'keep_source';
  readonly ignored: readonly string[];
  readonly stated: boolean;
}
/** `evaluate pivot`: a column per value of the pivoted one. */
interface Pivot extends Base {
  readonly kind: 'pivot';
  readonly input: Relation;
  readonly by: readonly Expression[];
  readonly pivot: Expression;
  readonly aggregate: AggregateCall;
  readonly stated: boolean;
}
/** `evaluate narrow`: a row per cell. */
interface Narrow extends Base {
  readonly kind: 'narrow';
  readonly input: Relation;
}
/** One step of `scan`; its expressions are over the states of all steps, one after the other, followed by the row at hand. */
export interface ScanStep {
  readonly condition: Expression;
  readonly output: 'all' | 'last' | 'none';
  /** The declared columns that it sets. */
  readonly sets: readonly { readonly column: number; readonly value: Expression }[];
}
interface Scan extends Base {
  readonly kind: 'steps';
  readonly input: Relation;
  /** What the declared columns hold where no step sets them. */
  readonly declared: readonly Expression[];
  readonly steps: readonly ScanStep[];
  readonly matchId: boolean;
}

/** A function that looks at other rows: `prev`, `row_number`, … */
export interface WindowCall {
  readonly kind: 'window';
  readonly type: KustoType;
  readonly name: string;
  readonly args: readonly Expression[];
  readonly at: Place;
}
export type Derived = Expression | WindowCall;

export type Relation =
  | Given
  | Derive
  | Parse
  | ParsePairs
  | Expand
  | Apply
  | Partition
  | MakeSeries
  | TopNested
  | Unpack
  | Pivot
  | Narrow
  | Scan
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
