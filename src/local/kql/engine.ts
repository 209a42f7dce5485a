import { type Diagnostic, TocsinError } from '../../model/errors.ts';
import { withoutPrefixes } from './cross.ts';
import { bindingErrors } from './diagnose.ts';
import { diagnosticOf, invalid, QueryProblem, unsupported } from './errors.ts';
import { parseJson } from './json.ts';
import { language } from './language.ts';
import { refusedByLogAnalytics } from './lint.ts';
import { lowerExpression } from './lower/expressions.ts';
import { bindLets } from './lower/lets.ts';
import { lowerPipeline, lowerRelation } from './lower/relations.ts';
import { isTabular, Session } from './lower/scope.ts';
import type { Relation } from './plan.ts';
import { evaluate } from './run/relations.ts';
import type { Run } from './run/run.ts';
import { openSchema, type Schema, tablesMeant } from './schema.ts';
import { Syntax } from './syntax.ts';
import { emptyTable, type Table } from './table.ts';
import type { ColumnSpec, Dynamic } from './types.ts';

export interface RunOptions {
  /** What `now()` is, in ticks since 2020-01-01 (time.ts). */
  readonly now: number;
  /** The rows of a table of the schema; columns that it lacks are read as empty. */
  readonly table: (name: string) => Table | undefined;
  /** At most so many rows anywhere in the query; TCN-L007 beyond. */
  readonly maxRows?: number;
  /** About how many bytes the query's own steps may hold; TCN-L010 beyond. 2 GiB when left out. */
  readonly maxBytes?: number;
  /** TCN-L011 when the query runs longer. */
  readonly maxMs?: number;
  /** Looked at in every step and within long ones; aborting throws its reason. */
  readonly signal?: AbortSignal;
}

/** A checked query. It may be run any number of times, on other data and at other times. */
export interface Compiled {
  readonly columns: readonly ColumnSpec[];
  /** The tables that it reads. */
  readonly tables: readonly string[];
  /** Every word in it: the columns that it names, and more. */
  readonly words: ReadonlySet<string>;
  readonly plan: Relation;
  run(options: RunOptions): Table;
}

/**
 * Checks a query against a schema: a compiled query, or what is wrong with it. TCN-R015 is a mistake that Azure would refuse too,
 * TCN-R020 what Kusto has and Log Analytics refuses, TCN-L003 what only this engine does not do; all carry line and column.
 */
export function compileQuery(text: string, schema: Schema): Compiled | readonly Diagnostic[] {
  const opened = openSchema(text, schema);
  try {
    const local = withoutPrefixes(text);
    const code = language().parse(local, tablesMeant(local, opened));
    const refused = refusedByLogAnalytics(new Syntax(code.Syntax, text));
    if (refused.length > 0) return refused;
    const found = bindingErrors(code, text, opened);
    if (found.length > 0) return found;
    const session = new Session({ expression: lowerExpression, relation: lowerRelation, pipeline: lowerPipeline }, opened);
    const plan = lowerBlock(new Syntax(code.Syntax, local), session);
    const words = new Set(text.match(/\w+/g));
    return {
      columns: plan.columns,
      tables: [...session.scanned],
      words,
      plan,
      run: (options) => bounded(() => run(plan, options)),
    };
  } catch (error) {
    if (error instanceof QueryProblem) return [diagnosticOf(error)];
    if (error instanceof RangeError) return [diagnosticOf(unsupported('a query nested this deep', { line: 1, column: 1 }))];
    throw error;
  }
}

/** The whole result, within the run's limits; the runtime's own bounds (length of a text, depth of a value) are limits like any other. */
function bounded(make: () => Table): Table {
  try {
    const table = make();
    for (const column of table.columns) column.data;
    return table;
  } catch (error) {
    if (error instanceof RangeError) throw new TocsinError('TCN-L010', error.message, { cause: error });
    throw error;
  }
}

export function isCompiled(result: Compiled | readonly Diagnostic[]): result is Compiled {
  return !Array.isArray(result);
}

function lowerBlock(block: Syntax, session: Session): Relation {
  const statements = block.list('Statements');
  const last = statements[statements.length - 1];
  if (last === undefined || last.kind !== 'ExpressionStatement') throw invalid('the query has no result', (last ?? block).place);
  const scope = { names: new Map(), columns: [], session };
  const names = bindLets(statements.slice(0, -1), scope);
  const result = last.need('Expression');
  if (!isTabular(result) && result.kind !== 'PipeExpression')
    throw unsupported('a query whose result is not a table', result.place);
  return lowerRelation(result, { ...scope, names });
}

/**
 * Runs plans that share what has the same id (`sharedTable`) in one go, for whoever takes plans apart. Columns are made when they are
 * read, beyond the run's limits.
 */
export function runPlans(plans: readonly Relation[], options: RunOptions): readonly Table[] {
  const context = contextOf(options);
  return plans.map((plan) => context.evaluate(plan));
}

function run(plan: Relation, options: RunOptions): Table {
  const result = contextOf(options).evaluate(plan);
  // Columns are made when they are read; those of the answer are read here, within the limits.
  for (const column of result.columns) void column.data;
  return result;
}

function contextOf(options: RunOptions): Run {
  const shared = new Map<number, unknown>();
  const parsed = new Map<string, Dynamic>();
  const limit = options.maxRows ?? Number.POSITIVE_INFINITY;
  const mostBytes = options.maxBytes ?? 2 ** 31;
  const deadline = performance.now() + (options.maxMs ?? Number.POSITIVE_INFINITY);
  let held = 0;
  const context: Run = {
    now: options.now,
    table: (name) => options.table(name) ?? emptyTable([]),
    evaluate: (relation, within) => evaluate(relation, within ?? context),
    shared: <Made>(id: number, make: () => Made): Made => {
      if (!shared.has(id)) shared.set(id, make());
      return shared.get(id) as Made;
    },
    json: (text) => {
      const known = parsed.get(text);
      if (known !== undefined) return known;
      const made = text === '' ? null : parseJson(text);
      const value = made === undefined ? text : made;
      if (parsed.size >= 20_000) parsed.clear();
      parsed.set(text, value);
      return value;
    },
    check: (rows) => {
      options.signal?.throwIfAborted();
      if (rows > limit) throw new TocsinError('TCN-L007', `more than ${limit} rows in a step of the query`);
      if (performance.now() > deadline) throw new TocsinError('TCN-L011', `after ${options.maxMs} ms`);
    },
    hold: (bytes) => {
      held += bytes;
      if (held > mostBytes) throw new TocsinError('TCN-L010', `more than ${Math.round(mostBytes / 1_048_576)} MiB`);
    },
  };
  return context;
}
