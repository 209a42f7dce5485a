import type { Config } from '../../../src/model/config.ts';
import { loadConfig } from '../../../src/rules/config.ts';
import { type Fields, fields, list, number, text } from './case.ts';

/** A configuration written as tocsin.yaml (JSON is YAML) and loaded as that; what it refuses is an error. */
export function configOf(written: Fields): Config {
  const { config, diagnostics } = loadConfig('tocsin.yaml', JSON.stringify({ version: 1, ...written }));
  if (config === null) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  return config;
}

export function receiverNamed(name: string, sendResolved = true): Fields {
  return { name, webhook: { url: `https://${name.toLowerCase()}.test/`, sendResolved } };
}

/** `match` and `match_re` of older Alertmanagers, and their `matchers`, as matchers. */
export function matchersOf(match: unknown, expressions: unknown = {}, matchers: unknown = []): readonly string[] {
  const pairs = (values: unknown, op: string) =>
    Object.entries(fields(values)).map(([name, value]) => `${name}${op}${quoted(text(value))}`);
  const further = list(matchers).map((one) => (typeof one === 'string' ? one : matcherOf(fields(one))));
  return [...pairs(match, '='), ...pairs(expressions, '=~'), ...further];
}

/** A matcher in parts: `op`, or Alertmanager's `is_regex` and `is_equal`. */
export function matcherOf({ name, value, op, is_regex, is_equal }: Fields): string {
  const operator = text(op, `${is_equal === false ? '!' : is_regex === true ? '=' : ''}${is_regex === true ? '~' : '='}`);
  return `${text(name)}${operator}${quoted(text(value))}`;
}

/** An interval in Tocsin's spelling of its keys. */
export function intervalOf({ days_of_month, ...rest }: Fields): Fields {
  return { ...rest, ...(days_of_month === undefined ? {} : { daysOfMonth: days_of_month }) };
}

export function seconds(value: unknown): string {
  return `${number(value)}s`;
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
