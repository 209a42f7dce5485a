import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendActivityRecord, appendLogRecord, appendMetric, flush } from '../../../src/local/archive/append.ts';
import { openArchive } from '../../../src/local/archive/archive.ts';
import { sizesOf, truncateTo } from '../../../src/local/archive/journal.ts';
import { logPath } from '../../../src/local/archive/layout.ts';
import { rowsOf, type Table } from '../../../src/local/kql/table.ts';
import { formatDatetime } from '../../../src/local/kql/time.ts';

const ACCOUNT =
  '/subscriptions/0b1f6471-0000-4dda-aec3-111122223333/resourceGroups/Rg-AI/providers/Microsoft.CognitiveServices/accounts/Chat-1';
const WORKSPACE =
  '/subscriptions/0b1f6471-0000-4dda-aec3-111122223333/resourceGroups/rg-ai/providers/Microsoft.MachineLearningServices/workspaces/train';
const NOON = Date.UTC(2026, 4, 1, 12);
const MINUTE = 60_000;
const DAY = { start: NOON - 12 * 60 * MINUTE, end: NOON + 12 * 60 * MINUTE };

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tocsin-archive-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

function call(time: string, more: object = {}): object {
  return {
    time,
    resourceId: ACCOUNT.toUpperCase(),
    category: 'RequestResponse',
    operationName: 'ChatCompletions_Create',
    ...more,
  };
}

function write(record: object, receivedAt = NOON): void {
  appendLogRecord({ dir, category: 'RequestResponse', resourceId: ACCOUNT, receivedAt }, record);
}

function records(table: Table | undefined): Record<string, unknown>[] {
  if (table === undefined) return [];
  return rowsOf(table).map((row) => Object.fromEntries(row.map((value, index) => [table.specs[index]?.name ?? '', value])));
}

async function diagnostics(span = DAY): Promise<Record<string, unknown>[]> {
  return records((await openArchive(dir).logs(['AzureDiagnostics'], span)).get('AzureDiagnostics'));
}

describe('a diagnostic record in the archive', () => {
  it('lies in the blob of the hour in which it was received, with the resource id in upper case', () => {
    expect(logPath('RequestResponse', ACCOUNT, NOON)).toBe(
      'insights-logs-requestresponse/resourceId=/SUBSCRIPTIONS/0B1F6471-0000-4DDA-AEC3-111122223333/RESOURCEGROUPS/RG-AI/PROVIDERS/' +
        'MICROSOFT.COGNITIVESERVICES/ACCOUNTS/CHAT-1/y=2026/m=05/d=01/h=12/m=00/PT1H.json',
    );
  });

  it('becomes a row of AzureDiagnostics with fixed columns, and ids in both spellings', async () => {
    write(
      call('2026-05-01T12:00:00.1234567Z', {
        resultSignature: 429,
        durationMs: -3,
        callerIpAddress: '203.0.113.***',
        correlationId: 'c1',
      }),
    );
    await flush(dir);
    const [row] = await diagnostics();
    expect(row).toMatchObject({
      Category: 'RequestResponse',
      OperationName: 'ChatCompletions_Create',
      ResultSignature: '429',
      DurationMs: -3,
      CallerIPAddress: '203.0.113.***',
      CorrelationId: 'c1',
      _ResourceId: ACCOUNT.toLowerCase(),
      ResourceId: ACCOUNT.toUpperCase(),
      Resource: 'CHAT-1',
      ResourceGroup: 'RG-AI',
      ResourceProvider: 'MICROSOFT.COGNITIVESERVICES',
      ResourceType: 'ACCOUNTS',
      Type: 'AzureDiagnostics',
    });
    expect(formatDatetime(Number(row?.TimeGenerated))).toBe('2026-05-01T12:00:00.1234567Z');
  });

  it('keeps properties that are JSON text whole, and flattens those that are an object with a suffix by type', async () => {
    write(call('2026-05-01T12:00:00Z', { properties: '{"modelDeploymentName":"chat"}' }));
    write(
      call('2026-05-01T12:00:01Z', {
        event: 'ShoeboxCallResult',
        AssetIdentity: 'A7CAD415-366e-416f-908e-bad7b7c93acf',
        properties: { resource: { originRunId: 'r1' }, requestLength: 12, streamed: true, at: '2026-05-01T00:00:00Z', ids: [1] },
      }),
    );
    await flush(dir);
    const [text, object] = await diagnostics();
    expect(text).toMatchObject({ properties_s: '{"modelDeploymentName":"chat"}' });
    expect(object).toMatchObject({
      event_s: 'ShoeboxCallResult',
      AssetIdentity_g: 'a7cad415-366e-416f-908e-bad7b7c93acf',
      resource_originRunId_s: 'r1',
      requestLength_d: 12,
      streamed_b: true,
      ids_s: '[1]',
      properties_s: '',
    });
    expect(formatDatetime(Number(object?.at_t))).toBe('2026-05-01T00:00:00Z');
  });

  it('of a category with a table of its own fills that table, its columns converted to their types', async () => {
    const place = { dir, category: 'AmlOnlineEndpointTrafficLog', resourceId: WORKSPACE, receivedAt: NOON };
    appendLogRecord(place, {
      time: '2026-05-01T12:00:00Z',
      resourceId: WORKSPACE,
      operationName: 'score',
      properties: { endpointName: 'fraud', ResponseCode: '200', TotalDurationMs: 41.9, Unknown: 1 },
    });
    appendLogRecord(
      { ...place, category: 'RunEvent' },
      { time: '2026-05-01T12:00:00Z', resourceId: WORKSPACE, properties: '{"RunId":"r9"}' },
    );
    await flush(dir);
    const tables = await openArchive(dir).logs(['AmlOnlineEndpointTrafficLog', 'AmlRunEvent'], DAY);
    expect(records(tables.get('AmlOnlineEndpointTrafficLog'))).toMatchObject([
      {
        EndpointName: 'fraud',
        ResponseCode: 200,
        TotalDurationMs: 41,
        OperationName: 'score',
        _ResourceId: WORKSPACE.toLowerCase(),
      },
    ]);
    expect(records(tables.get('AmlOnlineEndpointTrafficLog'))[0]).not.toHaveProperty('Unknown');
    expect(records(tables.get('AmlRunEvent'))).toMatchObject([{ RunId: 'r9', Type: 'AmlRunEvent' }]);
  });
});

describe('reading while others write', () => {
  it('shows a row once its line is whole in the file, each once', async () => {
    const archive = openArchive(dir);
    const rows = async (): Promise<number> => (await archive.logs(['AzureDiagnostics'], DAY)).get('AzureDiagnostics')?.rows ?? 0;
    expect(await rows()).toBe(0);
    write(call('2026-05-01T12:00:00Z'));
    await flush(dir);
    expect(await rows()).toBe(1);
    const file = join(dir, logPath('RequestResponse', ACCOUNT, NOON));
    const line = JSON.stringify(call('2026-05-01T12:00:05Z', { operationName: 'Grüße' }));
    await appendFile(file, line.slice(0, 40));
    expect(await rows()).toBe(1);
    await appendFile(file, `${line.slice(40)}\n`);
    expect(await rows()).toBe(2);
    expect(await rows()).toBe(2);
  });

  it('finds a record that was received hours after it happened, and only within the span asked for', async () => {
    write(call('2026-05-01T12:00:00Z'), NOON);
    write(call('2026-05-01T12:01:00Z'), NOON + 5 * 60 * MINUTE);
    await flush(dir);
    expect(await diagnostics({ start: NOON, end: NOON + 5 * MINUTE })).toHaveLength(2);
    expect(await diagnostics({ start: NOON + MINUTE, end: NOON + 5 * MINUTE })).toHaveLength(1);
    expect(await diagnostics({ start: NOON, end: NOON + MINUTE })).toHaveLength(1);
  });

  it('fills a column that appears later with nothing in the rows before, and passes over lines that are no records', async () => {
    write(call('2026-05-01T12:00:00Z'));
    await flush(dir);
    const file = join(dir, logPath('RequestResponse', ACCOUNT, NOON));
    await appendFile(file, 'not json\n{"resourceId":"without time"}\n');
    write(call('2026-05-01T12:00:01Z', { Tenant: 'eastus2', count: 1 }));
    await flush(dir);
    const rows = await diagnostics();
    expect(rows.map((row) => row.Tenant_s)).toEqual(['', 'eastus2']);
    expect(rows.map((row) => row.count_d)).toEqual([null, 1]);
  });
});

describe('undoing an interrupted writer', () => {
  it('cuts files back to the sizes recorded and removes new ones, and the reader sees exactly the old rows', async () => {
    const archive = openArchive(dir);
    const rows = async (): Promise<number> => (await archive.logs(['AzureDiagnostics'], DAY)).get('AzureDiagnostics')?.rows ?? 0;
    write(call('2026-05-01T11:00:00Z'), NOON - 60 * MINUTE);
    write(call('2026-05-01T12:00:00Z'));
    await flush(dir);
    const sizes = await sizesOf(dir, NOON);
    write(call('2026-05-01T12:10:00Z'));
    write(call('2026-05-01T13:10:00Z'), NOON + 70 * MINUTE);
    await flush(dir);
    expect(await rows()).toBe(4);
    await truncateTo(dir, sizes);
    expect(await rows()).toBe(2);
    expect(await sizesOf(dir, NOON)).toEqual(sizes);
    write(call('2026-05-01T12:10:00Z'));
    await flush(dir);
    expect(await rows()).toBe(3);
  });
});

describe('metrics and the activity log', () => {
  it('gives the minutes of a metric of a resource whose begin lies in the span, ids compared without case', async () => {
    const point = {
      resourceId: ACCOUNT,
      namespace: 'Microsoft.CognitiveServices/accounts',
      metric: 'ModelRequests',
      count: 1,
      minimum: 1,
      maximum: 1,
    };
    for (let minute = 58; minute < 63; minute += 1) {
      appendMetric(dir, { ...point, time: NOON + minute * MINUTE, dimensions: { StatusCode: '200' }, total: minute });
    }
    await flush(dir);
    const archive = openArchive(dir);
    const span = { start: NOON + 59 * MINUTE, end: NOON + 62 * MINUTE };
    const found = await archive.metric(ACCOUNT.toUpperCase(), 'modelrequests', span);
    expect(found.map((record) => record.total).sort()).toEqual([59, 60, 61]);
    expect(await archive.metricNames(ACCOUNT, span)).toEqual(['ModelRequests']);
    expect(await archive.metric(ACCOUNT, 'Other', span)).toEqual([]);
  });

  it('gives activity log records, and the same as rows of AzureActivity', async () => {
    appendActivityRecord(
      { dir, scope: '/subscriptions/0b1f6471-0000-4dda-aec3-111122223333', receivedAt: NOON },
      {
        time: '2026-05-01T12:00:00Z',
        resourceId: ACCOUNT,
        operationName: 'Microsoft.CognitiveServices/accounts/delete',
        category: 'Administrative',
        resultType: 'Success',
        caller: 'ada@contoso.example',
        properties: { entity: ACCOUNT },
      },
    );
    await flush(dir);
    const archive = openArchive(dir);
    expect(await archive.activity('0b1f6471-0000-4dda-aec3-111122223333', DAY)).toHaveLength(1);
    expect(await archive.activity('0b1f6471-0000-4dda-aec3-111122223333', { start: NOON + 1, end: DAY.end })).toHaveLength(0);
    const rows = records((await archive.logs(['AzureActivity'], DAY)).get('AzureActivity'));
    expect(rows).toMatchObject([
      {
        OperationNameValue: 'MICROSOFT.COGNITIVESERVICES/ACCOUNTS/DELETE',
        CategoryValue: 'Administrative',
        ActivityStatusValue: 'Success',
        Caller: 'ada@contoso.example',
        Properties_d: { entity: ACCOUNT },
      },
    ]);
  });
});
