import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { appendMetric, flush } from '../../src/local/archive/append.ts';
import { startOnlooker } from '../../src/local/onlooker.ts';
import { askStatus } from '../../src/local/status.ts';

const MINUTE = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'tocsin-onlooker-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EVENTS = { progress: () => undefined, built: () => undefined, log: () => undefined };

describe('watching an archive of one’s own', () => {
  it('judges the resources that wrote to it', async () => {
    const archive = join(folder, 'archive');
    const namespace = 'Microsoft.MachineLearningServices/workspaces';
    const resourceId = `/subscriptions/8f1c2d34-5b6a-4c7d-8e9f-0a1b2c3d4e5f/resourceGroups/g/providers/${namespace}/mine`;
    const now = Math.floor(Date.now() / MINUTE) * MINUTE;
    for (let age = 1; age <= 30; age++) {
      const point = {
        time: now - age * MINUTE,
        resourceId,
        namespace: 'Microsoft.CognitiveServices/accounts',
        metric: 'SuccessRate',
      };
      appendMetric(archive, { ...point, dimensions: { ClusterName: 'cpu' }, total: 400, count: 10, minimum: 40, maximum: 40 });
    }
    await flush(archive);

    const service = { dataDir: join(folder, 'data'), fresh: true, port: 0, webhook: { url: '', secret: '' }, otlp: '' };
    const onlooker = await startOnlooker(service, archive, EVENTS);
    try {
      const tick = await fetch(`${onlooker.consoleUrl}/api/tick`, {
        method: 'POST',
        headers: { 'x-functions-key': onlooker.key },
      });
      expect(tick.status).toBe(202);
      const judged = async () => {
        const { rules } = await askStatus(onlooker.consoleUrl, onlooker.key);
        return rules.filter(({ lastEvaluation }) => lastEvaluation?.outcome === 'judged').map(({ id }) => id);
      };
      for (let tries = 0; tries < 100 && (await judged()).length === 0; tries++) await setTimeout(200);
      expect(await judged()).not.toEqual([]);
    } finally {
      await onlooker.close();
    }
  }, 60_000);

  it('asks what to watch in Azure before it starts anything', async () => {
    const service = { dataDir: join(folder, 'azure'), fresh: true, port: 0, webhook: { url: '', secret: '' }, otlp: '' };
    await expect(startOnlooker(service, null, EVENTS)).rejects.toThrow('TOCSIN_SUBSCRIPTIONS');
  });
});
