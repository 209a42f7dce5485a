import { isDatetime, isTimespan } from '../time.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { ARRAYS } from './arrays.ts';
import { BAGS } from './bags.ts';
import { BITS } from './bits.ts';
import { COMPARISON } from './comparison.ts';
import { CONVERSION } from './conversion.ts';
import { DATETIMES } from './datetimes.ts';
import { refuseTypes, type Scalar, type ScalarTable } from './define.ts';
import { DYNAMICS } from './dynamics.ts';
import { ENCODINGS } from './encodings.ts';
import { FORMATS } from './formats.ts';
import { LOGIC } from './logic.ts';
import { NETWORK } from './network.ts';
import { PARSING } from './parsing.ts';
import { PATTERNS } from './patterns.ts';
import { SERIES } from './series.ts';
import { SETS } from './sets.ts';
import { SPECIAL } from './special.ts';
import { STRINGS } from './strings.ts';
import { TERMS } from './terms.ts';
import { UNITS } from './units.ts';
import { ZONES } from './zones.ts';

const ALL: ScalarTable = {
  ...LOGIC,
  ...COMPARISON,
  ...ARITHMETIC,
  ...BITS,
  ...SPECIAL,
  ...UNITS,
  ...TERMS,
  ...SERIES,
  ...STRINGS,
  ...PATTERNS,
  ...PARSING,
  ...ENCODINGS,
  ...NETWORK,
  ...CONVERSION,
  ...DYNAMICS,
  ...ARRAYS,
  ...SETS,
  ...BAGS,
  ...DATETIMES,
  ...ZONES,
  ...FORMATS,
};

/** What takes a decimal as one; everything else refuses it rather than read it as a double. */
const DECIMAL_SAFE: ReadonlySet<string> = new Set([
  ...['+', '-', '*', '==', '!=', '<', '<=', '>', '>=', 'between', '!between', 'iff', 'iif', 'case', 'coalesce', 'gettype'],
  ...[
    'tostring',
    'todecimal',
    'toint',
    'tolong',
    'toreal',
    'todouble',
    'tobool',
    'toboolean',
    'strcat',
    'strcat_delim',
    'strlen',
  ],
  ...['isnull', 'isnotnull', 'notnull', 'isempty', 'isnotempty', 'notempty'],
]);

/** Every scalar function and operator, by the name in a `Call`. What is not here is refused while a query is compiled. */
export const SCALARS: ScalarTable = Object.fromEntries(
  Object.entries(ALL).map(([name, scalar]) => [name, withinTime(DECIMAL_SAFE.has(name) ? scalar : withoutDecimals(scalar))]),
);

/** A datetime outside of the calendar and a timespan beyond 64 bits are null. */
function withinTime(scalar: Scalar): Scalar {
  return {
    ...scalar,
    bind: (call, args, run) => {
      const cell = scalar.bind(call, args, run);
      if (call.type !== 'datetime' && call.type !== 'timespan') return cell;
      const fits = call.type === 'datetime' ? isDatetime : isTimespan;
      return (row) => {
        const ticks = cell(row);
        return ticks === null || fits(ticks as number) ? ticks : null;
      };
    },
  };
}

function withoutDecimals(scalar: Scalar): Scalar {
  const refuse = refuseTypes(['decimal']);
  return {
    ...scalar,
    check: (call) => {
      refuse(call);
      scalar.check?.(call);
    },
  };
}
