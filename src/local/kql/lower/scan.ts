import type { Expression, Relation, ScanStep } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import type { ColumnSpec } from '../types.ts';
import { converted } from './convert.ts';
import { lowerExpression } from './expressions.ts';
import { parameter } from './parameter.ts';
import { overColumns, type Scope } from './scope.ts';

/** `scan`: every step's expressions see the row at hand and, by the steps' names, the state of each of them. */
export function lowerScan(node: Syntax, input: Relation, scope: Scope): Relation {
  const declarations = node.child('DeclareClause')?.list('Declarations') ?? [];
  const specs = declarations.map((declared): ColumnSpec => {
    const name = declared.need('NameAndType').need('Name');
    if (input.columns.some((spec) => spec.name === name.name)) throw name.refuse(`a second column ${name.name}`);
    return { name: name.name, type: name.type };
  });
  const declared = declarations.map((item, index): Expression => {
    const type = specs[index]?.type ?? 'dynamic';
    const value = item.child('DefaultValue')?.need('Value');
    const none: Expression = { kind: 'literal', type, value: type === 'string' ? '' : null };
    return value === undefined ? none : converted(lowerExpression(value, { ...scope, columns: [] }), type, item.place);
  });
  const row = [...input.columns, ...specs];
  const written = node.list('Steps');
  const states = new Map(written.map((step, index) => [step.need('Name').name, index * row.length]));
  const within: Scope = { ...overColumns(scope, row), steps: states, offset: written.length * row.length };
  const steps = written.map((step): ScanStep => {
    const output = step.child('ScanStepOutput')?.text.replace(/^output\s*=\s*/, '') ?? 'all';
    if (output !== 'all' && output !== 'last' && output !== 'none') throw step.refuse(`output=${output}`);
    const assignments = step.child('ComputationClause')?.list('Assignments') ?? [];
    const sets = assignments.map((assignment) => {
      const { name } = assignment.need('Name');
      const column = specs.findIndex((spec) => spec.name === name);
      const type = specs[column]?.type;
      if (type === undefined) throw assignment.refuse(`an assignment to ${name}`);
      return { column, value: converted(lowerExpression(assignment.need('Expression'), within), type, assignment.place) };
    });
    return { condition: lowerExpression(step.need('Condition'), within), output, sets };
  });
  const matchId = parameter(node, 'with_match_id');
  const columns: readonly ColumnSpec[] = matchId === undefined ? row : [...row, { name: matchId, type: 'long' }];
  return { kind: 'steps', columns, input, declared, steps, matchId: matchId !== undefined };
}
