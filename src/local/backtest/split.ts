import type { AggregateCall, Expression, Relation, RelationOf } from '../kql/plan.ts';
import { SCALARS } from '../kql/scalars/index.ts';
import type { ColumnSpec, KustoType } from '../kql/types.ts';

/*
 * Takes a query apart for running it over many windows of the same rows: what looks at one row alone (filters, computed columns) is
 * done once per row, the rest once per window over the rows of the window. Filters by time and by row may change places, so the
 * answer is that of the whole query over the window.
 */

/** One row-by-row beginning of a query; its output is what the rest reads under `name`. */
export interface Source {
  readonly name: string;
  readonly table: string;
  readonly chain: Relation;
  /** The same for the same chain, in whichever query. */
  readonly key: string;
  /** Its columns are few, so that they are kept rather than made when they are read. */
  readonly pruned: boolean;
}

/** How a summary over many rows is made of summaries over parts of them. */
export interface Merge {
  /** Over the source's rows with the number of their part in the column `part`: a row per part and group. */
  readonly partial: Relation;
  /** The query over such rows, without the column of the part; they are read under `PARTS`. */
  readonly whole: Relation;
  readonly keys: number;
  /** How the values after the keys are folded. */
  readonly folds: readonly Fold[];
  readonly specs: readonly ColumnSpec[];
}

export type Fold = 'sum' | 'min' | 'max';

export interface SplitQuery {
  /** The whole query over its sources. */
  readonly plan: Relation;
  readonly sources: readonly Source[];
  /** It asks for the time, so that the same rows may get another answer later. */
  readonly asksTime: boolean;
  readonly merge: Merge | null;
}

/** So few columns are kept whether the rest reads them or not. */
const FEW_COLUMNS = 24;
export const PARTS = '#parts';
export const PART = '#part';
const TIME_FUNCTIONS = new Set(['now', 'ago', 'ingestion_time', 'rand', 'new_guid']);

export function splitQuery(plan: Relation): SplitQuery {
  const sources = new Map<string, Source>();
  const rest = rewritten(plan, sources) as Relation;
  const all = [...sources.values()];
  return {
    plan: rest,
    sources: all,
    asksTime: someCall(plan, ({ name }) => TIME_FUNCTIONS.has(name)),
    merge: mergeOf(rest, all),
  };
}

/** Equal for relations that do the same: positions in the query's text do not count. */
export function keyOf(relation: Relation): string {
  return JSON.stringify(relation, (name, value) => {
    if (name === 'at') return undefined;
    if (typeof value === 'bigint') return `${value}n`;
    return typeof value === 'number' && !Number.isFinite(value) ? `#${value}` : value;
  });
}

/** Names of the table's columns that row-by-row steps look at; of a chain that hands on all of them, those it names. */
export function columnsRead(chain: Relation): readonly string[] {
  const scanned = scanOfChain(chain)?.columns ?? [];
  const found = new Set<string>();
  const visit = (relation: Relation): void => {
    if (relation.kind !== 'where' && relation.kind !== 'project') return;
    if (relation.input.kind === 'scan' || relation.input.kind === 'where') {
      const used = relation.kind === 'where' ? [relation.condition] : relation.expressions;
      eachNode(used, (node) => {
        const name = node.kind === 'column' ? scanned[node.index as number]?.name : undefined;
        if (name !== undefined) found.add(name);
      });
    }
    visit(relation.input);
  };
  visit(chain);
  return [...found];
}

function scanOfChain(chain: Relation): RelationOf<'scan'> | null {
  if (chain.kind === 'scan') return chain;
  return chain.kind === 'where' || chain.kind === 'project' ? scanOfChain(chain.input) : null;
}

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

function rewritten(value: unknown, sources: Map<string, Source>): unknown {
  if (Array.isArray(value)) return value.map((each) => rewritten(each, sources));
  if (!isNode(value) || value.kind === 'literal') return value;
  const relation = value as unknown as Relation;
  if (relation.kind === 'summarize') {
    const narrowed = narrowSummary(relation, sources);
    if (narrowed !== null) return narrowed;
  }
  const chain = chainOf(relation);
  if (chain !== null) return scanOf(chain, sources, chain.kind === 'project' && chain.columns.length <= FEW_COLUMNS);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, rewritten(member, sources)]));
}

function scanOf(chain: Relation, sources: Map<string, Source>, pruned: boolean): RelationOf<'scan'> {
  const key = keyOf(chain);
  const known = sources.get(key);
  const source = known ?? { name: `#${sources.size}`, table: tableOf(chain), chain, key, pruned };
  sources.set(key, { ...source, pruned: source.pruned && pruned });
  return { kind: 'scan', table: source.name, columns: chain.columns };
}

/** The relation as steps that look at one row at a time, down to a table; `null` where it is none. */
function chainOf(relation: Relation): Relation | null {
  switch (relation.kind) {
    case 'scan':
      return relation;
    case 'sharedTable':
      return chainOf(relation.body);
    case 'where': {
      const input = chainOf(relation.input);
      const condition = rowwise(relation.condition);
      return input === null || condition === null ? null : { ...relation, input, condition };
    }
    case 'project': {
      const input = chainOf(relation.input);
      const expressions = relation.expressions.map(rowwise);
      if (input === null || relation.serialized === true || expressions.includes(null)) return null;
      return { ...relation, input, expressions: expressions as Expression[] };
    }
    default:
      return null;
  }
}

function tableOf(chain: Relation): string {
  if (chain.kind === 'scan') return chain.table;
  return 'input' in chain ? tableOf(chain.input as Relation) : '';
}

/** The expression with `let` constants put in, where it looks at one row and nothing else; else `null`. */
function rowwise(expression: Expression): Expression | null {
  switch (expression.kind) {
    case 'literal':
    case 'column':
      return expression;
    case 'shared': {
      const { body } = expression;
      return body.kind === 'subquery' || body.kind === 'columnList' ? null : rowwise(body);
    }
    case 'call': {
      if (TIME_FUNCTIONS.has(expression.name) || SCALARS[expression.name]?.positional === true) return null;
      const args = expression.args.map(rowwise);
      return args.includes(null) ? null : { ...expression, args: args as Expression[] };
    }
  }
}

/** Keys and arguments of a summary become the only columns that are kept of the rows. */
function narrowSummary(relation: RelationOf<'summarize'>, sources: Map<string, Source>): Relation | null {
  const input = chainOf(relation.input);
  if (input === null) return null;
  const expressions: Expression[] = [];
  const columnFor = (given: Expression): Expression | null => {
    const expression = rowwise(given);
    if (expression === null || expression.kind === 'literal') return expression;
    const key = JSON.stringify(expression);
    const known = expressions.findIndex((each) => JSON.stringify(each) === key);
    const index = known >= 0 ? known : expressions.push(expression) - 1;
    return { kind: 'column', type: expression.type, index };
  };
  const by = relation.by.map(columnFor);
  const aggregates = relation.aggregates.map((call) => ({ ...call, args: call.args.map(columnFor) }));
  if (by.includes(null) || aggregates.some(({ args }) => args.includes(null))) return null;
  const columns = expressions.map(({ type }, index) => ({ name: `c${index}`, type }));
  const chain: Relation = { kind: 'project', columns, input, expressions };
  return {
    ...relation,
    input: scanOf(chain, sources, true),
    by: by as Expression[],
    aggregates: aggregates as AggregateCall[],
  };
}

/** Aggregates whose value over all is a fold of those over parts, exactly. */
const FOLDS: Readonly<Record<string, Fold>> = {
  count: 'sum',
  cnt: 'sum',
  countif: 'sum',
  sum: 'sum',
  sumif: 'sum',
  min: 'min',
  minif: 'min',
  max: 'max',
  maxif: 'max',
};
const EXACT: ReadonlySet<KustoType> = new Set(['int', 'long', 'datetime', 'timespan']);

function mergeOf(rest: Relation, sources: readonly Source[]): Merge | null {
  const [source] = sources;
  if (source === undefined || sources.length > 1 || !source.pruned) return null;
  const summaries: RelationOf<'summarize'>[] = [];
  let scans = 0;
  eachNode(rest, (node) => {
    const relation = node as unknown as Relation;
    if (relation.kind === 'scan') scans += 1;
    if (relation.kind === 'summarize' && relation.input.kind === 'scan') summaries.push(relation);
  });
  const [summary] = summaries;
  if (scans !== 1 || summary === undefined || summary.by.length === 0) return null;
  const folds = summary.aggregates.map(({ name, types: [type = 'dynamic', ...more] }) => {
    const fold = FOLDS[name];
    return fold === undefined || more.length > 0 || (fold === 'sum' && !EXACT.has(type)) ? null : fold;
  });
  if (folds.includes(null)) return null;
  const keySpecs = summary.by.map(({ type }, index) => ({ name: `k${index}`, type }));
  const valueSpecs = summary.aggregates.map(({ types }, index) => ({ name: `v${index}`, type: types[0] as KustoType }));
  const specs = [...keySpecs, ...valueSpecs];
  return {
    keys: keySpecs.length,
    folds: folds as Fold[],
    specs,
    partial: partialOf(summary, specs),
    whole: wholeOf(rest, summary, specs, folds as Fold[]),
  };
}

function partialOf(summary: RelationOf<'summarize'>, specs: readonly ColumnSpec[]): Relation {
  const { input } = summary;
  const part: ColumnSpec = { name: PART, type: 'long' };
  const columns = [part, ...specs];
  return {
    kind: 'summarize',
    columns,
    input: { ...(input as RelationOf<'scan'>), columns: [...input.columns, part] },
    by: [{ kind: 'column', type: 'long', index: input.columns.length }, ...summary.by],
    aggregates: summary.aggregates,
    output: columns.map(({ type }, index) => ({ kind: 'column', type, index })),
  };
}

function wholeOf(
  rest: Relation,
  summary: RelationOf<'summarize'>,
  specs: readonly ColumnSpec[],
  folds: readonly Fold[],
): Relation {
  const keys = summary.by.length;
  const folded: Relation = {
    ...summary,
    input: { kind: 'scan', table: PARTS, columns: specs },
    by: summary.by.map(({ type }, index) => ({ kind: 'column', type, index })),
    aggregates: summary.aggregates.map((call, index) => {
      const type = specs[keys + index]?.type ?? 'long';
      return { ...call, name: folds[index] as Fold, args: [{ kind: 'column', type, index: keys + index }], types: [type] };
    }),
  };
  return replaced(rest, summary, folded) as Relation;
}

function replaced(value: unknown, old: Relation, next: Relation): unknown {
  if (value === old) return next;
  if (Array.isArray(value)) return value.map((each) => replaced(each, old, next));
  if (!isNode(value) || value.kind === 'literal') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replaced(member, old, next)]));
}

function someCall(plan: Relation, wanted: (call: { readonly name: string }) => boolean): boolean {
  let found = false;
  eachNode(plan, (node) => {
    if (node.kind === 'call' && wanted(node as { readonly name: string } & Node)) found = true;
  });
  return found;
}

function eachNode(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const each of value) eachNode(each, visit);
  else if (isNode(value)) {
    visit(value);
    if (value.kind !== 'literal') for (const member of Object.values(value)) eachNode(member, visit);
  }
}
