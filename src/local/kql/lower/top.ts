import type { AggregateCall, ColumnRef, Expression, Literal, NestedLevel, Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import type { ColumnSpec, KustoType } from '../types.ts';
import { lowerExpression, withoutName } from './expressions.ts';
import type { Scope } from './scope.ts';

export function lowerTopNested(node: Syntax, input: Relation, scope: Scope): Relation {
  const levels = node.list('Clauses').map((clause): NestedLevel => {
    const calls: AggregateCall[] = [];
    const by = clause.need('ByExpression');
    const ordered = by.kind === 'OrderedExpression' ? by.need('Expression') : by;
    const value = lowerExpression(withoutName(ordered), { ...scope, collector: { keys: 1, calls } });
    const key = lowerExpression(withoutName(clause.need('OfExpression')), scope);
    const others = clause.child('WithOthersClause')?.need('Expression');
    const count = clause.child('Expression');
    const lowered = others === undefined ? null : lowerExpression(others, { ...scope, columns: [] });
    if (lowered !== null && lowered.type !== key.type) throw clause.refuse(`others of type ${lowered.type}`);
    return {
      key,
      count: count === undefined ? null : lowerExpression(count, { ...scope, columns: [] }),
      others: lowered,
      aggregates: calls,
      value,
      descending: (by.kind === 'OrderedExpression' ? by.child('Ordering')?.child('AscOrDescKeyword')?.text : 'desc') !== 'asc',
    };
  });
  const columns = node.tableColumns;
  if (columns.length !== levels.length * 2) throw node.refuse('this combination of columns');
  return { kind: 'topNested', columns, input, levels };
}

/** `top-hitters`: exact, though Kusto's is approximate. */
export function lowerTopHitters(node: Syntax, input: Relation, scope: Scope): Relation {
  const key = lowerExpression(withoutName(node.need('OfExpression')), scope);
  const weight = node.child('ByClause')?.need('Expression');
  const columns = node.tableColumns;
  const type = columns[1]?.type ?? 'long';
  const call: AggregateCall =
    weight === undefined
      ? { name: 'count', args: [], types: [type], at: node.place }
      : { name: 'sum', args: [lowerExpression(weight, scope)], types: [type], at: node.place };
  if (weight !== undefined && call.args[0]?.type !== type) throw node.refuse(`top-hitters by a ${call.args[0]?.type}`);
  const output: readonly ColumnRef[] = [column(key.type, 0), column(type, 1)];
  const counted: Relation = { kind: 'summarize', columns, input, by: [key], aggregates: [call], output };
  const sorted: Relation = {
    kind: 'sort',
    columns,
    input: counted,
    keys: [{ expression: column(type, 1), descending: true, nullsFirst: false }],
  };
  return { kind: 'take', columns, input: sorted, count: lowerExpression(node.need('Expression'), { ...scope, columns: [] }) };
}

function column(type: KustoType, index: number): ColumnRef {
  return { kind: 'column', type, index };
}

/** `sample`: the first rows, which is one of the answers that Kusto may give. */
export function lowerSample(node: Syntax, input: Relation, scope: Scope): Relation {
  return {
    kind: 'take',
    columns: input.columns,
    input,
    count: lowerExpression(node.need('Expression'), { ...scope, columns: [] }),
  };
}

export function lowerSampleDistinct(node: Syntax, input: Relation, scope: Scope): Relation {
  const columns = node.tableColumns;
  const expressions = [lowerExpression(withoutName(node.need('OfExpression')), scope)];
  const distinct: Relation = { kind: 'distinct', columns, input, expressions };
  return { kind: 'take', columns, input: distinct, count: lowerExpression(node.need('Expression'), { ...scope, columns: [] }) };
}

/** Types as .NET names them, which `getschema` shows. */
const DOTNET: Readonly<Record<KustoType, string>> = {
  bool: 'System.SByte',
  int: 'System.Int32',
  long: 'System.Int64',
  real: 'System.Double',
  decimal: 'System.Data.SqlTypes.SqlDecimal',
  string: 'System.String',
  datetime: 'System.DateTime',
  timespan: 'System.TimeSpan',
  guid: 'System.Guid',
  dynamic: 'System.Object',
};

/** The binder says `ColumnOrdinal` is a long; the engine's is an int. */
const SCHEMA_COLUMNS: readonly ColumnSpec[] = [
  { name: 'ColumnName', type: 'string' },
  { name: 'ColumnOrdinal', type: 'int' },
  { name: 'DataType', type: 'string' },
  { name: 'ColumnType', type: 'string' },
];

export function lowerGetSchema(_node: Syntax, input: Relation): Relation {
  const text = (value: string): Literal => ({ kind: 'literal', type: 'string', value });
  const cells = input.columns.map((spec, index): readonly Expression[] => [
    text(spec.name),
    { kind: 'literal', type: 'int', value: index },
    text(DOTNET[spec.type]),
    text(spec.type),
  ]);
  return { kind: 'rows', columns: SCHEMA_COLUMNS, cells };
}
