import { type Data, dictionaryOf } from '../data.ts';
import { encode } from '../encode.ts';
import type { Relation, RelationOf } from '../plan.ts';
import { Column, findColumn, nothing, type Table } from '../table.ts';
import type { KustoType, Value } from '../types.ts';
import { runDerive } from './derive.ts';
import { runApply, runExpand, runNarrow, runPartition } from './expand.ts';
import { runGiven } from './given.ts';
import { runJoin } from './join.ts';
import { runMakeSeries } from './make-series.ts';
import { runSort, runTake } from './order.ts';
import { runParse, runParsePairs } from './parse.ts';
import { runPivot, runUnpack } from './reshape.ts';
import { runFilter, runProject, runRange, runRows, runUnion } from './rows.ts';
import type { Run } from './run.ts';
import { runSteps } from './steps.ts';
import { runCount, runDistinct, runSummarize } from './summarize.ts';
import { runTopNested } from './top.ts';

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
  given: runGiven,
  derive: runDerive,
  parse: runParse,
  parsePairs: runParsePairs,
  expand: runExpand,
  apply: runApply,
  partition: runPartition,
  makeSeries: runMakeSeries,
  topNested: runTopNested,
  unpack: runUnpack,
  pivot: runPivot,
  narrow: runNarrow,
  steps: runSteps,
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
  const columns = relation.columns.map(
    ({ name, type }) => new Column(type, () => findColumn(table, name)?.data ?? emptyData(type, table.rows)),
  );
  return { specs: relation.columns, columns, rows: table.rows };
}

function emptyData(type: KustoType, rows: number): Data {
  if (type === 'string') return { kind: 'coded', codes: new Int32Array(rows), dictionary: dictionaryOf([''], true) };
  return encode(type, new Array<Value>(rows).fill(nothing(type)));
}
