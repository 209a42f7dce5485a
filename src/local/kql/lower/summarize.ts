import type { AggregateCall, Expression, Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import { matching } from './columns.ts';
import { lowerExpression, withoutName } from './expressions.ts';
import { argumentsOf } from './functions.ts';
import type { Scope } from './scope.ts';

export function lowerSummarize(node: Syntax, input: Relation, scope: Scope): Relation {
  const by = (node.child('ByClause')?.list('Expressions') ?? []).map((item) => lowerExpression(withoutName(item), scope));
  const calls: AggregateCall[] = [];
  const collector = { keys: by.length, calls };
  const output: Expression[] = by.map((key, index) => ({ kind: 'column', type: key.type, index }));
  const names = new Map<number, string>();
  for (const item of node.list('Aggregates')) {
    const before = calls.length;
    const value = item.kind === 'CompoundNamedExpression' ? item.need('Expression') : withoutName(item);
    const first = lowerExpression(value, { ...scope, collector });
    const made = calls[before];
    const name = pairName(item);
    if (name !== undefined) names.set(output.length, name);
    output.push(first);
    if (first.kind === 'column' && made !== undefined && calls.length === before + 1) {
      for (const [offset, type] of made.types.entries()) {
        if (offset > 0) output.push({ kind: 'column', type, index: first.index + offset });
      }
    }
  }
  const columns = matching(node, output).map((spec, index) => ({ ...spec, name: names.get(index) ?? spec.name }));
  return { kind: 'summarize', columns, input, by, aggregates: calls, output };
}

/** An aggregate of two columns is named after both by the engine, after the first only by the binder. */
function pairName(item: Syntax): string | undefined {
  if (item.kind !== 'FunctionCallExpression' || !/^covariancep?(?:if)?$/.test(item.need('Name').name)) return undefined;
  const columns = argumentsOf(item).slice(0, 2);
  if (!columns.every((column) => column.kind === 'NameReference')) return undefined;
  return [item.need('Name').name, ...columns.map((column) => column.name)].join('_');
}

export function lowerDistinct(node: Syntax, input: Relation, scope: Scope): Relation {
  const expressions = node.list('Expressions').flatMap((item): readonly Expression[] => {
    if (item.kind !== 'StarExpression') return [lowerExpression(withoutName(item), scope)];
    return input.columns.map((spec, index) => ({ kind: 'column', type: spec.type, index }));
  });
  return { kind: 'distinct', columns: matching(node, expressions), input, expressions };
}

export function lowerCount(node: Syntax, input: Relation): Relation {
  return { kind: 'count', columns: node.tableColumns, input };
}
