import type { BlobServiceClient } from '@azure/storage-blob';
import { TocsinError } from '../../model/errors.ts';
import type { Window } from '../../model/window.ts';
import { BlobCopies } from './blob-copies.ts';
import { type BlobFolder, blobsOf, resourcesOf, type StoredBlob } from './blob-list.ts';
import type { BlobPlace } from './blob-place.ts';
import { type ArchiveFiles, inHours } from './files.ts';
import { hourStart } from './layout.ts';
import { mappingOf } from './tables.ts';

export interface BlobFilesOptions {
  /** Ms for which a listing holds, since every one of a rule's queries would ask for the same. */
  readonly listedFor?: number;
}

const HOUR = 3_600_000;
const LISTED_FOR = 10_000;
/** Containers in which Azure archives diagnostics begin so. */
const INSIGHTS = 'insights-';

/**
 * An archive in Blob Storage: the containers of an account in which Azure archives diagnostics, one of them, or a container into which
 * such an archive was copied, its folders named as the containers were. Only the blobs of the hours that are asked for are fetched.
 */
export function blobFiles(
  service: BlobServiceClient,
  { container, prefix, name }: BlobPlace,
  { listedFor = LISTED_FOR }: BlobFilesOptions = {},
): ArchiveFiles {
  const copies = new BlobCopies();
  const blobs = new Map<string, StoredBlob>();
  const listed = recently(listedFor);
  const isFolder = container !== null && prefix === '' && mappingOf(container) !== null;

  /** Nothing outside of what was named is asked for. */
  async function folder(of: string): Promise<BlobFolder | null> {
    if (isFolder) return of === container ? { container: service.getContainerClient(of), prefix: '' } : null;
    if (container === null) {
      return (await list.folders()).includes(of) ? { container: service.getContainerClient(of), prefix: '' } : null;
    }
    return { container: service.getContainerClient(container), prefix: `${prefix}${of}/` };
  }

  async function folders(): Promise<readonly string[]> {
    const found: string[] = [];
    if (isFolder) found.push(container);
    else if (container === null) {
      for await (const each of service.listContainers({ prefix: INSIGHTS })) found.push(each.name);
    } else {
      for await (const item of service.getContainerClient(container).listBlobsByHierarchy('/', { prefix })) {
        if (item.kind === 'prefix') found.push(item.name.slice(prefix.length, -1));
      }
    }
    return found;
  }

  async function hours(of: string, span: Window): Promise<readonly string[]> {
    const [top = '', ...rest] = of.split('/');
    const below = rest.length === 0 ? '' : `${rest.join('/')}/`;
    const place = await folder(top);
    const found = place === null ? [] : await blobsOf(place, span, below);
    for (const [path, blob] of found) blobs.set(`${top}/${path}`, blob);
    return inHours(
      found.map(([path]) => `${top}/${path}`),
      span,
    );
  }

  async function resources(of: string): Promise<readonly string[]> {
    const place = await folder(of);
    return place === null ? [] : (await resourcesOf(place)).map((path) => `${of}/${path}`);
  }

  const list: ArchiveFiles = {
    name,
    folders: () => listed('', () => telling(name, folders)),
    hours: (of, { start, end }) => {
      const span = { start: hourStart(start), end: hourStart(end + HOUR - 1) };
      return listed(`${of} ${span.start} ${span.end}`, () => telling(name, () => hours(of, span)));
    },
    resources: (of) => listed(`${of} resources`, () => telling(name, () => resources(of))),
    local: (path, signal) => {
      const blob = blobs.get(path);
      if (blob === undefined) throw new RangeError(`${path} was not listed`);
      return telling(`${name} ${path}`, () => copies.local(path, blob, signal));
    },
    close: () => copies.close(),
  };
  return list;
}

/** Answers again what it found a moment ago. */
function recently(ms: number): <Found>(key: string, find: () => Promise<Found>) => Promise<Found> {
  const kept = new Map<string, { readonly until: number; readonly found: Promise<unknown> }>();
  return async <Found>(key: string, find: () => Promise<Found>): Promise<Found> => {
    const now = performance.now();
    for (const [other, { until }] of kept) if (until <= now) kept.delete(other);
    const known = kept.get(key);
    if (known !== undefined) return (await known.found) as Found;
    const found = find();
    kept.set(key, { until: now + ms, found });
    found.catch(() => kept.delete(key));
    return found;
  };
}

/** What went wrong is told without the address that was asked: a signature may be in it. */
async function telling<Found>(what: string, find: () => Promise<Found>): Promise<Found> {
  try {
    return await find();
  } catch (thrown) {
    const {
      name,
      code = '',
      statusCode,
    } = thrown as { readonly name?: string; readonly code?: string; readonly statusCode?: number };
    if (thrown instanceof TocsinError || name === 'AbortError') throw thrown;
    const why = [statusCode === undefined ? '' : `HTTP ${statusCode}`, code || (name ?? '')].filter((part) => part !== '');
    throw new TocsinError('TCN-L013', `${what}: ${why.join(' ')}`);
  }
}
