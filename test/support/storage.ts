import { loopbackCredential } from '../../src/azure/credential.ts';
import { createStorage, type Storage } from '../../src/azure/storage.ts';
import type { AzuriteAccount } from './azurite.ts';

/** The clients of one Azurite account, as a connection string gives them. */
export function storageOf(account: Pick<AzuriteAccount, 'connectionString'>): Storage {
  const settings = { connectionString: account.connectionString, blobUri: null, queueUri: null, tableUri: null };
  return createStorage(settings, loopbackCredential());
}
