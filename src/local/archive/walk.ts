import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Window } from '../../model/window.ts';

/** Paths of files relative to `dir`, skipping folders that `enter` refuses; none when the folder does not exist. */
export async function filesUnder(dir: string, path: string, enter: (path: string) => boolean): Promise<string[]> {
  const entries = await readdir(join(dir, path), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found: string[] = [];
  for (const entry of entries) {
    const child = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isFile() && isArchiveFile(entry.name)) found.push(child);
    else if (entry.isDirectory() && enter(child)) found.push(...(await filesUnder(dir, child, enter)));
  }
  return found;
}

/** What Azure writes, as it is or packed by whoever copied it. */
export function isArchiveFile(name: string): boolean {
  return name.endsWith('.json') || name.endsWith('.json.gz');
}

/** Folders that hold the years of a resource, relative to `dir`; none when the folder does not exist. */
export async function foldersOfResources(dir: string, path: string): Promise<string[]> {
  const found = new Set<string>();
  await filesUnder(dir, path, (child) => {
    const resource = resourceFolderOf(child);
    if (resource !== null) found.add(resource);
    return resource === null;
  });
  return [...found];
}

/** The part of the path of a resource's year, or of what is below it, that names the resource; `null` for other paths. */
export function resourceFolderOf(path: string): string | null {
  return /^(.*\/resourceId=.+?)\/y=\d{4}(?:\/|$)/.exec(path)?.[1] ?? null;
}

/** Whether a folder may hold files of the hours of a span; a folder that names no date yet may. */
export function mayHold(path: string, span: Window): boolean {
  const match = /(?:^|\/)y=(\d{4})(?:\/m=(\d{2})(?:\/d=(\d{2})(?:\/h=(\d{2}))?)?)?/.exec(path);
  if (match === null) return true;
  const [year = 0, month, day, hour] = match.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  const first = Date.UTC(year, (month ?? 1) - 1, day ?? 1, hour ?? 0);
  const after =
    month === undefined
      ? Date.UTC(year + 1, 0)
      : day === undefined
        ? Date.UTC(year, month)
        : hour === undefined
          ? Date.UTC(year, month - 1, day + 1)
          : Date.UTC(year, month - 1, day, hour + 1);
  return first < span.end && after > span.start;
}
