import type { Expression, Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import { matching } from './columns.ts';
import { converted } from './convert.ts';
import { lowerEvaluate } from './evaluate.ts';
import { lowerApply, lowerExpand, lowerPartition } from './expand.ts';
import { lowerExpression, withoutName } from './expressions.ts';
import { callFunction, takesNothing } from './functions.ts';
import { lowerJoin, lowerLookup } from './join.ts';
import { shared } from './lets.ts';
import { isOpen, OVER_OPEN } from './open.ts';
import { lowerSort, lowerTake, lowerTop } from './order.ts';
import { lowerParse, lowerParseKv } from './parse.ts';
import { lowerExtend, lowerFilter, lowerProject, lowerProjectByNames, lowerRename, lowerSelect } from './rows.ts';
import { lowerScan } from './scan.ts';
import { overColumns, type Scope } from './scope.ts';
import { lowerFind, lowerSearch } from './search.ts';
import { lowerMakeSeries } from './series.ts';
import { lowerCount, lowerDistinct, lowerSummarize } from './summarize.ts';
import { lowerGetSchema, lowerSample, lowerSampleDistinct, lowerTopHitters, lowerTopNested } from './top.ts';
import { lowerUnion } from './union.ts';

/** Lowers one operator; `input` is what flows into it. */
type OperatorLowering = (node: Syntax, input: Relation, scope: Scope) => Relation;

export const OPERATORS: Readonly<Record<string, OperatorLowering>> = {
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
  SearchOperator: lowerSearch,
  ProjectByNamesOperator: lowerProjectByNames,
  ParseOperator: lowerParse,
  ParseWhereOperator: lowerParse,
  ParseKvOperator: lowerParseKv,
  MvExpandOperator: lowerExpand,
  MvApplyOperator: lowerApply,
  PartitionOperator: lowerPartition,
  MakeSeriesOperator: lowerMakeSeries,
  TopNestedOperator: lowerTopNested,
  TopHittersOperator: lowerTopHitters,
  SampleOperator: lowerSample,
  SampleDistinctOperator: lowerSampleDistinct,
  GetSchemaOperator: lowerGetSchema,
  ScanOperator: lowerScan,
  EvaluateOperator: lowerEvaluate,
  InvokeOperator: lowerInvoke,
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
    case 'PrintOperator':
      return lowerPrint(node, overColumns(scope, []));
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
    case 'SearchOperator':
      return lowerSearch(node, null, scope);
    case 'FindOperator':
      return lowerFind(node, scope);
    case 'MaterializeExpression':
      return shared(lowerRelation(node.need('Expression'), scope), scope);
    default:
      throw node.refuse(node.kind.replace(/(?:Operator|Expression)$/, ''));
  }
}

function lowerPrint(node: Syntax, scope: Scope): Relation {
  const items = node.list('Expressions');
  const one: Relation = { kind: 'rows', columns: [], cells: [[]] };
  if (items.some((item) => item.kind === 'CompoundNamedExpression' || withoutName(item).isTuple))
    return lowerProject(node, one, scope);
  const values = items.map((item) => lowerExpression(withoutName(item), scope));
  return { kind: 'rows', columns: matching(node, values), cells: [values] };
}

/** Operators over given rows, as a subquery is written: `where … | summarize …`. */
export function lowerPipeline(node: Syntax, input: Relation, scope: Scope): Relation {
  if (node.kind === 'ParenthesizedExpression') return lowerPipeline(node.need('Expression'), input, scope);
  if (node.kind !== 'PipeExpression') return lowerOperator(node, input, scope);
  return lowerOperator(node.need('Operator'), lowerPipeline(node.need('Expression'), input, scope), scope);
}

function lowerInvoke(node: Syntax, input: Relation, scope: Scope): Relation {
  const call = node.need('Function');
  const binding = scope.names.get(call.need('Name').name);
  const result = binding?.kind === 'function' ? callFunction(call, binding, scope, input) : undefined;
  if (result?.kind === 'table') return result.relation;
  throw node.refuse(`invoke ${call.need('Name').name}()`);
}

function lowerOperator(node: Syntax, input: Relation, scope: Scope): Relation {
  const lowering = OPERATORS[node.kind];
  if (isOpen(input) && !OVER_OPEN.has(node.kind)) {
    throw node.refuse('an operator over columns that depend on the data (state them: `evaluate …() : (name:type, …)`)');
  }
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
  if (takesNothing(binding)) {
    const made = callFunction(node, binding, scope);
    if (made.kind === 'table') return made.relation;
  }
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
        converted(values[start + index] ?? { kind: 'literal', type: spec.type, value: null }, spec.type, node.place),
      ),
    );
  }
  return { kind: 'rows', columns, cells };
}
