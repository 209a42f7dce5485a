import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const words = (name: string): string => name.replace(/([A-Z])/g, ' $1').toLowerCase();

it('docs/permissions.md names every role that the templates grant', async () => {
  const page = (await readFile('docs/permissions.md', 'utf8')).toLowerCase();
  const roles = JSON.parse(await readFile('infra/roles.json', 'utf8')) as Record<string, string>;
  expect(Object.keys(roles).filter((role) => !page.includes(words(role)))).toEqual([]);
});
