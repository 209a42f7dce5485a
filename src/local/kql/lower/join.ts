import type { Expression, JoinKind, Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import type { ColumnSpec } from '../types.ts';
import { lowerExpression } from './expressions.ts';
import { isOpen } from './open.ts';
import { parameter } from './parameter.ts';
import { lowerTable, type Scope } from './scope.ts';

const KINDS: Readonly<Record<string, JoinKind>> = {
  inner: 'inner',
  innerunique: 'innerunique',
  leftouter: 'leftouter',
  rightouter: 'rightouter',
  fullouter: 'fullouter',
  leftsemi: 'leftsemi',
  rightsemi: 'rightsemi',
  anti: 'leftanti',
  leftanti: 'leftanti',
  leftantisemi: 'leftanti',
  rightanti: 'rightanti',
  rightantisemi: 'rightanti',
};

export function lowerJoin(node: Syntax, left: Relation, scope: Scope): Relation {
  const name = parameter(node, 'kind') ?? 'innerunique';
  const join = KINDS[name];
  if (join === undefined) throw node.refuse(`join kind=${name}`);
  return build(node, join, left, scope, false);
}

export function lowerLookup(node: Syntax, left: Relation, scope: Scope): Relation {
  const name = parameter(node, 'kind') ?? 'leftouter';
  if (name !== 'leftouter' && name !== 'inner') throw node.refuse(`lookup kind=${name}`);
  return build(node, name, left, scope, true);
}

function build(node: Syntax, join: JoinKind, left: Relation, scope: Scope, dropsKeys: boolean): Relation {
  const right = lowerTable(node.need('Expression'), scope);
  if (isOpen(right)) throw node.refuse('a join with columns that depend on the data');
  const clause = node.child('ConditionClause') ?? node.need('LookupClause');
  if (clause.kind !== 'JoinOnClause') throw clause.refuse('a join without `on`');
  const keys = clause.list('Expressions').flatMap((item) => keysOf(item, left, right, scope));
  const matched = new Set(keys.map((key) => (key.right.kind === 'column' ? key.right.index : -1)));
  const rightColumns = right.columns.map((_, index) => index).filter((index) => !(dropsKeys && matched.has(index)));
  const shown = shownColumns(join, left, right, rightColumns);
  const columns = node.tableColumns;
  if (columns.length !== shown.length) throw node.refuse('this combination of columns');
  return {
    kind: 'join',
    join,
    columns: columns.map((spec, index) => ({ name: spec.name, type: shown[index]?.type ?? spec.type })),
    left,
    right,
    keys,
    rightColumns,
  };
}

function shownColumns(join: JoinKind, left: Relation, right: Relation, rightColumns: readonly number[]): readonly ColumnSpec[] {
  if (join === 'leftsemi' || join === 'leftanti') return left.columns;
  if (join === 'rightsemi' || join === 'rightanti') return right.columns;
  return [...left.columns, ...rightColumns.flatMap((index) => right.columns[index] ?? [])];
}

function keysOf(
  node: Syntax,
  left: Relation,
  right: Relation,
  scope: Scope,
): readonly { readonly left: Expression; readonly right: Expression }[] {
  if (node.kind === 'ParenthesizedExpression') return keysOf(node.need('Expression'), left, right, scope);
  if (node.kind === 'AndExpression') {
    return [...keysOf(node.need('Left'), left, right, scope), ...keysOf(node.need('Right'), left, right, scope)];
  }
  const over = { ...scope, columns: left.columns, right: right.columns };
  if (node.kind === 'NameReference') {
    const index = right.columns.findIndex((spec) => spec.name === node.name);
    const type = right.columns[index]?.type;
    if (type === undefined) throw node.refuse(`the key ${node.name}`);
    return [pair(node, lowerExpression(node, over), { kind: 'column', type, index })];
  }
  if (node.kind !== 'EqualExpression') throw node.refuse('a join condition other than equality');
  const sides = [lowerExpression(node.need('Left'), over), lowerExpression(node.need('Right'), over)] as const;
  const width = left.columns.length;
  const [a, b] = isRight(sides[0], width) ? [sides[1], sides[0]] : sides;
  if (isRight(a, width) || !isRight(b, width)) throw node.refuse('a join condition that does not compare left with right');
  return [pair(node, a, { ...b, index: b.index - width })];
}

function isRight(expression: Expression, width: number): expression is Extract<Expression, { kind: 'column' }> {
  return expression.kind === 'column' && expression.index >= width;
}

function pair(node: Syntax, left: Expression, right: Expression): { readonly left: Expression; readonly right: Expression } {
  const numbers = ['int', 'long', 'real'];
  if (left.type !== right.type && !(numbers.includes(left.type) && numbers.includes(right.type))) {
    throw node.refuse(`a join of ${left.type} with ${right.type}`);
  }
  return { left, right };
}
