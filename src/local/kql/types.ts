/** The scalar types of KQL. */
const KUSTO_TYPES = ['bool', 'int', 'long', 'real', 'decimal', 'string', 'datetime', 'timespan', 'guid', 'dynamic'] as const;
export type KustoType = (typeof KUSTO_TYPES)[number];

export interface ColumnSpec {
  readonly name: string;
  readonly type: KustoType;
}

/**
 * One cell. By type: bool → boolean; int, real → number; long → number while it is a safe integer, else bigint; string → string
 * (never null); decimal → canonical text; datetime → ticks (100 ns) since 2020-01-01, timespan → ticks; guid → lower-case text; dynamic → `Dynamic`.
 */
export type Value = boolean | number | bigint | string | null | Dynamic;

/**
 * What a dynamic cell holds: JSON, in which a number without a fraction is a long. What JSON cannot tell apart is boxed: an integral
 * real, a datetime, a timespan and a guid.
 */
export type Dynamic = null | boolean | number | bigint | string | Boxed | readonly Dynamic[] | Bag;
export type Bag = { readonly [key: string]: Dynamic };

/** A typed scalar inside a dynamic. */
export class Boxed {
  readonly type: 'real' | 'datetime' | 'timespan' | 'guid';
  readonly value: number | string;
  constructor(type: Boxed['type'], value: number | string) {
    this.type = type;
    this.value = value;
  }
}

export function isBag(value: Value): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Boxed);
}

export function isArray(value: Value): value is readonly Dynamic[] {
  return Array.isArray(value);
}

const NUMERIC: ReadonlySet<KustoType> = new Set(['int', 'long', 'real', 'decimal']);

export function isNumeric(type: KustoType): boolean {
  return NUMERIC.has(type);
}

export function isKustoType(name: string): name is KustoType {
  return (KUSTO_TYPES as readonly string[]).includes(name);
}
