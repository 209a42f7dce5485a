import { afterAll, beforeAll } from 'vitest';
import { createBaselineStore } from '../../src/azure/baseline-store.ts';
import { createEvaluationLog } from '../../src/azure/evaluation-log.ts';
import { createEvaluationStore } from '../../src/azure/evaluation-store.ts';
import { createForwardMarks } from '../../src/azure/forward-marks.ts';
import { createHeartbeatStore } from '../../src/azure/heartbeat-store.ts';
import { createTickStore } from '../../src/azure/tick-store.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import {
  MemoryBaselineStore,
  MemoryEvaluationLog,
  MemoryEvaluationStore,
  MemoryForwardMarks,
  MemoryHeartbeatStore,
  MemoryLog,
  MemoryTickStore,
} from '../support/memory/index.ts';
import { storageOf } from '../support/storage.ts';
import { baselineStoreContract } from './baseline-store.ts';
import { evaluationLogContract } from './evaluation-log.ts';
import { evaluationStoreContract } from './evaluation-store.ts';
import { forwardMarksContract } from './forward-marks.ts';
import { heartbeatStoreContract } from './heartbeat-store.ts';
import { tickStoreContract } from './tick-store.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

const storage = () => storageOf(azurite.account());

evaluationStoreContract('MemoryEvaluationStore', () => new MemoryEvaluationStore());
evaluationStoreContract('the state container', () => createEvaluationStore(storage(), new MemoryLog()));
baselineStoreContract('MemoryBaselineStore', () => new MemoryBaselineStore());
baselineStoreContract('the state container', () => createBaselineStore(storage(), new MemoryLog()));
evaluationLogContract('MemoryEvaluationLog', () => {
  const log = new MemoryEvaluationLog();
  return () => log;
});
evaluationLogContract('the evaluations table', () => {
  const place = storage();
  return () => createEvaluationLog(place, new MemoryLog());
});
tickStoreContract('MemoryTickStore', () => new MemoryTickStore());
tickStoreContract('the ticks table', () => createTickStore(storage(), new MemoryLog()));
heartbeatStoreContract('MemoryHeartbeatStore', () => new MemoryHeartbeatStore());
heartbeatStoreContract('the heartbeats table', () => createHeartbeatStore(storage(), new MemoryLog()));
forwardMarksContract('MemoryForwardMarks', () => new MemoryForwardMarks());
forwardMarksContract('the forward table', () => createForwardMarks(storage(), new MemoryLog()));
