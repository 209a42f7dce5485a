import type { AggregateCall, Expression, Relation } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import { converted } from './convert.ts';
import { lowerExpression, withoutName } from './expressions.ts';
import { parameter } from './parameter.ts';
import type { Scope } from './scope.ts';

const AXES: ReadonlySet<string> = new Set(['int', 'long', 'real', 'datetime', 'timespan']);

export function lowerMakeSeries(node: Syntax, input: Relation, scope: Scope): Relation {
  const kind = parameter(node, 'kind');
  if (kind !== undefined && kind !== 'nonempty') throw node.refuse(`make-series kind=${kind}`);
  const by = (node.child('ByClause')?.list('Expressions') ?? []).map((item) => lowerExpression(withoutName(item), scope));
  const axis = lowerExpression(withoutName(node.need('OnClause').need('Expression')), scope);
  if (!AXES.has(axis.type)) throw node.need('OnClause').refuse(`make-series on a ${axis.type}`);
  const bounds = boundsOf(node, axis, { ...scope, columns: [] });
  const calls: AggregateCall[] = [];
  const collector = { keys: by.length + 1, calls };
  const values = node.list('Aggregates').map((item) => {
    const value = lowerExpression(withoutName(item.need('Expression')), { ...scope, collector });
    const given = item.child('DefaultExpression')?.need('Expression');
    const zero: Expression = { kind: 'literal', type: 'long', value: 0 };
    const absent = given === undefined ? zero : lowerExpression(given, { ...scope, columns: [] });
    return { value, absent: value.type === 'dynamic' ? absent : converted(absent, value.type, item.place) };
  });
  const columns = node.tableColumns;
  if (columns.length !== by.length + values.length + 1) throw node.refuse('this combination of columns');
  return { kind: 'makeSeries', columns, input, by, axis, ...bounds, nonEmpty: kind === 'nonempty', aggregates: calls, values };
}

interface Bounds {
  readonly from: Expression | null;
  readonly to: Expression | null;
  readonly step: Expression;
  readonly inclusive: boolean;
}

function boundsOf(node: Syntax, axis: Expression, scope: Scope): Bounds {
  const clause = node.need('RangeClause');
  const onAxis = (part: Syntax): Expression => {
    const value = lowerExpression(part, scope);
    if (value.type === axis.type) return value;
    if (axis.type === 'datetime' || axis.type === 'timespan') throw part.refuse(`a bound of type ${value.type}`);
    return converted(value, axis.type, part.place);
  };
  const stepOf = (part: Syntax): Expression => {
    const value = lowerExpression(part, scope);
    const ticks = axis.type === 'datetime' || axis.type === 'timespan';
    if (ticks !== (value.type === 'timespan')) throw part.refuse(`a step of type ${value.type}`);
    return ticks ? value : converted(value, axis.type, part.place);
  };
  if (clause.kind === 'MakeSeriesInRangeClause') {
    const [from, to, step] = clause.need('Arguments').list('Expressions');
    if (from === undefined || to === undefined || step === undefined) throw clause.refuse('a range of fewer than three values');
    return { from: onAxis(from), to: onAxis(to), step: stepOf(step), inclusive: true };
  }
  const from = clause.child('MakeSeriesFromClause')?.need('Expression');
  const to = clause.child('MakeSeriesToClause')?.need('Expression');
  return {
    from: from === undefined ? null : onAxis(from),
    to: to === undefined ? null : onAxis(to),
    step: stepOf(clause.need('MakeSeriesStepClause').need('Expression')),
    inclusive: false,
  };
}
