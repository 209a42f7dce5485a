import type { TableClient, TableEntity, TableEntityResult, TransactionAction } from '@azure/data-tables';
import type { CallOptions, Log, Version } from '../ports.ts';
import { creating, isMissingHolder } from './create-on-demand.ts';
import { type Commit, groupCommit, inTurn } from './group-commit.ts';
import { literal } from './keys.ts';
import { pack, unpack } from './pack.ts';
import { statusOf, storageError } from './sdk-errors.ts';
import type { Storage } from './storage.ts';

export interface Key {
  readonly partition: string;
  readonly row: string;
}

/** A value with its key and the few columns that filters need. */
export interface Row extends Key {
  readonly value: unknown;
  /** The value as JSON, where that is at hand. */
  readonly text?: string;
  readonly columns?: Readonly<Record<string, string>>;
}

/** A row and the version that it must have (`null`: does not exist). */
export interface Conditional {
  readonly row: Row;
  readonly version: Version;
}

/** What is stored under a key. `value` is `null` when it cannot be read: it was logged, and the next write begins anew. */
export interface Stored<Value> {
  readonly value: Value | null;
  readonly version: string;
}

/** One table of packed values. Failures are coded; a missing table is empty to readers and created by the first write. */
export interface Table {
  get<Value>(key: Key, options?: CallOptions): Promise<Stored<Value> | null>;
  /** The version of a row without its value. */
  versionOf(key: Key, options?: CallOptions): Promise<Version>;
  /** Writes only if the row has this version (`null`: does not exist); otherwise resolves to `false`. */
  write(row: Row, version: Version, options?: CallOptions): Promise<boolean>;
  /** As `write`; resolves to the version that the row has now, or to `null` where it had another than `version`. */
  rewrite(row: Row, version: Version, options?: CallOptions): Promise<string | null>;
  put(row: Row, options?: CallOptions): Promise<void>;
  /** Writes up to a hundred rows of one partition, all of them, if each has its version; otherwise resolves to `false`. */
  writeAll(rows: readonly Conditional[], options?: CallOptions): Promise<boolean>;
  /** Removes a row, with a version only while it has it; one that is gone is fine. */
  remove(key: Key, version?: string, options?: CallOptions): Promise<void>;
  /** Removes every row that meets an OData filter over keys. */
  clear(filter: string, options?: CallOptions): Promise<void>;
  /** All readable values of one partition, in the order of their keys. `filter` is OData over keys and columns. */
  scan<Value>(partition: string, filter?: string, options?: CallOptions): Promise<readonly Value[]>;
  /** One column of all rows of a partition. */
  column(partition: string, name: string, options?: CallOptions): Promise<readonly string[]>;
}

/** Statuses of a conditional write that found another version. */
const LOST: ReadonlySet<number> = new Set([404, 409, 412]);

type Entity = TableEntityResult<Record<string, unknown>>;

export function openTable(storage: Storage, name: string, log: Log): Table {
  async function reading<Result>(work: (client: TableClient) => Promise<Result>, empty: Result): Promise<Result> {
    try {
      return await work(await storage.table(name));
    } catch (thrown) {
      if (isMissingHolder(thrown) || statusOf(thrown) === 404) return empty;
      throw storageError(thrown, `table ${name}`, 'read');
    }
  }

  async function writing<Result>(
    work: (client: TableClient) => Promise<Result>,
    onConflict: (status: number) => Result | undefined,
  ): Promise<Result> {
    try {
      const client = await storage.table(name);
      return await creating(
        () => work(client),
        () => client.createTable(),
      );
    } catch (thrown) {
      const settled = onConflict(statusOf(thrown) ?? 0);
      if (settled !== undefined) return settled;
      throw storageError(thrown, `table ${name}`, 'write');
    }
  }

  function readable<Value>(entity: Entity): Value | null {
    try {
      return unpack(entity) as Value;
    } catch (error) {
      log.error({ error, table: name, partition: entity.partitionKey, row: entity.rowKey }, 'stored row cannot be read');
      return null;
    }
  }

  async function entities(filter: string, select: string[] | undefined, options?: CallOptions): Promise<readonly Entity[]> {
    return reading(async (client) => {
      const found: Entity[] = [];
      const queryOptions = select === undefined ? { filter } : { filter, select };
      for await (const entity of client.listEntities({ queryOptions, ...abortable(options) })) found.push(entity);
      return found;
    }, []);
  }

  const partitions = new Map<string, (commit: Commit<string | null>) => Promise<string | null>>();
  function partitionOf(name: string): (commit: Commit<string | null>) => Promise<string | null> {
    const known = partitions.get(name) ?? groupCommit(together);
    partitions.set(name, known);
    return known;
  }

  /** The versions that the rows have now; `null` where one of them is not as it was thought to be, and then none is written. */
  function together(all: readonly TransactionAction[]): Promise<readonly (string | null)[] | null> {
    return writing<readonly string[] | null>(
      async (client) => {
        const { subResponses } = await inTurn(storage, () => client.submitTransaction([...all]));
        return all.map((_, index) => versionIn(subResponses[index]?.etag));
      },
      (status) => ([400, 404, 409, 412, 413].includes(status) ? null : undefined),
    );
  }

  function rewrite(row: Row, version: Version, options?: CallOptions): Promise<string | null> {
    if (options?.signal !== undefined) return rewriteAlone(entityOf(row), version, options);
    const entity = entityOf(row);
    const alone = () => rewriteAlone(entity, version);
    return partitionOf(row.partition)({ row: row.row, action: conditional(entity, version), bytes: sizeOf(entity), alone });
  }

  async function putAlone(entity: TableEntity, options?: CallOptions): Promise<null> {
    return writing(
      async (client) => {
        await client.upsertEntity(entity, 'Replace', abortable(options));
        return null;
      },
      () => undefined,
    );
  }

  function rewriteAlone(entity: TableEntity, version: Version, options?: CallOptions): Promise<string | null> {
    return writing(
      async (client) => {
        const written =
          version === null
            ? await client.createEntity(entity, abortable(options))
            : await client.updateEntity(entity, 'Replace', { etag: version, ...abortable(options) });
        return versionIn(written.etag);
      },
      (status) => (status === 409 || status === 412 || (status === 404 && version !== null) ? null : undefined),
    );
  }

  /** Others may clear the same rows at the same time: then each is removed by itself. */
  async function removeAll(rows: readonly Entity[], options?: CallOptions): Promise<void> {
    const together = await writing(
      async (client) => {
        const actions = rows.map(({ partitionKey, rowKey }): TransactionAction => ['delete', keysOf(partitionKey, rowKey)]);
        await inTurn(storage, () => client.submitTransaction(actions, abortable(options)));
        return true;
      },
      (status) => (LOST.has(status) ? false : undefined),
    );
    if (!together) for (const { partitionKey, rowKey } of rows) await removeOne(keysOf(partitionKey, rowKey), undefined, options);
  }

  async function removeOne({ partitionKey, rowKey }: TableEntity, version?: string, options?: CallOptions): Promise<void> {
    await writing(
      async (client) => {
        await client.deleteEntity(partitionKey, rowKey, { etag: version ?? '*', ...abortable(options) });
        return true;
      },
      (status) => (status === 404 || status === 412 ? false : undefined),
    );
  }

  return {
    get: <Value>(key: Key, options?: CallOptions) =>
      reading<Stored<Value> | null>(async (client) => {
        const entity = await client.getEntity<Record<string, unknown>>(key.partition, key.row, abortable(options));
        return { value: readable<Value>(entity), version: entity.etag };
      }, null),
    versionOf: (key, options) =>
      reading<Version>(async (client) => {
        const query = { queryOptions: { select: ['RowKey'] }, ...abortable(options) };
        return (await client.getEntity(key.partition, key.row, query)).etag;
      }, null),
    write: async (row, version, options) => (await rewrite(row, version, options)) !== null,
    rewrite,
    writeAll: (rows, options) =>
      writing(
        async (client) => {
          const actions = rows.map(({ row, version }) => conditional(entityOf(row), version));
          await inTurn(storage, () => client.submitTransaction(actions, abortable(options)));
          return true;
        },
        (status) => (LOST.has(status) ? false : undefined),
      ),
    put: async (row, options) => {
      const entity = entityOf(row);
      if (options?.signal !== undefined) return void (await putAlone(entity, options));
      const action: TransactionAction = ['upsert', entity, 'Replace'];
      await partitionOf(row.partition)({ row: row.row, action, bytes: sizeOf(entity), alone: () => putAlone(entity) });
    },
    remove: ({ partition, row }, version, options) => removeOne(keysOf(partition, row), version, options),
    clear: async (filter, options) => {
      const found = await entities(filter, ['PartitionKey', 'RowKey'], options);
      for (const partition of new Set(found.map(({ partitionKey }) => partitionKey))) {
        const rows = found.filter(({ partitionKey }) => partitionKey === partition);
        for (let first = 0; first < rows.length; first += 100) await removeAll(rows.slice(first, first + 100), options);
      }
    },
    scan: async <Value>(partition: string, filter?: string, options?: CallOptions) => {
      const found = await entities(inPartition(partition, filter), undefined, options);
      return found.map((entity) => readable<Value>(entity)).filter((value) => value !== null);
    },
    column: async (partition, column, options) => {
      const found = await entities(inPartition(partition), ['RowKey', column], options);
      return found.map((entity) => entity[column]).filter((value) => typeof value === 'string');
    },
  };
}

function keysOf(partitionKey: string | undefined, rowKey: string | undefined): TableEntity {
  return { partitionKey: partitionKey ?? '', rowKey: rowKey ?? '' };
}

function inPartition(partition: string, filter?: string): string {
  const keys = `PartitionKey eq ${literal(partition)}`;
  return filter === undefined ? keys : `${keys} and ${filter}`;
}

function conditional(entity: TableEntity, version: Version): TransactionAction {
  return version === null ? ['create', entity] : ['update', entity, 'Replace', { etag: version }];
}

function versionIn(etag: string | undefined): string {
  if (etag === undefined) throw new TypeError('an answer without an ETag');
  return etag;
}

function sizeOf(entity: TableEntity): number {
  let bytes = 1_000;
  for (const value of Object.values(entity)) bytes += value instanceof Uint8Array ? (value.length * 4) / 3 : 100;
  return bytes;
}

function entityOf(row: Row): TableEntity {
  return { partitionKey: row.partition, rowKey: row.row, ...row.columns, ...pack(row.text ?? JSON.stringify(row.value)) };
}

function abortable(options: CallOptions | undefined): { abortSignal?: AbortSignal } {
  return options?.signal === undefined ? {} : { abortSignal: options.signal };
}
