import type { Expression, Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import type { ColumnSpec } from '../types.ts';
import { matching } from './columns.ts';
import { lowerExpression, withoutName } from './expressions.ts';
import { callFunction } from './functions.ts';
import { lowerJoin, lowerLookup } from './join.ts';
import { shared } from './lets.ts';
import { lowerSort, lowerTake, lowerTop } from './order.ts';
import { lowerExtend, lowerFilter, lowerProject, lowerRename, lowerSelect } from './rows.ts';
import { overColumns, type Scope } from './scope.ts';
import { lowerCount, lowerDistinct, lowerSummarize } from './summarize.ts';
import { lowerUnion } from './union.ts';

/** Lowers one operator; `input` is what flows into it. */
type OperatorLowering = (node: Syntax, input: Relation, scope: Scope) => Relation;

const OPERATORS: Readonly<Record<string, OperatorLowering>> = {
  FilterOperator: lowerFilter,
  ExtendOperator: lowerExtend,
  SerializeOperator: lowerExtend,
  ProjectOperator: lowerProject,
  ProjectAwayOperator: lowerSelect,
  ProjectKeepOperator: lowerSelect,
  ProjectReorderOperator: lowerSelect,
  ProjectRenameOperator: lowerRename,
  SummarizeOperator: lowerSummarize,
  DistinctOperator: lowerDistinct,
  CountOperator: lowerCount,
  SortOperator: lowerSort,
  TopOperator: lowerTop,
  TakeOperator: lowerTake,
  JoinOperator: lowerJoin,
  LookupOperator: lowerLookup,
  UnionOperator: lowerUnion,
  AsOperator: lowerAs,
  RenderOperator: (_node, input) => input,
};

/** A tabular expression. */
export function lowerRelation(node: Syntax, scope: Scope): Relation {
  switch (node.kind) {
    case 'ParenthesizedExpression':
      return lowerRelation(node.need('Expression'), scope);
    case 'PipeExpression': {
      const input = lowerRelation(node.need('Expression'), scope);
      return lowerOperator(node.need('Operator'), input, scope);
    }
    case 'NameReference':
      return lowerTableName(node, scope);
    case 'FunctionCallExpression': {
      const binding = scope.names.get(node.need('Name').name);
      const result = binding?.kind === 'function' ? callFunction(node, binding, scope) : undefined;
      if (result?.kind === 'table') return result.relation;
      throw node.refuse(`${node.need('Name').name}() as a table`);
    }
    case 'DataTableExpression':
      return lowerDatatable(node, scope);
    case 'PrintOperator': {
      const items = node.list('Expressions').map((item) => lowerExpression(withoutName(item), overColumns(scope, [])));
      return { kind: 'rows', columns: matching(node, items), cells: [items] };
    }
    case 'RangeOperator':
      return {
        kind: 'range',
        columns: node.tableColumns,
        from: lowerExpression(node.need('From'), scope),
        to: lowerExpression(node.need('To'), scope),
        step: lowerExpression(node.need('Step'), scope),
      };
    case 'UnionOperator':
      return lowerUnion(node, null, scope);
    case 'MaterializeExpression':
      return shared(lowerRelation(node.need('Expression'), scope), scope);
    default:
      throw node.refuse(node.kind.replace(/(?:Operator|Expression)$/, ''));
  }
}

function lowerOperator(node: Syntax, input: Relation, scope: Scope): Relation {
  const lowering = OPERATORS[node.kind];
  if (lowering === undefined) throw node.refuse(`the operator ${node.text.split(/\s/)[0]}`);
  return lowering(node, input, overColumns(scope, input.columns));
}

function lowerAs(node: Syntax, input: Relation, scope: Scope): Relation {
  const named = shared(input, scope);
  scope.session.named.set(node.need('Name').name, named);
  return named;
}

function lowerTableName(node: Syntax, scope: Scope): Relation {
  const { name } = node;
  const binding = scope.names.get(name);
  if (binding?.kind === 'table') return binding.relation;
  const named = scope.session.named.get(name);
  if (named !== undefined) return named;
  if (node.symbolKind !== 'Table') throw node.refuse(`the name ${name} as a table`);
  scope.session.scanned.add(name);
  return { kind: 'scan', table: name, columns: node.tableColumns };
}

function lowerDatatable(node: Syntax, scope: Scope): Relation {
  const columns = node.tableColumns;
  const values = node.list('Values').map((value) => lowerExpression(value, overColumns(scope, [])));
  const cells: Expression[][] = [];
  for (let start = 0; start < values.length; start += columns.length) {
    cells.push(
      columns.map((spec, index) =>
        converted(values[start + index] ?? { kind: 'literal', type: spec.type, value: null }, spec, node),
      ),
    );
  }
  return { kind: 'rows', columns, cells };
}

const CONVERSIONS: Readonly<Record<ColumnSpec['type'], string>> = {
  bool: 'tobool',
  int: 'toint',
  long: 'tolong',
  real: 'toreal',
  decimal: 'todecimal',
  string: 'tostring',
  datetime: 'todatetime',
  timespan: 'totimespan',
  guid: 'toguid',
  dynamic: 'todynamic',
};

function converted(value: Expression, spec: ColumnSpec, node: Syntax): Expression {
  if (value.type === spec.type) return value;
  if (value.kind === 'literal' && value.value === null) return { ...value, type: spec.type };
  return { kind: 'call', type: spec.type, name: CONVERSIONS[spec.type], args: [value], at: node.place };
}
