import { afterAll, beforeAll } from 'vitest';
import { createAlertStore } from '../../src/azure/alert-store.ts';
import { createFindingStore } from '../../src/azure/finding-store.ts';
import { createGroupStore } from '../../src/azure/group-store.ts';
import { createNotificationLog } from '../../src/azure/notification-log.ts';
import { createSilenceStore } from '../../src/azure/silence-store.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import {
  MemoryAlertStore,
  MemoryFindingStore,
  MemoryGroupStore,
  MemoryLog,
  MemoryNotificationLog,
  MemorySilenceStore,
} from '../support/memory/index.ts';
import { storageOf } from '../support/storage.ts';
import { alertStoreContract } from './alert-store.ts';
import { findingStoreContract } from './finding-store.ts';
import { groupStoreContract } from './group-store.ts';
import { notificationLogContract } from './notification-log.ts';
import { silenceStoreContract } from './silence-store.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

const storage = () => storageOf(azurite.account());

alertStoreContract('MemoryAlertStore', () => new MemoryAlertStore());
alertStoreContract('the alerts table', () => createAlertStore(storage(), new MemoryLog()));
findingStoreContract('MemoryFindingStore', () => new MemoryFindingStore());
findingStoreContract('the findings table', () => createFindingStore(storage(), new MemoryLog()));
groupStoreContract('MemoryGroupStore', () => new MemoryGroupStore());
groupStoreContract('the groups table', () => createGroupStore(storage(), new MemoryLog()));
silenceStoreContract('MemorySilenceStore', () => new MemorySilenceStore());
silenceStoreContract('the silences table', () => createSilenceStore(storage(), new MemoryLog()));
notificationLogContract('MemoryNotificationLog', () => new MemoryNotificationLog());
notificationLogContract('the notifications table', () => createNotificationLog(storage(), new MemoryLog()));
