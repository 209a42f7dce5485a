import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { readdressed } from '../../../src/azure/loopback.ts';
import { appendActivityRecord, appendLogRecord, appendMetric, flush } from '../../../src/local/archive/append.ts';
import { openArchive } from '../../../src/local/archive/archive.ts';
import type { Estate } from '../../../src/local/estate.ts';
import { type Monitor, startMonitor } from '../../../src/local/monitor/monitor.ts';

export const SUBSCRIPTION = '0b1f6471-1bf0-4dda-aec3-111122223333';
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-ai`;
export const CHAT = `${GROUP}/providers/Microsoft.CognitiveServices/accounts/chat-se`;
export const OTHER = `${GROUP}/providers/Microsoft.CognitiveServices/accounts/embed-se`;
export const WORKSPACE = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/train`;
export const CUSTOMER = 'c0ffee00-0000-4000-8000-000000000001';
export const NOON = Date.UTC(2026, 4, 1, 12);
export const MINUTE = 60_000;

const NOTHING = { deployments: [], onlineEndpoints: [], diagnosticSettings: [] };

function deployment(name: string) {
  return {
    id: `${CHAT}/deployments/${name}`,
    name,
    model: { name: 'gpt-4o', version: '2024-11-20' },
    sku: 'Standard',
    capacity: 30,
  };
}

const ESTATE: Estate = {
  subscriptions: [{ id: SUBSCRIPTION, displayName: 'Contoso AI' }],
  workspace: { customerId: CUSTOMER, resourceId: `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs` },
  resources: [
    {
      ...NOTHING,
      id: CHAT,
      name: 'chat-se',
      type: 'Microsoft.CognitiveServices/accounts',
      kind: 'OpenAI',
      location: 'swedencentral',
      tags: { env: 'prod' },
      deployments: [deployment('chat'), deployment('mini'), { ...deployment('tomorrow'), createdAt: NOON + 60 * MINUTE }],
      diagnosticSettings: [
        {
          name: 'to-workspace',
          workspaceId: `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs`,
          eventHubAuthorizationRuleId: null,
          eventHubName: null,
          storageAccountId: null,
          categories: ['RequestResponse'],
          categoryGroups: ['audit'],
          metrics: true,
        },
      ],
    },
    {
      ...NOTHING,
      id: OTHER,
      name: 'embed-se',
      type: 'Microsoft.CognitiveServices/accounts',
      kind: 'OpenAI',
      location: 'swedencentral',
      tags: { env: 'test' },
    },
    {
      ...NOTHING,
      id: WORKSPACE,
      name: 'train',
      type: 'Microsoft.MachineLearningServices/workspaces',
      kind: 'Default',
      location: 'westeurope',
      tags: {},
      onlineEndpoints: [
        {
          id: `${WORKSPACE}/onlineEndpoints/fraud`,
          name: 'fraud',
          location: 'westeurope',
          tags: {},
          traffic: { blue: 100 },
          deployments: [
            {
              id: `${WORKSPACE}/onlineEndpoints/fraud/deployments/blue`,
              name: 'blue',
              instanceType: 'Standard_DS3_v2',
              instanceCount: 2,
            },
          ],
        },
      ],
    },
  ],
};

export interface Fixture {
  readonly dir: string;
  readonly monitor: Monitor;
  readonly httpClient: HttpClient;
  /** Sets the time of the stand-in. */
  at(time: number): void;
  close(): Promise<void>;
}

/** Ten minutes of calls (200 and 429, by deployment), written before noon. */
export async function startFixture({ pageSize = 2 }: { readonly pageSize?: number } = {}): Promise<Fixture> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-monitor-'));
  await writeTraffic(dir);
  let now = NOON;
  const monitor = await startMonitor({ archive: openArchive(dir), estate: ESTATE, clock: () => now, pageSize });
  return {
    dir,
    monitor,
    httpClient: await readdressed(monitor.url),
    at: (time) => {
      now = time;
    },
    close: async () => {
      await monitor.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function writeTraffic(dir: string): Promise<void> {
  for (let minute = 0; minute < 10; minute += 1) {
    const time = NOON - (10 - minute) * MINUTE;
    for (const [name, calls, refused] of [
      ['chat', 8, minute >= 5 ? 4 : 0],
      ['mini', 3, 0],
    ] as const) {
      metricMinute(dir, name, '200', time, calls);
      if (refused > 0) metricMinute(dir, name, '429', time, refused);
      for (let call = 0; call < calls + refused; call += 1) {
        const stamp = new Date(time + call * 1_000).toISOString().replace('Z', '4567Z');
        appendLogRecord(
          { dir, category: 'RequestResponse', resourceId: CHAT, receivedAt: time + 3 * MINUTE },
          {
            time: stamp,
            resourceId: CHAT.toUpperCase(),
            category: 'RequestResponse',
            operationName: 'ChatCompletions_Create',
            durationMs: 500 + call,
            resultSignature: call < calls ? '200' : '429',
            properties: JSON.stringify({ modelDeploymentName: name, streamType: 'Streaming', big: 1 }),
          },
        );
      }
    }
  }
  appendActivityRecord({ dir, scope: `/subscriptions/${SUBSCRIPTION}`, receivedAt: NOON - 5 * MINUTE }, activity('write', 10));
  appendActivityRecord({ dir, scope: `/subscriptions/${SUBSCRIPTION}`, receivedAt: NOON - 4 * MINUTE }, activity('delete', 8));
  appendActivityRecord(
    { dir, scope: `/subscriptions/${SUBSCRIPTION}`, receivedAt: NOON - 3 * MINUTE },
    activity('listKeys/action', 6),
  );
  await flush(dir);
}

function metricMinute(dir: string, deploymentName: string, status: string, time: number, count: number): void {
  const dimensions = { ModelDeploymentName: deploymentName, StatusCode: status, Region: 'Sweden Central' };
  const namespace = 'Microsoft.CognitiveServices/accounts';
  appendMetric(dir, {
    time,
    resourceId: CHAT,
    namespace,
    metric: 'ModelRequests',
    dimensions,
    total: count,
    count,
    minimum: 1,
    maximum: 1,
  });
  const latency = { total: count * 400, count, minimum: 100, maximum: 900 };
  appendMetric(dir, { time, resourceId: CHAT, namespace, metric: 'TimeToResponse', dimensions, ...latency });
}

function activity(verb: string, minutesAgo: number): object {
  return {
    time: new Date(NOON - minutesAgo * MINUTE).toISOString(),
    resourceId: `${CHAT}/deployments/chat`,
    operationName: `Microsoft.CognitiveServices/accounts/deployments/${verb}`,
    category: 'Administrative',
    resultType: 'Success',
    correlationId: `corr-${verb}`,
    caller: 'ada@contoso.example',
    level: 'Informational',
    properties: { entity: CHAT },
  };
}

export const credential = { getToken: async () => ({ token: 'loopback', expiresOnTimestamp: Date.now() + 3_600_000 }) };
