import { type Bools, type Coded, type Data, dictionaryOf, readerOf } from '../data.ts';
import { toDynamic } from '../json.ts';
import type { Call, Expression, SharedScalar } from '../plan.ts';
import { BULK } from '../scalars/bulk.ts';
import { SCALARS } from '../scalars/index.ts';
import { type Column, nothing } from '../table.ts';
import type { Value } from '../types.ts';
import type { Bound, Columns, Lifted, Run } from './run.ts';

/** An expression made into a function of the row number, over the columns at hand. */
export function bind(expression: Expression, columns: Columns, run: Run): Bound {
  switch (expression.kind) {
    case 'literal':
      return constant(expression.type, expression.value);
    case 'column': {
      const column = columns[expression.index];
      return column === undefined ? constant(expression.type, null) : ofColumn(expression.type, column);
    }
    case 'shared':
      return constant(
        expression.type,
        run.shared(expression.id, () => sharedValue(expression, run)),
      );
    case 'call':
      return ofCall(
        expression,
        expression.args.map((arg) => bind(arg, columns, run)),
        run,
      );
  }
}

function constant(type: Bound['type'], value: Value): Bound {
  return { type, constant: true, cell: () => value };
}

function ofColumn(type: Bound['type'], column: Column): Bound {
  const { data } = column;
  if (data.kind !== 'coded') return { type, constant: false, cell: column.cell, bulk: () => data };
  const { codes, dictionary } = data;
  const of = (code: number): Value => dictionary.values[code] as Value;
  return {
    type,
    constant: false,
    cell: (row) => of(codes[row] as number),
    bulk: () => data,
    lifted: { codes, size: dictionary.size, of },
  };
}

function ofCall(call: Call, args: readonly Bound[], run: Run): Bound {
  const scalar = SCALARS[call.name];
  const { type } = call;
  if (scalar === undefined) return constant(type, null);
  const varying = args.filter((arg) => !arg.constant);
  if (scalar.positional !== true) {
    if (varying.length === 0) return constant(type, scalar.bind(call, args, run)(0));
    const lifted = lift(call, args, varying, run);
    if (lifted !== null) {
      const { codes, of } = lifted;
      return {
        type,
        constant: false,
        cell: (row) => of(codes[row] as number),
        bulk: once(() => (type === 'bool' ? boolsOf(lifted) : codedOf(lifted))),
        lifted,
      };
    }
  }
  const bulk = BULK[call.name];
  if (bulk === undefined) return { type, constant: false, cell: scalar.bind(call, args, run) };
  const whole = once(() => bulk(call, args, run));
  // What is in a JSON text is found there without building the object.
  const data = type === 'dynamic' ? whole() : null;
  return { type, constant: false, cell: data === null ? scalar.bind(call, args, run) : readerOf(data), bulk: whole };
}

/** A function of one dictionary-encoded column is computed once per distinct value, when a row with it is first met. */
function lift(call: Call, args: readonly Bound[], varying: readonly Bound[], run: Run): Lifted | null {
  const first = varying[0]?.lifted;
  if (first === undefined || first.size > Math.max(64, first.codes.length)) return null;
  if (varying.some((arg) => arg.lifted?.codes !== first.codes)) return null;
  const overCodes = args.map((arg): Bound => {
    const { lifted } = arg;
    return lifted === undefined ? arg : { type: arg.type, constant: false, cell: lifted.of };
  });
  const cell = SCALARS[call.name]?.bind(call, overCodes, run);
  if (cell === undefined) return null;
  const known = new Array<Value | undefined>(first.size).fill(undefined);
  const of = (code: number): Value => {
    let value = known[code];
    if (value === undefined) {
      value = cell(code);
      known[code] = value;
    }
    return value;
  };
  return { codes: first.codes, size: first.size, of };
}

function codedOf({ codes, size, of }: Lifted): Coded {
  const dictionary = new Array<Value>(size).fill(null);
  const seen = new Uint8Array(size);
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row] as number;
    if (seen[code] === 1) continue;
    seen[code] = 1;
    dictionary[code] = of(code);
  }
  return { kind: 'coded', codes, dictionary: dictionaryOf(dictionary, false) };
}

function boolsOf({ codes, size, of }: Lifted): Bools {
  const truths = new Uint8Array(codes.length);
  const byCode = new Uint8Array(size);
  for (let row = 0; row < codes.length; row += 1) byCode[codes[row] as number] = 1;
  for (let code = 0; code < size; code += 1) {
    if (byCode[code] === 0) continue;
    const value = of(code);
    byCode[code] = value === null ? 2 : value === true ? 1 : 0;
  }
  for (let row = 0; row < codes.length; row += 1) truths[row] = byCode[codes[row] as number] as number;
  return { kind: 'bools', truths };
}

function once(make: () => Data | null): () => Data | null {
  let made: Data | null | undefined;
  return () => {
    if (made === undefined) made = make();
    return made;
  };
}

function sharedValue({ body }: SharedScalar, run: Run): Value {
  switch (body.kind) {
    case 'subquery': {
      const table = run.evaluate(body.query);
      return table.rows === 0 ? nothing(body.type) : (table.columns[0]?.values[0] ?? null);
    }
    case 'columnList': {
      const column = run.evaluate(body.query).columns[0];
      return column === undefined ? [] : column.values.map((value) => toDynamic(value, column.type));
    }
    default:
      return bind(body, [], run).cell(0);
  }
}
