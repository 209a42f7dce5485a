import { createHash } from 'node:crypto';
import { createWriteStream, rmSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { StoredBlob } from './blob-list.ts';

const NAME = /^tocsin-archive-(\d+)-/;
/** What is younger may be of a process that this one cannot see. */
const LEFTOVER_AGE = 86_400_000;

interface Copy {
  readonly version: Pick<StoredBlob, 'etag' | 'created'>;
  readonly file: string;
}

/**
 * Copies of blobs in a folder of this machine that only this user can read: an archive is larger than memory, and its columns are read
 * when a query asks for them. What a blob has grown by is fetched alone. The folder goes with the process, and what a killed one left
 * behind with the next.
 */
export class BlobCopies {
  readonly #copies = new Map<string, Copy>();
  readonly #under = new Map<string, Promise<string>>();
  #folder: Promise<string> | null = null;
  #atExit: () => void = () => undefined;

  /** The blob as a file, as long as the listing said or longer. */
  async local(path: string, blob: StoredBlob, signal?: AbortSignal): Promise<string> {
    const before = this.#under.get(path) ?? Promise.resolve('');
    const next = before.catch(() => '').then(() => this.#bring(path, blob, signal));
    this.#under.set(path, next);
    return next;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#under.values());
    process.removeListener('exit', this.#atExit);
    const folder = await this.#folder;
    this.#folder = null;
    this.#copies.clear();
    this.#under.clear();
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }

  async #make(): Promise<string> {
    await removeLeftovers();
    const folder = await mkdtemp(join(tmpdir(), `tocsin-archive-${process.pid}-`));
    this.#atExit = () => rmSync(folder, { recursive: true, force: true });
    process.once('exit', this.#atExit);
    return folder;
  }

  async #bring(path: string, blob: StoredBlob, signal: AbortSignal | undefined): Promise<string> {
    this.#folder ??= this.#make();
    const known = this.#copies.get(path);
    if (known?.version.etag === blob.etag) return known.file;
    // Names of blobs may be anything; those of files are ours.
    const file = known?.file ?? join(await this.#folder, createHash('sha256').update(path).digest('hex'));
    const size = known === undefined ? 0 : (await stat(file)).size;
    const isSame = known !== undefined && blob.grows && known.version.created === blob.created && blob.size >= size;
    if (isSame) {
      if (blob.size > size) await download(blob, size, blob.size - size, file, signal);
    } else if (blob.size === 0 && known === undefined) await download(blob, 0, 0, file, signal);
    else {
      await rm(`${file}.new`, { force: true });
      await download(blob, 0, blob.grows ? blob.size : undefined, `${file}.new`, signal);
      await rename(`${file}.new`, file);
    }
    this.#copies.set(path, { version: { etag: blob.etag, created: blob.created }, file });
    return file;
  }
}

/** Appends `count` bytes from `offset` on, all that there are when left out, to a file. */
async function download(
  { container, blob }: StoredBlob,
  offset: number,
  count: number | undefined,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const into = createWriteStream(file, { flags: 'a', mode: 0o600 });
  if (count === 0) {
    await pipeline([], into);
    return;
  }
  const abortable = signal === undefined ? {} : { abortSignal: signal };
  const answer = await container.getBlobClient(blob).download(offset, count, { maxRetryRequests: 3, ...abortable });
  await pipeline(answer.readableStreamBody ?? [], into);
}

async function removeLeftovers(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names) {
    const pid = Number(NAME.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const folder = join(tmpdir(), name);
    const changed = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (Date.now() - changed > LEFTOVER_AGE) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
