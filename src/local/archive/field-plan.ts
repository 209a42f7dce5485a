import type { KustoType } from '../kql/types.ts';
import { cellOf, type PutCell } from './row.ts';

/** What becomes of one field of a record, decided once per name. */
export type FieldPlan = { readonly kind: 'skip' } | { readonly kind: 'time' } | { readonly kind: 'resource' } | PlacedField;

export interface PlacedField {
  /** One cell; a cell whose column depends on the value; or a value whose members become cells. */
  readonly kind: 'cell' | 'suffixed' | 'members';
  /** The columns that a text fills; none where a text, too, is taken apart. */
  readonly columns: readonly string[];
  /** The column of a text that needs no further look; null where every text needs one. */
  readonly text: string | null;
  /** The column of a guid; null where it is a text like others. */
  readonly guid: string | null;
  /** The column of a number, likewise. */
  readonly number: string | null;
  readonly numberType: KustoType;
  readonly put: (value: unknown, put: PutCell) => void;
  /** What becomes of a member of an object; `null` where only `put` knows. */
  readonly member: ((name: string) => FieldPlan) | null;
}

const NUMBERS: ReadonlySet<KustoType> = new Set(['int', 'long', 'real']);

/** A field that becomes a column of a known type. */
export function cellPlan(column: string, type: KustoType): FieldPlan {
  const number = NUMBERS.has(type);
  return {
    kind: 'cell',
    columns: [column],
    text: type === 'string' ? column : null,
    guid: null,
    number: number ? column : null,
    numberType: number ? type : 'real',
    put: (value, put) => put(column, type, cellOf(value, type)),
    member: null,
  };
}
