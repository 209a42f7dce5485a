import type { ColumnRef, Expression, Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import { matching } from './columns.ts';
import { lowerExpression, withoutName } from './expressions.ts';
import type { Scope } from './scope.ts';

export function lowerFilter(node: Syntax, input: Relation, scope: Scope): Relation {
  return filtered(input, lowerExpression(node.need('Condition'), scope));
}

/** A condition on the left side of a join is decided before it: `innerunique` may then keep a row that meets it, as Kusto does. */
function filtered(input: Relation, condition: Expression): Relation {
  if (
    input.kind === 'join' &&
    (input.join === 'innerunique' || input.join === 'inner') &&
    readsOnly(condition, input.left.columns.length)
  ) {
    return { ...input, left: filtered(input.left, condition) };
  }
  return { kind: 'where', columns: input.columns, input, condition };
}

function readsOnly(expression: Expression, width: number): boolean {
  if (expression.kind === 'column') return expression.index < width;
  return expression.kind !== 'call' || expression.args.every((arg) => readsOnly(arg, width));
}

/** `extend` and `serialize`: a name that exists is replaced where it stands, others are appended. All see the input's columns only. */
export function lowerExtend(node: Syntax, input: Relation, scope: Scope): Relation {
  const expressions: Expression[] = identity(input);
  for (const item of node.list('Expressions')) {
    const value = lowerExpression(withoutName(item), scope);
    if (item.kind === 'NameReference' && value.kind === 'column') continue;
    const index =
      item.kind === 'SimpleNamedExpression' ? input.columns.findIndex((spec) => spec.name === item.need('Name').name) : -1;
    if (index >= 0) expressions[index] = value;
    else expressions.push(value);
  }
  return { kind: 'project', columns: matching(node, expressions), input, expressions };
}

export function lowerProject(node: Syntax, input: Relation, scope: Scope): Relation {
  const expressions = node.list('Expressions').map((item) => lowerExpression(withoutName(item), scope));
  return { kind: 'project', columns: matching(node, expressions), input, expressions };
}

/** `project-away`, `-keep` and `-reorder`: the binder knows which names remain, in which order. */
export function lowerSelect(node: Syntax, input: Relation): Relation {
  const expressions = node.tableColumns.map((spec): ColumnRef => {
    const index = input.columns.findIndex((column) => column.name === spec.name);
    if (index < 0) throw node.refuse(`the column ${spec.name} here`);
    return { kind: 'column', type: input.columns[index]?.type ?? spec.type, index };
  });
  return { kind: 'project', columns: matching(node, expressions), input, expressions };
}

export function lowerRename(node: Syntax, input: Relation): Relation {
  const expressions = identity(input);
  return { kind: 'project', columns: matching(node, expressions), input, expressions };
}

function identity(input: Relation): ColumnRef[] {
  return input.columns.map((spec, index) => ({ kind: 'column', type: spec.type, index }));
}
