import type { Expand, Expression, Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import { type ColumnSpec, isKustoType, type KustoType } from '../types.ts';
import { lowerExpression } from './expressions.ts';
import { parameter } from './parameter.ts';
import { Appended } from './parse.ts';
import { overColumns, type Scope } from './scope.ts';

const KINDS: Readonly<Record<string, Expand['bags']>> = { bag: 'bag', array: 'array' };
/** What the obsolete spelling of the operator is limited to. */
const MVEXPAND_LIMIT = 128;

export function lowerExpand(node: Syntax, input: Relation, scope: Scope): Relation {
  return expansion(node, input, scope, node.tableColumns);
}

/** `bound`: the columns as the binder has them; without, they are ours. */
function expansion(node: Syntax, input: Relation, scope: Scope, bound: readonly ColumnSpec[] | null): Expand {
  const kind = parameter(node, 'bagexpansion') ?? parameter(node, 'kind') ?? 'bag';
  const bags = KINDS[kind];
  if (bags === undefined) throw node.refuse(`kind=${kind}`);
  const columns = bound === null ? null : new Appended(node, input, bound);
  const specs: ColumnSpec[] = [...input.columns];
  const place = (name: string | undefined, type: KustoType): number => {
    const column =
      columns !== null && name === undefined ? columns.placeNext() : (columns?.place(name ?? '') ?? indexOf(specs, name));
    specs[column] = { name: name ?? specs[column]?.name ?? '', type };
    return column;
  };
  const items = node.list('Expressions').map((item) => {
    const named = item.need('Expression');
    const source = named.kind === 'SimpleNamedExpression' ? named.need('Expression') : named;
    const value = lowerExpression(source, scope);
    if (value.type !== 'dynamic') throw source.refuse(`${node.text.split(/\s/)[0]} of a ${value.type}`);
    const name =
      named.kind === 'SimpleNamedExpression' ? named.need('Name').name : named.kind === 'NameReference' ? named.name : undefined;
    if (name === undefined && columns === null) throw named.refuse('an expression without a name here');
    const type = typeOf(item);
    return { value, column: place(name, type), type };
  });
  const indexName = parameter(node, 'with_itemindex');
  const indexColumn = indexName === undefined ? -1 : place(indexName, 'long');
  const limit: Expression | null =
    node.child('RowLimitClause') === undefined
      ? node.text.startsWith('mvexpand')
        ? { kind: 'literal', type: 'long', value: MVEXPAND_LIMIT }
        : null
      : lowerExpression(node.need('RowLimitClause').need('RowLimit'), { ...scope, columns: [] });
  return { kind: 'expand', columns: columns?.checked() ?? specs, input, items, indexColumn, bags, limit };
}

function indexOf(specs: readonly ColumnSpec[], name: string | undefined): number {
  const known = specs.findIndex((spec) => spec.name === name);
  return known < 0 ? specs.length : known;
}

function typeOf(item: Syntax): KustoType {
  const clause = item.child('ToTypeOf');
  if (clause === undefined) return 'dynamic';
  const text = clause.need('TypeOf').list('Types')[0]?.text ?? '';
  const type = ALIASES[text] ?? text;
  if (!isKustoType(type) || type === 'decimal') throw clause.refuse(`typeof(${text})`);
  return type;
}

const ALIASES: Readonly<Record<string, KustoType>> = {
  double: 'real',
  date: 'datetime',
  time: 'timespan',
  boolean: 'bool',
  uuid: 'guid',
};

/** `mv-apply`: the subquery sees the expansion of one row at a time; its result stands beside the other columns of that row. */
export function lowerApply(node: Syntax, input: Relation, scope: Scope): Relation {
  const expanded = expansion(node, input, scope, null);
  const { session } = scope;
  const given = session.id();
  const rows: Relation = { kind: 'given', columns: expanded.columns, id: given };
  const body = session.lower.pipeline(node.need('Subquery').need('Expression'), rows, overColumns(scope, rows.columns));
  const replaced = new Set(expanded.items.map(({ column }) => column));
  const output = node.tableColumns.map((spec) => {
    const row = input.columns.findIndex((column, index) => column.name === spec.name && !replaced.has(index));
    const inBody = body.columns.findIndex((column) => column.name === spec.name);
    if (row >= 0) {
      if (inBody >= 0 && origin(body, inBody) !== row) throw node.refuse(`a subquery that changes ${spec.name}`);
      return { from: 'row' as const, index: row };
    }
    if (inBody < 0) throw node.refuse(`the column ${spec.name} here`);
    return { from: 'body' as const, index: inBody };
  });
  const columns = node.tableColumns.map((spec, index) => {
    const from = output[index];
    return { name: spec.name, type: (from?.from === 'row' ? input : body).columns[from?.index ?? -1]?.type ?? spec.type };
  });
  return { kind: 'apply', columns, expansion: expanded, given, body, local: [given, session.id()], output };
}

/** Which column of the rows that were handed in a column of the subquery's result is, unchanged; -1 for any other. */
function origin(relation: Relation, column: number): number {
  switch (relation.kind) {
    case 'given':
      return column;
    case 'where':
    case 'sort':
    case 'take':
      return origin(relation.input, column);
    case 'derive':
      return column < relation.input.columns.length ? origin(relation.input, column) : -1;
    case 'project': {
      const expression = relation.expressions[column];
      return expression?.kind === 'column' ? origin(relation.input, expression.index) : -1;
    }
    default:
      return -1;
  }
}

/** `partition by key (subquery)`. */
export function lowerPartition(node: Syntax, input: Relation, scope: Scope): Relation {
  const operand = node.need('Operand');
  if (operand.kind !== 'PartitionSubquery') throw operand.refuse('a partition over a query of its own');
  const key = lowerExpression(node.need('ByExpression'), scope);
  const { session } = scope;
  const given = session.id();
  const rows: Relation = { kind: 'given', columns: input.columns, id: given };
  const body = session.lower.pipeline(operand.need('Subquery'), rows, overColumns(scope, rows.columns));
  return { kind: 'partition', columns: body.columns, input, key, given, body, local: [given, session.id()] };
}
