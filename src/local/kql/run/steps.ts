import type { Expression, RelationOf } from '../plan.ts';
import { Column, nothing, type Table, tableOf } from '../table.ts';
import type { KustoType, Value } from '../types.ts';
import { bind } from './expressions.ts';
import type { Run } from './run.ts';

type Row = readonly Value[];

/** What a step holds on to: for itself and every step before it the last row that it matched, and which match of the first step it is. */
interface State {
  readonly rows: readonly Row[];
  readonly match: number;
}

/** `scan`: every row is tried against the steps from the last to the first. */
export function runSteps(relation: RelationOf<'steps'>, run: Run): Table {
  const input = run.evaluate(relation.input);
  const types = relation.columns.slice(0, input.columns.length + relation.declared.length).map((spec) => spec.type);
  const declared = relation.declared.map((value) => bind(value, [], run).cell(0));
  const blank: Row = [...types.slice(0, input.columns.length).map(nothing), ...declared];
  const states = new Array<State | null>(relation.steps.length).fill(null);
  const held = new Array<{ row: Row; match: number } | null>(relation.steps.length).fill(null);
  const out: { row: Row; match: number }[] = [];
  let matches = -1;
  const evaluate = (expression: Expression, state: State | null, row: Row): Value => {
    const cells = [...relation.steps.flatMap((_, step) => state?.rows[step] ?? blank), ...row];
    const columns = cells.map((cell, index) => new Column(types[index % types.length] as KustoType, [cell]));
    return bind(expression, columns, run).cell(0);
  };
  const release = (step: number): void => {
    const last = held[step];
    if (last !== null && last !== undefined) out.push(last);
    held[step] = null;
  };
  for (let index = 0; index < input.rows; index += 1) {
    if (index % 1024 === 0) run.check(out.length);
    const row: Row = [...input.columns.map((column) => column.cell(index)), ...declared];
    for (let at = relation.steps.length - 1; at >= 0; at -= 1) {
      const step = relation.steps[at] as (typeof relation.steps)[number];
      const before = at === 0 ? null : (states[at - 1] ?? null);
      const own = states[at] ?? null;
      const promoted = before !== null && evaluate(step.condition, before, row) === true;
      const continued = !promoted && (at === 0 || own !== null) && evaluate(step.condition, own, row) === true;
      if (!promoted && !continued) continue;
      const state = promoted ? before : own;
      if (at === 0 && own === null) matches += 1;
      const match = state?.match ?? matches;
      const set = [...row];
      for (const { column, value } of step.sets) set[input.columns.length + column] = evaluate(value, state, row);
      if (promoted) {
        release(at);
        states[at - 1] = null;
      }
      states[at] = { rows: [...Array.from({ length: at }, (_, known) => state?.rows[known] ?? blank), set], match };
      if (step.output === 'all') out.push({ row: set, match });
      if (step.output === 'last') held[at] = { row: set, match };
    }
  }
  for (const step of held.keys()) release(step);
  const columns = types.map(
    (type, column) =>
      new Column(
        type,
        out.map(({ row }) => row[column] ?? nothing(type)),
      ),
  );
  if (relation.matchId)
    columns.push(
      new Column(
        'long',
        out.map(({ match }) => match),
      ),
    );
  return tableOf(relation.columns, columns, out.length);
}
