import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Window } from '../../model/window.ts';
import { hourOfPath, hourStart } from './layout.ts';
import { filesUnder, foldersOfResources, mayHold } from './walk.ts';

/** Where the files of an archive are. Paths are relative to it. */
export interface ArchiveFiles {
  /** What it is called in messages: no secrets. */
  readonly name: string;
  /** The folders at the top, which say what is in them. None where there is no archive yet. */
  folders(): Promise<readonly string[]>;
  /** Files below a folder whose hour lies in the span, in order of their path. */
  hours(folder: string, span: Window): Promise<readonly string[]>;
  /** Paths of resources below a folder: `…/resourceId=/SUBSCRIPTIONS/…`. */
  resources(folder: string): Promise<readonly string[]>;
  /** Brings a file of which `hours` told up to date on this machine; resolves to where it lies. */
  local(path: string, signal?: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** A folder of this machine; it need not exist yet. */
export function folderFiles(dir: string): ArchiveFiles {
  return {
    name: dir,
    folders: async () => {
      const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    },
    hours: async (folder, span) => {
      const from = hourStart(span.start);
      const found = await filesUnder(dir, folder, (path) => mayHold(path, { start: from, end: span.end }));
      return inHours(found, span);
    },
    resources: (folder) => foldersOfResources(dir, folder),
    local: async (path) => join(dir, path),
    close: async () => {},
  };
}

/** The paths whose hour lies in the span, sorted. */
export function inHours(paths: readonly string[], span: Window): readonly string[] {
  const from = hourStart(span.start);
  return paths
    .filter((path) => {
      const hour = hourOfPath(path);
      return hour !== null && hour >= from && hour < span.end;
    })
    .sort();
}
