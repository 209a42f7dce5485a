import { HOUR } from '../../model/duration.ts';
import { openArchiveAt } from '../archive/open.ts';
import { type Data, valuesOfData } from '../kql/data.ts';
import { runPlans } from '../kql/engine.ts';
import type { Relation } from '../kql/plan.ts';
import { gatherData } from '../kql/rearrange.ts';
import { type Column, findColumn, gatherColumn, nothing, type Table } from '../kql/table.ts';
import { ticksOfMs } from '../kql/time.ts';
import type { Value } from '../kql/types.ts';
import type { ArrivalModel } from './arrival.ts';
import { orderByParts, type Parts, picked } from './parts.ts';
import { type ReceivedRows, ROW, receivedRows, withRowNumbers } from './received-rows.ts';
import { columnsRead } from './split.ts';
import { type MadeTexts, TextCoder } from './text-coder.ts';

/* What was received in an hour, made ready for windows. Plain data, so that another thread can make it. */

/** What to make: the row-by-row steps over a table, for windows of parts `width` ms long. */
export interface BlockPlan {
  readonly table: string;
  readonly chain: Relation;
  readonly width: number;
  /** Columns are made now rather than when they are read. */
  readonly eager: boolean;
}

export interface BlockInput {
  /** What `--archive` names: a folder, or a place in Blob Storage. */
  readonly place: string;
  readonly model: ArrivalModel;
  readonly plans: readonly BlockPlan[];
}

/** A column as it can be handed on; `later`: within one thread only. */
export type MadeColumn =
  | MadeTexts
  | { readonly kind: 'numbers'; readonly data: Data }
  | { readonly kind: 'cells'; readonly values: readonly Value[] }
  | { readonly kind: 'later'; readonly column: Column };

/** Rows of one plan, by part of the time in which they happened and then by arrival; times are epoch ms. */
export interface MadeBlock extends Parts {
  readonly plan: number;
  readonly columns: readonly MadeColumn[];
  readonly times: Float64Array;
  readonly arrivals: Float64Array;
}

export interface MadeHour {
  /** Records read. */
  readonly rows: number;
  readonly blocks: readonly MadeBlock[];
}

/** Makes hour after hour; `since` says for every plan (epoch ms) before when nothing is wanted. */
export type MakeHour = (hour: number, since: readonly number[]) => Promise<MadeHour>;

export function blockMaker({ place, model, plans }: BlockInput): MakeHour {
  const opening = openArchiveAt(place);
  const tables = [...new Set(plans.map(({ table }) => table))];
  const columns = new Set(plans.flatMap(({ chain }) => columnsRead(chain)));
  const coders = plans.map(({ chain }) => chain.columns.map(() => new TextCoder()));

  function blocksOf(name: string, table: Table, hour: number, since: readonly number[]): readonly MadeBlock[] {
    const received = receivedRows(table, hour, model);
    const wanted = [...plans.keys()].filter((index) => plans[index]?.table === name);
    if (received === null || wanted.length === 0) return [];
    const results = runPlans(withRowNumbers(wanted.map((index) => (plans[index] as BlockPlan).chain)), {
      now: ticksOfMs(hour),
      table: () => received.table,
      maxBytes: Number.POSITIVE_INFINITY,
    });
    return wanted.flatMap((index, place) => blockOf(index, results[place] as Table, received, since[index] ?? 0) ?? []);
  }

  function blockOf(index: number, result: Table, received: ReceivedRows, since: number): MadeBlock | null {
    const numbers = findColumn(result, ROW)?.data;
    if (numbers?.kind !== 'numeric') return null;
    const { width, chain, eager } = plans[index] as BlockPlan;
    const all = result.rows === received.times.length;
    const times = all ? received.times : picked(received.times, numbers.numbers);
    const arrivals = all ? received.arrivals : picked(received.arrivals, numbers.numbers);
    const { rows, ...parts } = orderByParts(times, width, since);
    if (rows.length === 0) return null;
    return {
      plan: index,
      columns: chain.columns.map((_, at) => {
        const column = result.columns[at] as Column;
        const coder = coders[index]?.[at] as TextCoder;
        return eager ? madeColumn(column, rows, coder) : { kind: 'later', column: gatherColumn(column, rows) };
      }),
      times: picked(times, rows),
      arrivals: picked(arrivals, rows),
      ...parts,
    };
  }

  return async (hour, since) => {
    const archive = await opening;
    const found = await archive.received(tables, { start: hour, end: hour + HOUR }, { columns });
    return {
      rows: [...found.values()].reduce((sum, table) => sum + table.rows, 0),
      blocks: [...found].flatMap(([name, table]) => blocksOf(name, table, hour, since)),
    };
  };
}

function madeColumn(column: Column, rows: Int32Array, coder: TextCoder): MadeColumn {
  const { type } = column;
  const source = column.data.kind === 'json' ? { kind: 'plain' as const, values: valuesOfData(column.data) } : column.data;
  const data = gatherData(source, rows, nothing(type));
  if (type === 'string' || type === 'guid') return coder.made(data);
  return data.kind === 'numeric' || data.kind === 'bools'
    ? { kind: 'numbers', data }
    : { kind: 'cells', values: valuesOfData(data) };
}
