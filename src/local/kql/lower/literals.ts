import { parseDecimal } from '../decimals.ts';
import { scalarTypeOf, toDynamic } from '../json.ts';
import { parseLong, parseReal } from '../numbers.ts';
import type { Literal } from '../plan.ts';
import type { Syntax } from '../syntax.ts';
import { parseDatetime, parseTimespan } from '../time.ts';
import { Boxed, type Dynamic, type KustoType, type Value } from '../types.ts';

const TYPES: Readonly<Record<string, KustoType>> = {
  BooleanLiteralExpression: 'bool',
  IntLiteralExpression: 'int',
  LongLiteralExpression: 'long',
  RealLiteralExpression: 'real',
  DecimalLiteralExpression: 'decimal',
  DateTimeLiteralExpression: 'datetime',
  TimespanLiteralExpression: 'timespan',
  GuidLiteralExpression: 'guid',
  StringLiteralExpression: 'string',
  CompoundStringLiteralExpression: 'string',
};

/** A literal, or `undefined` when the node is none. */
export function lowerLiteral(node: Syntax): Literal | undefined {
  if (node.kind === 'DynamicExpression') return { kind: 'literal', type: 'dynamic', value: dynamicOf(node.need('Expression')) };
  if (node.kind === 'TypeOfLiteralExpression') return { kind: 'literal', type: 'string', value: inner(node.text) };
  const type = TYPES[node.kind];
  return type === undefined ? undefined : { kind: 'literal', type, value: literalValue(node, type) };
}

function literalValue(node: Syntax, type: KustoType): Value {
  if (type === 'string') return node.stringValue;
  const text = inner(node.text);
  if (text === 'null') return null;
  const value = READERS[type]?.(text);
  if (value === undefined || value === null) throw node.refuse(`the literal ${node.text}`);
  return value;
}

const READERS: Partial<Record<KustoType, (text: string) => Value>> = {
  bool: (text) => (/^(?:true|1)$/i.test(text) ? true : /^(?:false|0)$/i.test(text) ? false : null),
  int: (text) => intOf(parseLong(text)),
  long: (text) => parseLong(text),
  real: (text) => parseReal(text),
  decimal: (text) => parseDecimal(text),
  datetime: (text) => parseDatetime(text),
  timespan: (text) => parseTimespan(text),
  guid: (text) => (/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? text.toLowerCase() : null),
};

function intOf(value: number | bigint | null): number | null {
  return typeof value === 'number' && (value | 0) === value ? value : null;
}

/** `long(5)` → `5`; quotes inside the parentheses are dropped. */
function inner(text: string): string {
  const match = /^[a-z]+\s*\(\s*([\s\S]*?)\s*\)$/i.exec(text);
  const body = match === null ? text : (match[1] ?? '');
  return body.replace(/^(["'])([\s\S]*)\1$/, '$2');
}

/** The value inside `dynamic(…)`: JSON, in which Kusto also allows its own literals. */
function dynamicOf(node: Syntax): Dynamic {
  switch (node.kind) {
    case 'JsonArrayExpression':
      return node.list('Values').map(dynamicOf);
    case 'JsonObjectExpression':
      return Object.fromEntries(node.list('Pairs').map((pair) => [pair.need('Name').stringValue, dynamicOf(pair.need('Value'))]));
    case 'NullLiteralExpression':
      return null;
    case 'DynamicExpression':
      return dynamicOf(node.need('Expression'));
    case 'UnaryMinusExpression':
      return negated(dynamicOf(node.need('Expression')), node);
    case 'UnaryPlusExpression':
      return dynamicOf(node.need('Expression'));
    default: {
      const literal = lowerLiteral(node);
      if (literal === undefined) throw node.refuse(`${node.kind} in a dynamic literal`);
      return toDynamic(literal.value, literal.type);
    }
  }
}

function negated(value: Dynamic, node: Syntax): Dynamic {
  if (typeof value === 'number' || typeof value === 'bigint') return -value;
  if (value instanceof Boxed && scalarTypeOf(value) !== 'guid') return new Boxed(value.type, -(value.value as number));
  throw node.refuse('a minus sign there');
}
