import { readFile, writeFile } from 'node:fs/promises';
import { pages } from './pages.ts';

/** Compares the pages made from the code with those in the repository; with `--write`, writes them. */
const write = process.argv.includes('--write');
let stale = 0;
for (const [path, text] of Object.entries(pages())) {
  if (write) {
    await writeFile(path, text);
    continue;
  }
  const stored = await readFile(path, 'utf8').catch(() => '');
  if (stored === text) continue;
  stale += 1;
  console.log(`${path} is not what the code says: run npm run generate`);
}
process.exitCode = stale === 0 ? 0 : 1;
