import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { PAGE, page } from './documented.ts';

it('docs/kql.md lists what the engine supports (node test/local/kql/documented.ts writes it)', async () => {
  expect(await readFile(PAGE, 'utf8')).toBe(await page());
});
