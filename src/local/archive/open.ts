import type { BlobServiceClient } from '@azure/storage-blob';
import { environment } from '../../app/settings.ts';
import { TocsinError } from '../../model/errors.ts';
import { type Archive, openArchive } from './archive.ts';
import { blobFiles } from './blob-files.ts';
import { type BlobPlace, blobPlace } from './blob-place.ts';

const RETRY = { maxTries: 4, retryDelayInMs: 500, maxRetryDelayInMs: 8_000, tryTimeoutInMs: 60_000 };

/**
 * What `--archive` names: a folder, or a place in Blob Storage (see blobPlace). To read blobs it takes the signature in the URL, else
 * AZURE_STORAGE_CONNECTION_STRING where that is of this account, else this machine's sign-in. Throws TCN-C002.
 */
export async function openArchiveAt(text: string): Promise<Archive> {
  const place = blobPlace(text);
  return place === null ? openArchive(text) : openArchive(blobFiles(await serviceOf(place), place));
}

async function serviceOf(place: BlobPlace): Promise<BlobServiceClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const options = { retryOptions: RETRY };
  if (/[?&]sig=/.test(place.sas)) return new BlobServiceClient(`${place.endpoint}${place.sas}`, undefined, options);
  const connection = environment().AZURE_STORAGE_CONNECTION_STRING;
  if (connection !== undefined && connection !== '') {
    const service = fromConnectionString(BlobServiceClient.fromConnectionString, connection, options);
    if (service.url.replace(/\/+$/, '') === place.endpoint) return service;
  }
  if (place.endpoint.startsWith('http:')) {
    throw new TocsinError(
      'TCN-C002',
      `--archive ${place.name} has no SAS, and AZURE_STORAGE_CONNECTION_STRING is of no such account`,
    );
  }
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new BlobServiceClient(place.endpoint, new DefaultAzureCredential(), options);
}

function fromConnectionString(
  make: typeof BlobServiceClient.fromConnectionString,
  connection: string,
  options: Parameters<typeof make>[1],
): BlobServiceClient {
  try {
    return make(connection, options);
  } catch {
    throw new TocsinError('TCN-C002', 'AZURE_STORAGE_CONNECTION_STRING');
  }
}
