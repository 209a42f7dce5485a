import type { Relation, RelationOf } from '../plan.ts';
import { Column, nothing, type Table } from '../table.ts';
import type { Value } from '../types.ts';
import { runJoin } from './join.ts';
import { runSort, runTake } from './order.ts';
import { runFilter, runProject, runRange, runRows, runUnion } from './rows.ts';
import type { Run } from './run.ts';
import { runCount, runDistinct, runSummarize } from './summarize.ts';

type Runners = { readonly [K in Relation['kind']]: (relation: RelationOf<K>, run: Run) => Table };

const RUNNERS: Runners = {
  scan: (relation, run) => withNames(run.table(relation.table), relation),
  rows: runRows,
  range: runRange,
  sharedTable: (relation, run) => run.shared(relation.id, () => run.evaluate(relation.body)),
  where: runFilter,
  project: runProject,
  summarize: runSummarize,
  distinct: runDistinct,
  sort: runSort,
  take: runTake,
  count: runCount,
  union: runUnion,
  join: runJoin,
};

/** The table that a relation stands for in this run. */
export function evaluate(relation: Relation, run: Run): Table {
  const runner = RUNNERS[relation.kind] as (relation: Relation, run: Run) => Table;
  const table = runner(relation, run);
  run.check(table.rows);
  return table;
}

/** A source in the order of columns that the query was bound to; one that it lacks is empty. */
function withNames(table: Table, relation: RelationOf<'scan'>): Table {
  const positions = new Map(table.specs.map((spec, index) => [spec.name, index]));
  const columns = relation.columns.map(({ name, type }) => {
    const known = table.columns[positions.get(name) ?? -1];
    return known ?? new Column(type, () => new Array<Value>(table.rows).fill(nothing(type)));
  });
  return { specs: relation.columns, columns, rows: table.rows };
}
