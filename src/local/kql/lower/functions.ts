import type { Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import type { KustoType } from '../types.ts';
import { converted } from './convert.ts';
import { bindLets } from './lets.ts';
import { type Binding, isTabular, lowerTable, overColumns, type Scope } from './scope.ts';

export function argumentsOf(node: Syntax): readonly Syntax[] {
  return node.need('ArgumentList').list('Expressions');
}

/** Whether a function may be named like a table: `let V = view () { … }`. */
export function isView(binding: Binding | undefined): binding is Extract<Binding, { kind: 'function' }> {
  return binding?.kind === 'function' && binding.declaration.child('ViewKeyword') !== undefined;
}

/** Whether a function takes nothing, so that its name alone may stand for its table. */
export function takesNothing(binding: Binding | undefined): binding is Extract<Binding, { kind: 'function' }> {
  return binding?.kind === 'function' && binding.declaration.need('Parameters').list('Parameters').length === 0;
}

/** A function declared by `let`, put in place of its call; `piped` is its first argument in `T | invoke f(…)`. */
export function callFunction(
  node: Syntax,
  callee: Extract<Binding, { kind: 'function' }>,
  scope: Scope,
  piped?: Relation,
): Binding {
  const names = new Map(callee.names);
  const given = node.kind === 'FunctionCallExpression' ? argumentsOf(node) : [];
  const positional = given.filter((arg) => arg.kind !== 'SimpleNamedExpression');
  const parameters = callee.declaration.need('Parameters').list('Parameters');
  for (const [place, parameter] of parameters.entries()) {
    const { name } = parameter.need('NameAndType').need('Name');
    const index = piped === undefined ? place : place - 1;
    if (index < 0 && piped !== undefined) {
      names.set(name, { kind: 'table', relation: piped });
      continue;
    }
    const named = given.find((arg) => arg.kind === 'SimpleNamedExpression' && arg.need('Name').name === name);
    const value = named?.need('Expression') ?? positional[index] ?? parameter.child('DefaultValue')?.need('Value');
    if (value === undefined) throw node.refuse(`a call without ${name}`);
    names.set(name, bindArgument(value, parameter.need('NameAndType').need('Name').scalarType, scope));
  }
  const declared = callee.declaration.need('Body');
  const body = node.calledBody(declared) ?? declared;
  const inner = overColumns({ ...scope, names }, []);
  const within = { ...inner, names: bindLets(body.list('Statements'), inner) };
  const result = body.need('Expression');
  return isTabular(result)
    ? { kind: 'table', relation: lowerTable(result, within) }
    : { kind: 'scalar', expression: scope.session.lower.expression(result, within) };
}

function bindArgument(value: Syntax, type: KustoType | undefined, scope: Scope): Binding {
  if (isTabular(value)) return { kind: 'table', relation: lowerTable(value, scope) };
  const expression = scope.session.lower.expression(value, scope);
  return { kind: 'scalar', expression: type === undefined ? expression : converted(expression, type, value.place) };
}
