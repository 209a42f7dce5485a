import { afterAll, beforeAll } from 'vitest';
import { createDigestStore } from '../../src/azure/digest-store.ts';
import { createParkingStore } from '../../src/azure/parking-store.ts';
import { createQuarantineStore } from '../../src/azure/quarantine-store.ts';
import { createSentArchive } from '../../src/azure/sent-archive.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { MemoryDigestStore, MemoryParkingStore, MemoryQuarantineStore, MemorySentArchive } from '../support/memory/index.ts';
import { storageOf } from '../support/storage.ts';
import { digestStoreContract } from './digest-store.ts';
import { parkingStoreContract } from './parking-store.ts';
import { quarantineStoreContract } from './quarantine-store.ts';
import { sentArchiveContract } from './sent-archive.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

const storage = () => storageOf(azurite.account());

sentArchiveContract('MemorySentArchive', () => new MemorySentArchive());
sentArchiveContract('the sent container', () => createSentArchive(storage()));
digestStoreContract('MemoryDigestStore', () => new MemoryDigestStore());
digestStoreContract('the digests container', () => createDigestStore(storage()));
quarantineStoreContract('MemoryQuarantineStore', () => new MemoryQuarantineStore());
quarantineStoreContract('the quarantine container', () => createQuarantineStore(storage()));
parkingStoreContract('MemoryParkingStore', () => new MemoryParkingStore());
parkingStoreContract('the parked container', () => createParkingStore(storage()));
