import type { Place } from '../errors.ts';
import type { Expression } from '../plan.ts';
import type { KustoType } from '../types.ts';

const CONVERSIONS: Readonly<Record<KustoType, string>> = {
  bool: 'tobool',
  int: 'toint',
  long: 'tolong',
  real: 'toreal',
  decimal: 'todecimal',
  string: 'tostring',
  datetime: 'todatetime',
  timespan: 'totimespan',
  guid: 'toguid',
  dynamic: 'todynamic',
};

/** The value as one of another type, as `to…()` gives it. */
export function converted(value: Expression, type: KustoType, at: Place): Expression {
  if (value.type === type) return value;
  if (value.kind === 'literal' && value.value === null) return { kind: 'literal', type, value: type === 'string' ? '' : null };
  return { kind: 'call', type, name: CONVERSIONS[type], args: [value], at };
}
