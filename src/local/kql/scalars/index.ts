import { ARITHMETIC } from './arithmetic.ts';
import { COMPARISON } from './comparison.ts';
import { CONVERSION } from './conversion.ts';
import { DATETIMES } from './datetimes.ts';
import type { ScalarTable } from './define.ts';
import { DYNAMICS } from './dynamics.ts';
import { FORMATS } from './formats.ts';
import { LOGIC } from './logic.ts';
import { STRINGS } from './strings.ts';
import { TERMS } from './terms.ts';

/** Every scalar function and operator, by the name in a `Call`. What is not here is refused while a query is compiled. */
export const SCALARS: ScalarTable = {
  ...LOGIC,
  ...COMPARISON,
  ...ARITHMETIC,
  ...TERMS,
  ...STRINGS,
  ...CONVERSION,
  ...DYNAMICS,
  ...DATETIMES,
  ...FORMATS,
};
