import * as z from 'zod';
import { INPUTS, testFile, testSchema } from './schema.ts';

/** The JSON Schema (draft-07) of files of rule tests. */
export function testFileSchema(): object {
  const input = z.array(z.union(Object.values(INPUTS)));
  const whole = testFile.extend({
    input: input.describe('Input of every test, before its own.').optional(),
    tests: z.array(testSchema.extend({ input: input.optional() })),
  });
  return z.toJSONSchema(whole, { target: 'draft-7', io: 'input' });
}
