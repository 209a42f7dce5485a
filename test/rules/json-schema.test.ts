import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configFileSchema, ruleFileSchema } from '../../src/rules/json-schema.ts';

const root = new URL('../../', import.meta.url);
const ajv = new Ajv({ strict: false, formats: { uri: true } });

/** Every schema object below a node that describes a named property. */
function properties(node: unknown): readonly { readonly name: string; readonly schema: Record<string, unknown> }[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = 'properties' in node ? Object.entries(node.properties as Record<string, Record<string, unknown>>) : [];
  return [...own.map(([name, schema]) => ({ name, schema })), ...Object.values(node).flatMap(properties)];
}

describe('the JSON Schema of rule files', () => {
  const validate = ajv.compile(ruleFileSchema());

  it('is draft-07, which YAML editors speak', () => {
    expect(ruleFileSchema()).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' });
  });

  it.each(readdirSync(new URL('rules/', root)).filter((name) => name.endsWith('.yaml')))('accepts %s', (name) => {
    const valid = validate(parse(readFileSync(new URL(`rules/${name}`, root), 'utf8')));
    expect(validate.errors).toBeNull();
    expect(valid).toBe(true);
  });

  it.each([
    ['a key it does not know', { report: 'R', wenn: '> 5' }],
    ['an alert without a response', { alert: 'R', when: '> 5' }],
    ['a number for a duration', { report: 'R', for: 5 }],
    ['what is not a comparison', { report: 'R', when: 'often' }],
  ])('refuses %s', (_, rule) => {
    expect(validate({ version: 1, rules: [rule] })).toBe(false);
  });

  it('describes every key, because an editor shows it', () => {
    const missing = properties(ruleFileSchema()).filter(({ schema }) => typeof schema.description !== 'string');
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});

describe('the JSON Schema of tocsin.yaml', () => {
  it('accepts the one of this repository', () => {
    const validate = ajv.compile(configFileSchema());
    validate(parse(readFileSync(new URL('tocsin.yaml', root), 'utf8')));
    expect(validate.errors).toBeNull();
  });
});
