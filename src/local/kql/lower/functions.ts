import type { Syntax } from '../syntax.ts';
import { bindLets } from './lets.ts';
import { type Binding, isTabular, lowerTable, overColumns, type Scope } from './scope.ts';

export function argumentsOf(node: Syntax): readonly Syntax[] {
  return node.need('ArgumentList').list('Expressions');
}

/** A function declared by `let`, put in place of its call. */
export function callFunction(node: Syntax, callee: Extract<Binding, { kind: 'function' }>, scope: Scope): Binding {
  const names = new Map(callee.names);
  const given = argumentsOf(node);
  const positional = given.filter((arg) => arg.kind !== 'SimpleNamedExpression');
  for (const [index, parameter] of callee.declaration.need('Parameters').list('Parameters').entries()) {
    const { name } = parameter.need('NameAndType').need('Name');
    const named = given.find((arg) => arg.kind === 'SimpleNamedExpression' && arg.need('Name').name === name);
    const value = named?.need('Expression') ?? positional[index] ?? parameter.child('DefaultValue')?.need('Value');
    if (value === undefined) throw node.refuse(`a call without ${name}`);
    names.set(name, bindArgument(value, scope));
  }
  const body = callee.declaration.need('Body');
  const inner = overColumns({ ...scope, names }, []);
  const within = { ...inner, names: bindLets(body.list('Statements'), inner) };
  const result = body.need('Expression');
  return isTabular(result)
    ? { kind: 'table', relation: lowerTable(result, within) }
    : { kind: 'scalar', expression: scope.session.lower.expression(result, within) };
}

function bindArgument(value: Syntax, scope: Scope): Binding {
  if (isTabular(value)) return { kind: 'table', relation: lowerTable(value, scope) };
  return { kind: 'scalar', expression: scope.session.lower.expression(value, scope) };
}
