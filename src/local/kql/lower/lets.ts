import type { Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import { type Binding, isTabular, lowerTable, readsColumns, type Scope } from './scope.ts';

/** The names of `let` statements, each with what it stands for. */
export function bindLets(statements: readonly Syntax[], scope: Scope): ReadonlyMap<string, Binding> {
  const names = new Map(scope.names);
  for (const statement of statements) {
    if (statement.kind !== 'LetStatement') throw statement.refuse(statement.kind.replace(/Statement$/, ' statements'));
    names.set(statement.need('Name').name, bind(statement.need('Expression'), { ...scope, names }));
  }
  return names;
}

function bind(value: Syntax, scope: Scope): Binding {
  if (value.kind === 'FunctionDeclaration') return { kind: 'function', declaration: value, names: new Map(scope.names) };
  if (isTabular(value)) {
    return { kind: 'table', relation: shared(lowerTable(value, scope), scope) };
  }
  const body = scope.session.lower.expression(value, scope);
  if (body.kind === 'literal' || body.kind === 'shared') return { kind: 'scalar', expression: body };
  if (scope.columns.length > 0 || readsColumns(body)) return { kind: 'scalar', expression: body };
  return { kind: 'scalar', expression: { kind: 'shared', type: body.type, id: scope.session.id(), body } };
}

export function shared(body: Relation, scope: Scope): Relation {
  if (body.kind === 'scan' || body.kind === 'sharedTable') return body;
  return { kind: 'sharedTable', columns: body.columns, id: scope.session.id(), body };
}
