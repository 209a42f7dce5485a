import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import type { Window } from '../../model/window.ts';
import { hourStart } from './layout.ts';
import { isArchiveFile, mayHold, resourceFolderOf } from './walk.ts';

/** A version of a blob. */
export interface StoredBlob {
  readonly container: ContainerClient;
  readonly blob: string;
  readonly size: number;
  readonly etag: string;
  /** Whether it only ever grows, as far as the same blob: `created` tells one from the next of its name. */
  readonly grows: boolean;
  readonly created: number;
}

/** Where the blobs of a folder of the archive are. */
export interface BlobFolder {
  readonly container: ContainerClient;
  /** What their names begin with, a slash at the end; `''` where the container itself is the folder. */
  readonly prefix: string;
}

/**
 * Blobs below a folder whose hour may lie in the span, by path below it. Folders of other times are not listed; a day is listed at once,
 * because its hours are few and each listing is a call.
 */
export async function blobsOf(
  { container, prefix }: BlobFolder,
  span: Window,
  below: string,
): Promise<readonly (readonly [path: string, blob: StoredBlob])[]> {
  const from = hourStart(span.start);
  const found: (readonly [string, StoredBlob])[] = [];
  const take = (item: BlobItem): void => {
    const path = item.name.slice(prefix.length);
    if (isArchiveFile(path)) found.push([path, stored(container, item)]);
  };
  const walk = async (path: string): Promise<void> => {
    if (/(?:^|\/)y=\d{4}\/m=\d{2}\/d=\d{2}\/$/.test(path)) {
      for await (const item of container.listBlobsFlat({ prefix: `${prefix}${path}` })) take(item);
      return;
    }
    const inside: string[] = [];
    for await (const item of container.listBlobsByHierarchy('/', { prefix: `${prefix}${path}` })) {
      if (item.kind === 'blob') take(item);
      else inside.push(item.name.slice(prefix.length));
    }
    const may = inside.filter((child) => mayHold(child.slice(0, -1), { start: from, end: span.end }));
    await Promise.all(may.map(walk));
  };
  await walk(below);
  return found;
}

/** Paths below a folder of the resources that wrote there. */
export async function resourcesOf({ container, prefix }: BlobFolder): Promise<readonly string[]> {
  const found = new Set<string>();
  const walk = async (path: string): Promise<void> => {
    const inside: string[] = [];
    for await (const item of container.listBlobsByHierarchy('/', { prefix: `${prefix}${path}` })) {
      if (item.kind === 'prefix') inside.push(item.name.slice(prefix.length));
    }
    for (const child of inside) {
      const resource = resourceFolderOf(`/${child}`);
      if (resource !== null) found.add(resource.slice(1));
    }
    await Promise.all(inside.filter((child) => resourceFolderOf(`/${child}`) === null).map(walk));
  };
  await walk('');
  return [...found];
}

function stored(container: ContainerClient, { name, properties }: BlobItem): StoredBlob {
  return {
    container,
    blob: name,
    size: properties.contentLength ?? 0,
    etag: properties.etag,
    grows: properties.blobType === 'AppendBlob',
    created: properties.createdOn?.getTime() ?? 0,
  };
}
