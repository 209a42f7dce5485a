import type { AggregateTable } from './define.ts';
import { EXTREMES } from './extremes.ts';
import { MOMENTS } from './moments.ts';
import { PERCENTILES } from './percentiles.ts';
import { SCHEMAS } from './schema.ts';
import { SETS } from './sets.ts';
import { SUMS } from './sums.ts';

/** Every aggregate by its name. What is not here is refused while a query is compiled. */
export const AGGREGATES: AggregateTable = { ...SUMS, ...EXTREMES, ...SETS, ...PERCENTILES, ...MOMENTS, ...SCHEMAS };
