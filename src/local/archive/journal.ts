import { rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { hourOfPath, hourStart } from './layout.ts';
import { filesUnder, mayHold } from './walk.ts';

/** How long every file of the hours from `since` on was, so that a writer that died in between can be undone. */
export interface ArchiveSizes {
  /** Start of an hour, epoch ms. */
  readonly since: number;
  /** Bytes by path relative to the archive. */
  readonly files: Readonly<Record<string, number>>;
}

/** The sizes of all files whose hour (of receipt) is that of `since` or later. */
export async function sizesOf(dir: string, since: number): Promise<ArchiveSizes> {
  const from = hourStart(since);
  const files: Record<string, number> = {};
  for (const path of await filesSince(dir, from)) files[path] = (await stat(join(dir, path))).size;
  return { since: from, files };
}

/** Cuts the archive back to `sizes`: longer files are shortened, files that did not exist are removed. Older hours are not touched. */
export async function truncateTo(dir: string, sizes: ArchiveSizes): Promise<void> {
  for (const path of await filesSince(dir, sizes.since)) {
    const size = sizes.files[path];
    if (size === undefined) await rm(join(dir, path));
    else if ((await stat(join(dir, path))).size > size) await truncate(join(dir, path), size);
  }
}

async function filesSince(dir: string, from: number): Promise<readonly string[]> {
  const paths = await filesUnder(dir, '', (path) => mayHold(path, { start: from, end: Number.POSITIVE_INFINITY }));
  return paths.filter((path) => (hourOfPath(path) ?? Number.NEGATIVE_INFINITY) >= from);
}
