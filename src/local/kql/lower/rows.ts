import type { ColumnRef, Expression, Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import { type ColumnSpec, isArray, type KustoType } from '../types.ts';
import { matching } from './columns.ts';
import { deriving, identity } from './derive.ts';
import { lowerExpression, lowerTuple, withoutName } from './expressions.ts';
import type { Scope } from './scope.ts';

export function lowerFilter(node: Syntax, input: Relation, scope: Scope): Relation {
  const { input: derived, made: condition } = deriving(input, scope, (within) => lowerExpression(node.need('Condition'), within));
  if (derived === input) return filtered(input, condition);
  const kept: Relation = { kind: 'where', columns: derived.columns, input: derived, condition };
  return { kind: 'project', columns: input.columns, input: kept, expressions: identity(input) };
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

/** One item of `extend` or `project`: its values, each with the name that the query gives it, if any. `print` keeps named ones only. */
function lowerItem(
  item: Syntax,
  scope: Scope,
  onlyNamed = false,
): readonly { readonly value: Expression; readonly name?: string }[] {
  const value = item.kind === 'CompoundNamedExpression' ? item.need('Expression') : withoutName(item);
  if (!value.isTuple) {
    const made = lowerExpression(value, scope);
    return [item.kind === 'SimpleNamedExpression' ? { value: made, name: item.need('Name').name } : { value: made }];
  }
  const names =
    item.kind === 'CompoundNamedExpression'
      ? item
          .need('Names')
          .list('Names')
          .map((declared) => declared.name)
      : [];
  const values = lowerTuple(value, scope);
  if (item.kind === 'SimpleNamedExpression') names.push(item.need('Name').name);
  const kept = onlyNamed && names.length > 0 ? values.slice(0, names.length) : values;
  return kept.map((made, index) => {
    const name = names[index];
    return name === undefined ? { value: made } : { value: made, name };
  });
}

/**
 * `extend` and `serialize`: a name that exists is replaced where it stands, be it given or taken from the expression; others are
 * appended. All see the input's columns only.
 */
export function lowerExtend(node: Syntax, input: Relation, scope: Scope): Relation {
  const { input: derived, made: expressions } = deriving(input, scope, (within) => {
    const all = identity(input);
    const names = input.columns.map((spec) => spec.name);
    for (const item of node.list('Expressions')) {
      for (const { value, name } of lowerItem(item, within)) {
        if (item.kind === 'NameReference' && value.kind === 'column') continue;
        const known = name ?? (withoutName(item).isTuple ? '' : item.resultName);
        const index = known === '' ? -1 : names.indexOf(known);
        if (index >= 0) all[index] = value;
        else {
          all.push(value);
          names.push(known);
        }
      }
    }
    return all;
  });
  const columns = extended(node, input, expressions);
  const serialized = node.kind === 'SerializeOperator';
  return { kind: 'project', ...(serialized ? { serialized } : {}), columns, input: derived, expressions };
}

/** The binder's columns; where `parse` replaced one before, it goes on to count the one that was there, as `name1`. */
function extended(node: Syntax, input: Relation, expressions: readonly Expression[]): readonly ColumnSpec[] {
  const bound = node.tableColumns;
  const known = new Set(input.columns.map((spec) => spec.name));
  const own = bound.filter(({ name }) => known.has(name) || !known.has(name.replace(/\d+$/, '')));
  if (bound.length <= expressions.length || own.length !== expressions.length) return matching(node, expressions);
  return own.map((spec, index) => ({ name: spec.name, type: expressions[index]?.type ?? spec.type }));
}

export function lowerProject(node: Syntax, input: Relation, scope: Scope): Relation {
  const { input: derived, made: expressions } = deriving(input, scope, (within) =>
    node.list('Expressions').flatMap((item) => lowerItem(item, within, node.kind === 'PrintOperator').map(({ value }) => value)),
  );
  return { kind: 'project', columns: matching(node, expressions), input: derived, expressions };
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

/** `project-by-names`: the columns that a list of names, some with `*`, finds in the input, in the order of the list. */
export function lowerProjectByNames(node: Syntax, input: Relation, scope: Scope): Relation {
  const wanted = node.list('Expressions').flatMap((item): readonly string[] => {
    const value = lowerExpression(item, { ...scope, columns: [] });
    if (value.kind !== 'literal') throw item.refuse('a list of names that is not known from the query alone');
    return isArray(value.value) ? value.value.map(String) : [String(value.value)];
  });
  const found = new Set<number>();
  for (const name of wanted) {
    const parts = name.split('*').map((part) => part.replace(/[\^$\\.+?()[\]{}|]/g, '\\$&'));
    const pattern = new RegExp(`^${parts.join('.*')}$`);
    for (const [index, spec] of input.columns.entries()) if (pattern.test(spec.name)) found.add(index);
  }
  const expressions = [...found].map(
    (index): ColumnRef => ({ kind: 'column', type: input.columns[index]?.type as KustoType, index }),
  );
  const columns = expressions.flatMap(({ index }) => input.columns[index] ?? []);
  return { kind: 'project', columns, input, expressions };
}
