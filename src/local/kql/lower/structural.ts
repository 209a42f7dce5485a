import type { Call, Expression } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import { argumentsOf } from './functions.ts';
import { lowerTable, type Scope } from './scope.ts';

/** Functions of columns rather than of their values: what they stand for is known when the query is bound. */
export const STRUCTURAL: Readonly<Record<string, (node: Syntax, scope: Scope) => Expression>> = {
  column_ifexists: columnIfExists,
  columnifexists: columnIfExists,
  bag_pack_columns: (node, scope) =>
    packed(
      node,
      argumentsOf(node).map((arg) => {
        if (arg.kind !== 'NameReference') throw arg.refuse('a value that is not a column here');
        return [arg.name, scope.session.lower.expression(arg, scope)];
      }),
    ),
  iscolumnexists: (node, scope) => {
    const [name] = argumentsOf(node);
    const named = name === undefined ? undefined : scope.session.lower.expression(name, { ...scope, columns: [] });
    if (named?.kind !== 'literal') throw node.refuse('iscolumnexists() of a name that is not a literal');
    return { kind: 'literal', type: 'bool', value: scope.columns.some((spec) => spec.name === named.value) };
  },
  pack_all: (node, scope) => {
    const [flag] = argumentsOf(node);
    const skips = flag === undefined ? undefined : scope.session.lower.expression(flag, { ...scope, columns: [] });
    if (skips !== undefined && skips.kind !== 'literal') throw node.refuse('pack_all() with a computed flag');
    const all = packed(
      node,
      scope.columns.map((spec, index) => [spec.name, { kind: 'column', type: spec.type, index: (scope.offset ?? 0) + index }]),
    );
    return skips?.value === true ? { ...all, name: 'pack_all filled' } : all;
  },
  column_names_of: (node, scope) => {
    const [table] = argumentsOf(node);
    if (table === undefined) throw node.refuse('column_names_of() of nothing');
    return { kind: 'literal', type: 'dynamic', value: lowerTable(table, scope).columns.map((spec) => spec.name) };
  },
  ingestion_time: (node, scope) => {
    const index = scope.columns.findIndex((spec) => spec.name === '_TimeReceived' && spec.type === 'datetime');
    if (index < 0) throw node.refuse('ingestion_time() of rows without _TimeReceived');
    return { kind: 'column', type: 'datetime', index: (scope.offset ?? 0) + index };
  },
};

function columnIfExists(node: Syntax, scope: Scope): Expression {
  const [name, otherwise] = argumentsOf(node);
  const named = name === undefined ? undefined : scope.session.lower.expression(name, { ...scope, columns: [] });
  if (named?.kind !== 'literal' || otherwise === undefined)
    throw node.refuse('column_ifexists() of a name that is not a literal');
  const index = scope.columns.findIndex((spec) => spec.name === named.value);
  const spec = scope.columns[index];
  if (spec !== undefined) return { kind: 'column', type: spec.type, index: (scope.offset ?? 0) + index };
  return scope.session.lower.expression(otherwise, scope);
}

function packed(node: Syntax, parts: readonly (readonly [name: string, value: Expression])[]): Call {
  const args = parts.flatMap(([name, value]): readonly Expression[] => [{ kind: 'literal', type: 'string', value: name }, value]);
  return { kind: 'call', type: 'dynamic', name: 'bag_pack', args, at: node.place };
}
