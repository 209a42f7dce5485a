import { AGGREGATES } from '../aggregates/index.ts';
import type { AggregateCall, ColumnRef, Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import { isArray } from '../types.ts';
import { lowerExpression } from './expressions.ts';
import { argumentsOf } from './functions.ts';
import type { Scope } from './scope.ts';

export const PLUGINS: Readonly<Record<string, (node: Syntax, input: Relation, scope: Scope) => Relation>> = {
  bag_unpack: lowerUnpack,
  pivot: lowerPivot,
  narrow: (node, input) => ({ kind: 'narrow', columns: node.tableColumns, input }),
};

/** `evaluate`: the plugins that reshape a table. */
export function lowerEvaluate(node: Syntax, input: Relation, scope: Scope): Relation {
  const { name } = node.need('FunctionCall').need('Name');
  const plugin = PLUGINS[name];
  if (plugin === undefined) throw node.refuse(`the plugin ${name}`);
  return plugin(node, input, scope);
}

function lowerUnpack(node: Syntax, input: Relation, scope: Scope): Relation {
  const [bag, ...rest] = argumentsOf(node.need('FunctionCall'));
  const value = bag === undefined ? undefined : lowerExpression(bag, scope);
  if (value?.kind !== 'column' || value.type !== 'dynamic') throw node.refuse('bag_unpack() of what is not a dynamic column');
  const options = ['OutputColumnPrefix', 'columnsConflict', 'ignoredProperties'].map((name, place) => {
    const named = rest.find((arg) => arg.kind === 'SimpleNamedExpression' && arg.need('Name').name === name);
    const given = named?.need('Expression') ?? (rest[place]?.kind === 'SimpleNamedExpression' ? undefined : rest[place]);
    if (given === undefined) return undefined;
    const literal = lowerExpression(given, { ...scope, columns: [] });
    if (literal.kind !== 'literal') throw given.refuse('an option that is not a literal');
    return literal.value;
  });
  const [prefix = '', conflict = 'error', ignored = []] = options;
  if (conflict !== 'error' && conflict !== 'replace_source' && conflict !== 'keep_source') {
    throw node.refuse(`columnsConflict=${String(conflict)}`);
  }
  const stated = node.child('Schema') !== undefined;
  return {
    kind: 'unpack',
    columns: stated ? node.tableColumns : input.columns.filter((_, index) => index !== value.index),
    input,
    bag: value.index,
    prefix: String(prefix),
    conflict,
    ignored: isArray(ignored) ? ignored.map(String) : [],
    stated,
  };
}

/** The rows are grouped by the columns that the binder keeps. */
function lowerPivot(node: Syntax, input: Relation, scope: Scope): Relation {
  const call = node.need('FunctionCall');
  const [pivot, second] = argumentsOf(call);
  if (pivot === undefined) throw node.refuse('pivot() of nothing');
  const calls: AggregateCall[] = [];
  const isAggregate = second?.kind === 'FunctionCallExpression' && AGGREGATES[second.need('Name').name] !== undefined;
  if (second !== undefined && isAggregate) lowerExpression(second, { ...scope, collector: { keys: 0, calls } });
  const aggregate: AggregateCall = calls[0] ?? { name: 'count', args: [], types: ['long'], at: call.place };
  if (aggregate.types.length !== 1) throw node.refuse(`pivot() with ${aggregate.name}()`);
  const key = lowerExpression(pivot, scope);
  if (key.type !== 'string') throw pivot.refuse(`pivot() of a ${key.type}`);
  const kept = call.tableColumns;
  const by = kept.map((spec): ColumnRef => {
    const index = input.columns.findIndex((column) => column.name === spec.name);
    if (index < 0) throw call.refuse(`the column ${spec.name} here`);
    return { kind: 'column', type: spec.type, index };
  });
  const stated = node.child('Schema') !== undefined;
  return { kind: 'pivot', columns: stated ? node.tableColumns : kept, input, by, pivot: key, aggregate, stated };
}
