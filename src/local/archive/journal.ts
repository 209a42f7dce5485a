import { readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { hourOfPath, hourStart } from './layout.ts';

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
  const paths = await filesUnder(dir, '', (path) => mayHold(path, from));
  return paths.filter((path) => (hourOfPath(path) ?? Number.NEGATIVE_INFINITY) >= from);
}

/** Paths of files relative to `dir`, skipping folders that `enter` refuses; none when the folder does not exist. */
export async function filesUnder(dir: string, path: string, enter: (path: string) => boolean): Promise<string[]> {
  const entries = await readdir(join(dir, path), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found: string[] = [];
  for (const entry of entries) {
    const child = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isFile() && entry.name.endsWith('.json')) found.push(child);
    else if (entry.isDirectory() && enter(child)) found.push(...(await filesUnder(dir, child, enter)));
  }
  return found;
}

/** Whether a folder may hold files of hours from `from` on; a folder that names no date yet may. */
export function mayHold(path: string, from: number): boolean {
  const match = /(?:^|\/)y=(\d{4})(?:\/m=(\d{2})(?:\/d=(\d{2})(?:\/h=(\d{2}))?)?)?/.exec(path);
  if (match === null) return true;
  const [year = 0, month = 12, day = 31, hour = 23] = match
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  return Date.UTC(year, month - 1, day, hour) >= from || (match[3] === undefined && Date.UTC(year, month, 1) > from);
}
