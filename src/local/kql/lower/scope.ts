import type { AggregateCall, Expression, Relation } from '../plan.ts';
import type { Schema } from '../schema.ts';
import type { Syntax } from '../syntax.ts';
import type { ColumnSpec } from '../types.ts';
import type { Derivation } from './derive.ts';

/** What a name of the query's own (a `let`, a parameter) stands for. */
export type Binding =
  | { readonly kind: 'scalar'; readonly expression: Expression }
  | { readonly kind: 'table'; readonly relation: Relation }
  | { readonly kind: 'function'; readonly declaration: Syntax; readonly names: ReadonlyMap<string, Binding> };

/** What an expression may refer to where it stands. */
export interface Scope {
  readonly names: ReadonlyMap<string, Binding>;
  /** The columns of the row at hand; none outside of operators. */
  readonly columns: readonly ColumnSpec[];
  /** Only in a join's condition: the right side's columns, while `columns` are the left side's. */
  readonly right?: readonly ColumnSpec[];
  /** Only in `summarize`: aggregates are collected here and stand for columns after the group keys. */
  readonly collector?: AggregateCollector;
  /** Only where window functions and functions of several values may stand: they are computed into columns of their own first. */
  readonly derivation?: Derivation;
  /** Only in `search` and `find`: a column that a table lacks is read as empty. */
  readonly lenient?: boolean;
  /** Where the columns begin among those that the expression is computed over; 0 unless said. */
  readonly offset?: number;
  /** Only in `scan`: where the columns of the steps' states begin. */
  readonly steps?: ReadonlyMap<string, number>;
  readonly session: Session;
}

interface AggregateCollector {
  readonly keys: number;
  readonly calls: AggregateCall[];
}

/** The lowerings that need each other; handed around, because an expression may hold a query and a query is made of expressions. */
export interface Lowerings {
  readonly expression: (node: Syntax, scope: Scope) => Expression;
  readonly relation: (node: Syntax, scope: Scope) => Relation;
  /** Operators over given rows, as a subquery is written: `where … | summarize …`. */
  readonly pipeline: (node: Syntax, input: Relation, scope: Scope) => Relation;
}

/** One compilation: ids of what is shared, and the tables that were named. */
export class Session {
  readonly scanned = new Set<string>();
  /** Tables named by `as` on the way; they may be used further down the same query. */
  readonly named = new Map<string, Relation>();
  readonly lower: Lowerings;
  /** The tables of the workspace, for `search`, `find` and wildcards. */
  readonly tables: Schema['tables'];
  #next = 0;

  constructor(lower: Lowerings, schema: Schema) {
    this.lower = lower;
    this.tables = schema.tables;
  }

  id(): number {
    this.#next += 1;
    return this.#next;
  }
}

/** A tabular expression stands where no row is at hand. */
export function lowerTable(node: Syntax, scope: Scope): Relation {
  return scope.session.lower.relation(node, { ...overColumns(scope, []), names: withoutRows(scope.names) });
}

/** Parameters that were given a value of the caller's row mean nothing inside a table. */
function withoutRows(names: Scope['names']): Scope['names'] {
  const entries = [...names].filter(([, binding]) => !(binding.kind === 'scalar' && readsColumns(binding.expression)));
  return entries.length === names.size ? names : new Map(entries);
}

/** Whether a value depends on a row. */
export function readsColumns(expression: Expression): boolean {
  if (expression.kind === 'column') return true;
  return expression.kind === 'call' && expression.args.some(readsColumns);
}

/** A scalar or tabular expression that is given a name. */
export function isTabular(node: Syntax): boolean {
  return node.scalarType === undefined && !node.isTuple && node.columns !== undefined;
}

export function overColumns(scope: Scope, columns: readonly ColumnSpec[]): Scope {
  return { names: scope.names, session: scope.session, columns };
}
