import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { type Archive, openArchive } from '../../../src/local/archive/archive.ts';
import { blobFiles } from '../../../src/local/archive/blob-files.ts';
import { blobPlace } from '../../../src/local/archive/blob-place.ts';
import type { AzuriteAccount } from '../../support/azurite.ts';

/** Somewhere that an archive can be, and whoever writes there. Paths begin with the folder: `insights-logs-…/resourceId=…`. */
export interface Place {
  readonly about: string;
  append(path: string, text: string): Promise<void>;
  replace(path: string, content: string | Uint8Array): Promise<void>;
  open(): Archive;
  close(): Promise<void>;
}

export async function folderPlace(): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-place-'));
  const ready = async (path: string): Promise<string> => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    return join(dir, path);
  };
  return {
    about: 'a folder',
    append: async (path, text) => appendFile(await ready(path), text),
    replace: async (path, content) => {
      const file = await ready(path);
      await rm(file, { force: true });
      await writeFile(file, content);
    },
    open: () => openArchive(dir),
    close: () => rm(dir, { recursive: true, force: true }),
  };
}

/** A container into which an archive was copied, below a prefix or not. */
export async function containerPlace(account: AzuriteAccount, prefix: string): Promise<Place> {
  const service = BlobServiceClient.fromConnectionString(account.connectionString);
  const container = service.getContainerClient('copied');
  await container.create();
  const url = `${account.blobUri}/copied/${prefix}`;
  const place = (path: string) => ({ container, blob: prefix === '' ? path : `${prefix}/${path}` });
  return blobsAt(prefix === '' ? 'a container' : 'a prefix of a container', service, url, async (path) => place(path));
}

/** A storage account as Azure archives to it: a container for each category. */
export async function accountPlace(account: AzuriteAccount): Promise<Place> {
  const service = BlobServiceClient.fromConnectionString(account.connectionString);
  return blobsAt('an account', service, account.blobUri, async (path) => {
    const slash = path.indexOf('/');
    const container = service.getContainerClient(path.slice(0, slash));
    await container.createIfNotExists();
    return { container, blob: path.slice(slash + 1) };
  });
}

function blobsAt(
  about: string,
  service: BlobServiceClient,
  url: string,
  at: (path: string) => Promise<{ readonly container: ContainerClient; readonly blob: string }>,
): Place {
  const archives: Archive[] = [];
  return {
    about,
    append: async (path, text) => {
      const { container, blob } = await at(path);
      const client = container.getAppendBlobClient(blob);
      await client.createIfNotExists();
      await client.appendBlock(text, Buffer.byteLength(text));
    },
    replace: async (path, content) => {
      const { container, blob } = await at(path);
      await container.getBlobClient(blob).deleteIfExists();
      await container.getBlockBlobClient(blob).upload(content, Buffer.byteLength(content));
    },
    open: () => {
      const place = blobPlace(url);
      if (place === null) throw new Error(url);
      const archive = openArchive(blobFiles(service, place, { listedFor: 0 }));
      archives.push(archive);
      return archive;
    },
    close: async () => {
      for (const archive of archives) await archive.close();
    },
  };
}
