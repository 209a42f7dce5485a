import type { RelationOf } from '../plan.ts';
import { emptyTable, type Table } from '../table.ts';
import type { Run } from './run.ts';

/** The same execution with rows handed in. What is shared under an id of `local` is computed anew, because it may depend on them. */
export function within(run: Run, id: number, rows: Table, local: readonly [from: number, to: number]): Run {
  const own = new Map<number, unknown>();
  const inner: Run = {
    ...run,
    given: new Map([...(run.given ?? []), [id, rows]]),
    evaluate: (relation, other) => run.evaluate(relation, other ?? inner),
    shared: <Made>(key: number, make: () => Made): Made => {
      if (key < local[0] || key >= local[1]) return run.shared(key, make);
      if (!own.has(key)) own.set(key, make());
      return own.get(key) as Made;
    },
  };
  return inner;
}

export function runGiven(relation: RelationOf<'given'>, run: Run): Table {
  return run.given?.get(relation.id) ?? emptyTable(relation.columns);
}
