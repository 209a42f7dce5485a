import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAlertStore } from '../../src/azure/alert-store.ts';
import { createAuditLog } from '../../src/azure/audit-log.ts';
import { createCircuitStore } from '../../src/azure/circuit-store.ts';
import { createFindingStore } from '../../src/azure/finding-store.ts';
import { createGroupStore } from '../../src/azure/group-store.ts';
import { createNotificationLog } from '../../src/azure/notification-log.ts';
import { createPushStore } from '../../src/azure/push-store.ts';
import { createSigningSecret } from '../../src/azure/signing-secret.ts';
import { createSilenceStore } from '../../src/azure/silence-store.ts';
import { createTurnStore } from '../../src/azure/turn-store.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import {
  MemoryAlertStore,
  MemoryAuditLog,
  MemoryCircuitStore,
  MemoryFindingStore,
  MemoryGroupStore,
  MemoryLog,
  MemoryNotificationLog,
  MemoryPushStore,
  MemorySilenceStore,
  MemoryTurnStore,
} from '../support/memory/index.ts';
import { storageOf } from '../support/storage.ts';
import { alertStoreContract } from './alert-store.ts';
import { auditLogContract } from './audit-log.ts';
import { circuitStoreContract } from './circuit-store.ts';
import { findingStoreContract } from './finding-store.ts';
import { groupStoreContract } from './group-store.ts';
import { notificationLogContract } from './notification-log.ts';
import { pushStoreContract } from './push-store.ts';
import { silenceStoreContract } from './silence-store.ts';
import { turnStoreContract } from './turn-store.ts';

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
circuitStoreContract('MemoryCircuitStore', () => new MemoryCircuitStore());
circuitStoreContract('the notifications table', () => createCircuitStore(storage(), new MemoryLog()));
turnStoreContract('MemoryTurnStore', () => new MemoryTurnStore());
turnStoreContract('the notifications table', () => createTurnStore(storage(), new MemoryLog()));
groupStoreContract('MemoryGroupStore', () => new MemoryGroupStore());
groupStoreContract('the groups table', () => createGroupStore(storage(), new MemoryLog()));
silenceStoreContract('MemorySilenceStore', () => new MemorySilenceStore());
silenceStoreContract('the silences table', () => createSilenceStore(storage(), new MemoryLog()));
notificationLogContract('MemoryNotificationLog', () => new MemoryNotificationLog());
notificationLogContract('the notifications table', () => createNotificationLog(storage(), new MemoryLog()));
auditLogContract('MemoryAuditLog', () => new MemoryAuditLog());
auditLogContract('the audit table', () => createAuditLog(storage(), new MemoryLog()));
pushStoreContract('MemoryPushStore', () => new MemoryPushStore());
pushStoreContract('the pushes table', () => createPushStore(storage(), new MemoryLog()));

it('the signing secret is the same for workers that ask for it at once, and for those that come later', async () => {
  const shared = storage();
  const workers = Array.from({ length: 6 }, () => createSigningSecret(shared, new MemoryLog()));
  const secrets = await Promise.all(workers.map((worker) => worker.get()));
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]?.length).toBeGreaterThan(40);
  expect(await createSigningSecret(shared, new MemoryLog()).get()).toBe(secrets[0]);
});
