import { AGGREGATES } from '../aggregates/index.ts';
import type { Call, ColumnRef, Expression, Literal, WindowCall } from '../plan.ts';
import { isWindow, WINDOWS } from '../run/windows.ts';
import { SCALARS } from '../scalars/index.ts';
import type { Syntax } from '../syntax.ts';
import type { KustoType } from '../types.ts';
import { anyColumn } from './any-column.ts';
import { converted } from './convert.ts';
import { argumentsOf, callFunction } from './functions.ts';
import { lowerLiteral } from './literals.ts';
import { isTabular, lowerTable, type Scope } from './scope.ts';
import { STRUCTURAL } from './structural.ts';

/** Parser's node → our operator. The parser's `InCs…` is `in~`: the reverse of all other string operators. */
const BINARY: Readonly<Record<string, string>> = {
  AddExpression: '+',
  SubtractExpression: '-',
  MultiplyExpression: '*',
  DivideExpression: '/',
  ModuloExpression: '%',
  EqualExpression: '==',
  NotEqualExpression: '!=',
  LessThanExpression: '<',
  LessThanOrEqualExpression: '<=',
  GreaterThanExpression: '>',
  GreaterThanOrEqualExpression: '>=',
  AndExpression: 'and',
  OrExpression: 'or',
  EqualTildeExpression: '=~',
  BangTildeExpression: '!~',
  HasExpression: 'has',
  HasCsExpression: 'has_cs',
  NotHasExpression: '!has',
  NotHasCsExpression: '!has_cs',
  HasPrefixExpression: 'hasprefix',
  HasPrefixCsExpression: 'hasprefix_cs',
  NotHasPrefixExpression: '!hasprefix',
  NotHasPrefixCsExpression: '!hasprefix_cs',
  HasSuffixExpression: 'hassuffix',
  HasSuffixCsExpression: 'hassuffix_cs',
  NotHasSuffixExpression: '!hassuffix',
  NotHasSuffixCsExpression: '!hassuffix_cs',
  ContainsExpression: 'contains',
  ContainsCsExpression: 'contains_cs',
  NotContainsExpression: '!contains',
  NotContainsCsExpression: '!contains_cs',
  StartsWithExpression: 'startswith',
  StartsWithCsExpression: 'startswith_cs',
  NotStartsWithExpression: '!startswith',
  NotStartsWithCsExpression: '!startswith_cs',
  EndsWithExpression: 'endswith',
  EndsWithCsExpression: 'endswith_cs',
  NotEndsWithExpression: '!endswith',
  NotEndsWithCsExpression: '!endswith_cs',
  MatchesRegexExpression: 'matches regex',
};

const LISTS: Readonly<Record<string, string>> = {
  InExpression: 'in',
  InCsExpression: 'in~',
  NotInExpression: '!in',
  NotInCsExpression: '!in~',
  HasAnyExpression: 'has_any',
  HasAllExpression: 'has_all',
};

export function lowerExpression(node: Syntax, scope: Scope): Expression {
  const literal = lowerLiteral(node);
  if (literal !== undefined) return literal;
  const binary = BINARY[node.kind];
  if (binary !== undefined && node.need('Left').kind === 'StarExpression') return lowerAnyColumn(node, binary, scope);
  if (binary !== undefined) return call(node, binary, [node.need('Left'), node.need('Right')], scope);
  const list = LISTS[node.kind];
  if (list !== undefined) return lowerList(node, list, scope);
  switch (node.kind) {
    case 'ParenthesizedExpression':
      return lowerExpression(node.need('Expression'), scope);
    case 'NameReference':
      return lowerName(node, scope);
    case 'PathExpression':
      return lowerPath(node, scope);
    case 'ElementExpression':
      return lowerElement(node, scope);
    case 'UnaryMinusExpression':
      return call(node, 'negate', [node.need('Expression')], scope);
    case 'UnaryPlusExpression':
      return lowerExpression(node.need('Expression'), scope);
    case 'BetweenExpression':
    case 'NotBetweenExpression': {
      const range = node.need('Right');
      const name = node.kind === 'BetweenExpression' ? 'between' : '!between';
      return call(node, name, [node.need('Left'), range.need('First'), range.need('Second')], scope);
    }
    case 'FunctionCallExpression':
      return lowerCall(node, scope);
    case 'ToScalarExpression': {
      const query = lowerTable(node.need('Expression'), scope);
      const type = query.columns[0]?.type ?? node.type;
      return { kind: 'shared', type, id: scope.session.id(), body: { kind: 'subquery', type, query } };
    }
    default:
      throw node.refuse(node.kind.replace(/Expression$/, ''));
  }
}

/** `* has "x"`: any column that holds text. */
function lowerAnyColumn(node: Syntax, name: string, scope: Scope): Expression {
  const right = lowerExpression(node.need('Right'), scope);
  return anyColumn(node, scope, (left) =>
    checked({ kind: 'call', type: 'bool', name, args: [left, right], at: node.place }, node),
  );
}

/** Strips `name =` from an item of a list of columns. */
export function withoutName(node: Syntax): Syntax {
  return node.kind === 'SimpleNamedExpression' ? node.need('Expression') : node;
}

/** Where the engine's result type is not the one that the binder states. */
const RESULT_TYPES: Readonly<Record<string, KustoType>> = { ceiling: 'real', getyear: 'long', jaccard_index: 'real' };

function resultType(name: string, args: readonly Syntax[], node: Syntax): KustoType {
  if (name === 'datetime_diff' && args[0]?.stringValue.toLowerCase() === 'week') return 'real';
  return RESULT_TYPES[name] ?? node.type;
}

/** Text beside a bool is read as one: `success == false` where `success` is text. */
function withBools(name: string, args: readonly Expression[], node: Syntax): readonly Expression[] {
  if ((name !== '==' && name !== '!=') || !args.some((arg) => arg.type === 'bool')) return args;
  return args.map((arg) => (arg.type === 'string' ? converted(arg, 'bool', node.place) : arg));
}

function call(node: Syntax, name: string, args: readonly Syntax[], scope: Scope): Call {
  return checked(
    {
      kind: 'call',
      type: resultType(name, args, node),
      name,
      args: withBools(
        name,
        args.map((arg) => lowerExpression(arg, scope)),
        node,
      ),
      at: node.place,
    },
    node,
  );
}

function checked(made: Call, node: Syntax): Call {
  const implementation = SCALARS[made.name];
  if (implementation === undefined) throw node.refuse(made.name);
  implementation.check?.(made);
  return made;
}

function lowerName(node: Syntax, scope: Scope): Expression {
  const { name } = node;
  if (node.symbolKind === 'Column') {
    if (scope.lenient === true && !scope.columns.some((spec) => spec.name === name)) return empty(node);
    return column(scope.columns, name, scope.offset ?? 0, node);
  }
  const binding = scope.names.get(name);
  if (binding?.kind === 'scalar') return binding.expression;
  throw node.refuse(`the name ${name} here`);
}

/** What a column holds that a table lacks. */
function empty(node: Syntax): Literal {
  return { kind: 'literal', type: node.type, value: node.type === 'string' ? '' : null };
}

function column(columns: Scope['columns'], name: string, offset: number, node: Syntax): ColumnRef {
  const index = columns.findIndex((spec) => spec.name === name);
  const spec = columns[index];
  if (spec === undefined) throw node.refuse(`the column ${name} here`);
  return { kind: 'column', type: spec.type, index: offset + index };
}

function lowerPath(node: Syntax, scope: Scope): Expression {
  const target = node.need('Expression');
  const selector = node.need('Selector');
  if (target.kind === 'NameReference' && (target.name === '$left' || target.name === '$right')) {
    if (target.name === '$left') return column(scope.columns, selector.name, 0, node);
    return column(scope.right ?? [], selector.name, scope.columns.length, node);
  }
  const step = target.kind === 'NameReference' ? scope.steps?.get(target.name) : undefined;
  if (step !== undefined) return column(scope.columns, selector.name, step, node);
  if (selector.kind === 'BracketedExpression') {
    return member(node, lowerExpression(target, scope), lowerExpression(selector.need('Expression'), scope));
  }
  if (selector.kind !== 'NameReference') throw node.refuse(`.${selector.text}`);
  const name: Literal = { kind: 'literal', type: 'string', value: selector.name };
  return member(node, lowerExpression(target, scope), name);
}

function lowerElement(node: Syntax, scope: Scope): Expression {
  const selector = node.need('Selector');
  const key = selector.kind === 'BracketedExpression' ? selector.need('Expression') : selector;
  const target = node.need('Expression');
  if (target.isTuple) return member(node, tupleCall(target, scope), lowerExpression(key, scope));
  return member(node, lowerExpression(node.need('Expression'), scope), lowerExpression(key, scope));
}

function member(node: Syntax, target: Expression, key: Expression): Expression {
  if (target.type !== 'dynamic') throw node.refuse(`a member of a ${target.type}`);
  return checked({ kind: 'call', type: 'dynamic', name: 'member', args: [target, key], at: node.place }, node);
}

function lowerList(node: Syntax, name: string, scope: Scope): Expression {
  const items = node.need('Right').list('Expressions');
  const [only] = items;
  if (items.length === 1 && only !== undefined && isTabular(only)) {
    const query = lowerTable(only, scope);
    const needles: Expression = {
      kind: 'shared',
      type: 'dynamic',
      id: scope.session.id(),
      body: { kind: 'columnList', type: 'dynamic', query },
    };
    const left = lowerExpression(node.need('Left'), scope);
    return checked({ kind: 'call', type: 'bool', name, args: [left, needles], at: node.place }, node);
  }
  return call(node, name, [node.need('Left'), ...items], scope);
}

function lowerCall(node: Syntax, scope: Scope): Expression {
  const { name } = node.need('Name');
  const binding = scope.names.get(name);
  if (binding?.kind === 'function') {
    const result = callFunction(node, binding, scope);
    if (result.kind === 'scalar') return result.expression;
    throw node.refuse(`the table ${name}(…) here`);
  }
  if (scope.collector !== undefined && AGGREGATES[name] !== undefined) return lowerAggregate(node, name, scope);
  const structural = STRUCTURAL[name];
  if (structural !== undefined) return structural(node, scope);
  if (isWindow(name)) return lowerWindow(node, name, scope);
  if (SCALARS[name] === undefined) throw node.refuse(`${name}()`);
  return call(node, name, argumentsOf(node), scope);
}

/** A function over several rows, computed into a column of its own before the operator it stands in. */
function lowerWindow(node: Syntax, name: string, scope: Scope): Expression {
  if (scope.derivation === undefined) throw node.refuse(`${name}() here`);
  const args = argumentsOf(node).map((arg) => lowerExpression(arg, scope));
  const made: WindowCall = { kind: 'window', type: node.type, name, args, at: node.place };
  WINDOWS[name]?.check?.(made);
  return scope.derivation.add(made, node);
}

/** The values of a function that yields several, e.g. `series_stats(…)`. */
export function lowerTuple(node: Syntax, scope: Scope): readonly Expression[] {
  if (scope.derivation === undefined) throw node.refuse('a function of several values here');
  const all = scope.derivation.add(tupleCall(node, scope), node);
  return node.tableColumns.map(({ type }, index) => ({
    kind: 'call',
    type,
    name: 'tuple_item',
    args: [all, { kind: 'literal', type: 'long', value: index }],
    at: node.place,
  }));
}

/** All values of such a function as one array. */
function tupleCall(node: Syntax, scope: Scope): Expression {
  if (node.kind !== 'FunctionCallExpression') throw node.refuse(node.kind.replace(/Expression$/, ''));
  const args = argumentsOf(node).map((arg) => lowerExpression(arg, scope));
  return checked({ kind: 'call', type: 'dynamic', name: node.need('Name').name, args, at: node.place }, node);
}

function lowerAggregate(node: Syntax, name: string, scope: Scope): Expression {
  const { collector } = scope;
  if (collector === undefined) throw node.refuse(`${name}() here`);
  const inner: Scope = { names: scope.names, columns: scope.columns, session: scope.session };
  const args = argumentsOf(node).flatMap((arg): readonly Expression[] =>
    arg.kind === 'StarExpression' ? starColumns(node, scope) : [lowerExpression(arg, inner)],
  );
  const types: readonly KustoType[] = node.columns?.map((spec) => spec.type) ?? [node.type];
  const index = collector.keys + collector.calls.reduce((width, made) => width + made.types.length, 0);
  const made = { name, args, types, at: node.place };
  AGGREGATES[name]?.check?.(made);
  collector.calls.push(made);
  return { kind: 'column', type: types[0] ?? 'dynamic', index };
}

/** What `*` stands for in `arg_max(x, *)`: the columns that the binder lists after the first, found in the input by name. */
function starColumns(node: Syntax, scope: Scope): readonly Expression[] {
  return (node.columns ?? []).slice(1).map((spec) => column(scope.columns, spec.name, 0, node));
}
