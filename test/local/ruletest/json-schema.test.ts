import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { testFileSchema } from '../../../src/local/ruletest/json-schema.ts';

const folder = new URL('../../../rules/tests/', import.meta.url);
const validate = new Ajv({ strict: false }).compile(testFileSchema());

describe('the JSON Schema of rule tests', () => {
  it.each(readdirSync(folder))('accepts %s', (name) => {
    validate(parse(readFileSync(new URL(name, folder), 'utf8')));
    expect(validate.errors).toBeNull();
  });

  it.each([
    ['a test without an expectation', { name: 't' }],
    ['a time that is none', { name: 't', expect: [{ at: 'soon', alerts: 'none' }] }],
    ['an input of no kind', { name: 't', input: [{ values: '1' }], expect: [{ alerts: 'none' }] }],
    ['a key it does not know', { name: 't', expect: [{ alert: 'none' }] }],
  ])('refuses %s', (_, test) => {
    expect(validate({ version: 1, tests: [test] })).toBe(false);
  });
});
