import type { ContainerClient } from '@azure/storage-blob';
import type { CallOptions } from '../ports.ts';
import { creating, isMissingHolder } from './create-on-demand.ts';
import { statusOf, storageError } from './sdk-errors.ts';
import type { Storage } from './storage.ts';

export interface StoredBlob {
  readonly body: Uint8Array;
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface BlobDescription {
  readonly contentType: string;
  readonly contentEncoding?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** One container. Failures are coded; a missing container is empty to readers and created by the first write. */
export interface Blobs {
  get(name: string, options?: CallOptions): Promise<StoredBlob | null>;
  /** Writes a name for the first time; `false` when it is taken. */
  create(name: string, body: Uint8Array | string, description: BlobDescription, options?: CallOptions): Promise<boolean>;
  /** Writes only while the blob has this version; otherwise resolves to `false`. */
  replace(name: string, body: Uint8Array, description: BlobDescription, version: string, options?: CallOptions): Promise<boolean>;
  put(name: string, body: Uint8Array | string, description: BlobDescription, options?: CallOptions): Promise<void>;
  /** Replaces the metadata of a blob; `false` when it is gone. */
  describe(name: string, metadata: Readonly<Record<string, string>>, options?: CallOptions): Promise<boolean>;
  /** Removes a blob, with a version only while it has it; one that is gone is fine. */
  remove(name: string, version?: string, options?: CallOptions): Promise<void>;
  /** The beginnings of names up to the next `/` after the prefix, in the order of names. */
  folders(prefix: string, options?: CallOptions): Promise<readonly string[]>;
  /** Metadata of every blob whose name begins so, in the order of names, at most `limit`. */
  list(prefix: string, limit: number, options?: CallOptions): Promise<readonly Readonly<Record<string, string>>[]>;
}

export function openBlobs(storage: Storage, container: string): Blobs {
  async function calling<Result>(
    call: 'read' | 'write',
    work: (client: ContainerClient) => Promise<Result>,
    settle: (thrown: unknown) => Result | undefined,
  ): Promise<Result> {
    try {
      const client = await storage.container(container);
      return await work(client);
    } catch (thrown) {
      const settled = settle(thrown);
      if (settled !== undefined) return settled;
      throw storageError(thrown, `container ${container}`, call);
    }
  }

  async function upload(
    name: string,
    body: Uint8Array | string,
    { contentType, contentEncoding, metadata }: BlobDescription,
    conditions: { ifMatch?: string; ifNoneMatch?: string },
    options?: CallOptions,
  ): Promise<boolean> {
    const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
    const blobHTTPHeaders = {
      blobContentType: contentType,
      ...(contentEncoding !== undefined && { blobContentEncoding: contentEncoding }),
    };
    return calling(
      'write',
      (client) => {
        const send = () =>
          client.getBlockBlobClient(name).upload(bytes, bytes.length, {
            blobHTTPHeaders,
            conditions,
            ...(metadata !== undefined && { metadata: { ...metadata } }),
            ...abortable(options),
          });
        return creating(send, () => client.createIfNotExists()).then(() => true);
      },
      (thrown) => (Object.keys(conditions).length > 0 && isConflict(thrown) ? false : undefined),
    );
  }

  return {
    get: (name, options) =>
      calling<StoredBlob | null>(
        'read',
        async (client) => {
          const answer = await client.getBlobClient(name).download(0, undefined, abortable(options));
          const chunks: Buffer[] = [];
          for await (const chunk of answer.readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
          return { body: Buffer.concat(chunks), version: answer.etag ?? '', metadata: answer.metadata ?? {} };
        },
        missing(null),
      ),
    create: (name, body, description, options) => upload(name, body, description, { ifNoneMatch: '*' }, options),
    replace: (name, body, description, version, options) => upload(name, body, description, { ifMatch: version }, options),
    put: async (name, body, description, options) => {
      await upload(name, body, description, {}, options);
    },
    describe: (name, metadata, options) =>
      calling(
        'write',
        (client) =>
          client
            .getBlobClient(name)
            .setMetadata({ ...metadata }, abortable(options))
            .then(() => true),
        missing(false),
      ),
    remove: async (name, version, options) => {
      const conditions = version === undefined ? {} : { conditions: { ifMatch: version } };
      await calling(
        'write',
        (client) =>
          client
            .getBlobClient(name)
            .deleteIfExists({ ...conditions, ...abortable(options) })
            .then(() => true),
        (thrown) => (isMissingHolder(thrown) || statusOf(thrown) === 412 ? false : undefined),
      );
    },
    folders: (prefix, options) =>
      calling<string[]>(
        'read',
        async (client) => {
          const found: string[] = [];
          for await (const item of client.listBlobsByHierarchy('/', { prefix, ...abortable(options) })) {
            if (item.kind === 'prefix') found.push(item.name);
          }
          return found;
        },
        missing([]),
      ),
    list: (prefix, limit, options) =>
      calling<Readonly<Record<string, string>>[]>(
        'read',
        async (client) => {
          const found: Readonly<Record<string, string>>[] = [];
          if (limit <= 0) return found;
          for await (const blob of client.listBlobsFlat({ prefix, includeMetadata: true, ...abortable(options) })) {
            found.push(blob.metadata ?? {});
            if (found.length >= limit) break;
          }
          return found;
        },
        missing([]),
      ),
  };
}

/** A record as the one metadata header `record`: headers are ASCII, records are not. */
export function asMetadata(record: unknown): Readonly<Record<string, string>> {
  return { record: Buffer.from(JSON.stringify(record), 'utf8').toString('base64') };
}

/** What `asMetadata` was given, `null` where a blob was not written by it. */
export function fromMetadata<Value>(metadata: Readonly<Record<string, string>>): Value | null {
  try {
    return JSON.parse(Buffer.from(metadata.record ?? '', 'base64').toString('utf8')) as Value;
  } catch {
    return null;
  }
}

function isConflict(thrown: unknown): boolean {
  const status = statusOf(thrown);
  return status === 409 || status === 412 || (status === 404 && !isMissingHolder(thrown));
}

function missing<Result>(value: Result): (thrown: unknown) => Result | undefined {
  return (thrown) => (isMissingHolder(thrown) || statusOf(thrown) === 404 ? value : undefined);
}

function abortable(options: CallOptions | undefined): { abortSignal?: AbortSignal } {
  return options?.signal === undefined ? {} : { abortSignal: options.signal };
}
