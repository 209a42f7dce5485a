import { describe, expect, it } from 'vitest';
import { type JsonObject, parseLossless } from '../../src/forward/json.ts';
import { type DiagnosticRecord, readRecord } from '../../src/forward/record.ts';
import type { RepairCounts } from '../../src/forward/repairs.ts';
import { platformMetric, RESOURCE, requestResponse } from '../support/diagnostic-records.ts';

const ENQUEUED = { seconds: 1_773_178_900, nanos: 250_000_000 };
let repairs: RepairCounts = {};

function read(record: string | JsonObject): DiagnosticRecord {
  repairs = {};
  return readRecord(typeof record === 'string' ? (parseLossless(record) as JsonObject) : record, ENQUEUED, repairs);
}

describe('a resource log', () => {
  it('is read with every digit of its numbers and every tick of its time', () => {
    expect(read(requestResponse())).toMatchObject({
      kind: 'resource log',
      time: { seconds: Date.UTC(2026, 2, 10, 21, 41, 5) / 1000, nanos: 435_000_000 },
      timeFrom: 'record',
      resourceId: RESOURCE,
      category: 'RequestResponse',
      operationName: 'ChatCompletions_Create',
      durationMs: 812,
      resultSignature: '200',
      callerIpAddress: '20.51.7.***',
      properties: { requestTime: '638481757794854611', modelDeploymentName: 'chat' },
      others: [],
    });
    expect(repairs).toEqual({});
  });

  it('is the same with its properties as text', () => {
    const record = parseLossless(requestResponse()) as JsonObject;
    const properties = /"properties":(\{.*\})\}$/.exec(requestResponse())?.[1] ?? '';
    expect(read({ ...record, properties })).toEqual({ ...read(requestResponse()), source: { ...record, properties } });
    read({ ...record, properties });
    expect(repairs).toEqual({ 'properties as text': 1 });
  });

  it('has properties also where they are text with single quotes', () => {
    const record = read({
      category: 'FunctionAppLogs',
      time: '08/06/2025 14:26:04',
      properties: "{'message':'it\\'s on','levelId':2}",
    });
    expect(record).toMatchObject({ properties: { message: "it's on", levelId: 2 }, propertiesText: '' });
    expect(repairs).toEqual({ 'properties as text': 1, 'single quotes': 1, 'unusual time': 1 });
  });

  it('keeps properties that cannot be parsed as text, and others that are no object as they are', () => {
    expect(read({ category: 'X', properties: '[227 B blob data]' })).toMatchObject({
      properties: null,
      propertiesText: '[227 B blob data]',
    });
    expect(read({ category: 'X', properties: [1, 2] })).toMatchObject({ properties: null, others: [['properties', [1, 2]]] });
  });

  it('knows its members in any case, and numbers as text', () => {
    expect(read({ Level: '4', DURATIONMS: '812', operationname: 'x', ResourceId: '/a' })).toMatchObject({
      level: '4',
      durationMs: 812,
      operationName: 'x',
      resourceId: '/a',
    });
    expect(read({ Level: 4, durationMs: -1021 })).toMatchObject({ level: '4', durationMs: -1021 });
  });

  it('loses nothing that it does not understand', () => {
    const record = read({
      time: '2026-03-10T21:41:05Z',
      durationMs: 'long',
      operationName: { value: 'X' },
      category: 'A',
      CATEGORY: 'B',
      Sku: 'Basic',
      identity: { claims: {} },
      unit: 'Count',
    });
    expect(record.kind === 'platform metric' ? [] : Object.fromEntries(record.others)).toEqual({
      CATEGORY: 'B',
      Sku: 'Basic',
      identity: { claims: {} },
      unit: 'Count',
      durationMs: 'long',
      operationName: { value: 'X' },
    });
  });

  it.each([
    [{ timeStamp: '2026-03-10T21:41:05Z' }, 'record'],
    [{ EventTimeString: '3/10/2026 9:41:05 PM +00:00' }, 'record'],
    [{ time: 'broken', timeStamp: '2026-03-10T21:41:05Z' }, 'record'],
    [{ time: 1_773_178_865 }, 'record'],
    [{ time: 1_773_178_865_000 }, 'record'],
    [{ time: 'broken' }, 'enqueued'],
    [{ time: '0001-01-01T00:00:00' }, 'enqueued'],
    [{}, 'enqueued'],
  ])('of %j has its time from the %s', (members, from) => {
    const record = read({ category: 'X', ...members });
    expect(record.timeFrom).toBe(from);
    expect(record.time).toEqual(from === 'enqueued' ? ENQUEUED : { seconds: 1_773_178_865, nanos: 0 });
    expect(repairs).toEqual(from === 'enqueued' ? { 'no time': 1 } : { 'unusual time': 1 });
  });
});

describe('an activity log', () => {
  it.each(['Administrative', 'ServiceHealth', 'Recommendation', 'Write'])('is told by its category %s', (category) => {
    expect(read({ time: '2026-03-10T21:41:05Z', category }).kind).toBe('activity log');
  });
});

describe('a platform metric', () => {
  it('is read with its aggregates', () => {
    expect(read(platformMetric('ModelRequests', 9.5))).toMatchObject({
      kind: 'platform metric',
      name: 'ModelRequests',
      grain: 'PT1M',
      unit: '',
      aggregates: { count: 4, total: 9.5, minimum: 1, maximum: 4, average: 2.375 },
      dimensions: null,
    });
  });

  it('is read with capitals, dimensions and numbers as text, as a data collection rule exports it', () => {
    const record = {
      metricName: 'GeneratedTokens',
      Total: '46',
      Count: 1,
      unit: 'Count',
      dimension: { ModelDeploymentName: 'chat' },
    };
    expect(read(record)).toMatchObject({
      aggregates: { total: 46, count: 1 },
      unit: 'Count',
      dimensions: { ModelDeploymentName: 'chat' },
    });
  });

  it('has no value where none was sent', () => {
    const record = read({ metricName: 'X', total: 1, average: 'NaN' });
    expect(record.kind === 'platform metric' ? record.aggregates : null).toEqual({ total: 1 });
  });

  it('keeps a whole number that is beyond 2^53', () => {
    expect(read('{"metricName":"X","total":9007199254740993}')).toMatchObject({ aggregates: { total: '9007199254740993' } });
  });

  it('without any number is a log, so that it is not lost', () => {
    expect(read({ metricName: 'X', timeGrain: 'PT1M' })).toMatchObject({
      kind: 'resource log',
      others: [
        ['metricName', 'X'],
        ['timeGrain', 'PT1M'],
      ],
    });
  });
});

describe('a record that names things otherwise', () => {
  const APP = '/SUBSCRIPTIONS/S/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.INSIGHTS/COMPONENTS/APP';

  it('is a row of Application Insights, with its table as category, its duration and its properties', () => {
    const row = {
      time: '2026-03-10T21:41:05.4350000Z',
      resourceId: APP,
      ResourceGUID: 'g',
      Type: 'AppRequests',
      OperationName: 'POST /chat',
      Name: 'POST /chat',
      DurationMs: 12.5,
      ResultCode: '200',
      Properties: { deployment: 'chat' },
    };
    expect(read(row)).toMatchObject({
      kind: 'resource log',
      category: 'AppRequests',
      resourceId: APP,
      operationName: 'POST /chat',
      durationMs: 12.5,
      properties: { deployment: 'chat' },
      others: [
        ['ResourceGUID', 'g'],
        ['Type', 'AppRequests'],
        ['Name', 'POST /chat'],
        ['ResultCode', '200'],
      ],
    });
    expect(repairs).toEqual({});
  });

  it.each([
    [0, 'Verbose'],
    [2, 'Warning'],
    ['3', 'Error'],
    [4, 'Critical'],
    [9, ''],
  ])('has a level of Application Insights, %s, as its word', (SeverityLevel, level) => {
    expect(read({ time: '2026-03-10T21:41:05Z', Type: 'AppTraces', SeverityLevel })).toMatchObject({ level });
  });

  it('is a row of a workspace’s export, with its time and resource', () => {
    const row = { TimeGenerated: '2026-03-10T21:41:05.4350000Z', _ResourceId: APP.toLowerCase(), Type: 'AzureDiagnostics' };
    expect(read(row)).toMatchObject({
      category: 'AzureDiagnostics',
      resourceId: APP.toLowerCase(),
      time: { seconds: Date.UTC(2026, 2, 10, 21, 41, 5) / 1000 },
      timeFrom: 'record',
    });
  });

  it('is an alert of Defender for Cloud, whose resource stands among others', () => {
    const alert = {
      VendorName: 'Microsoft',
      AlertType: 'AI.Azure_Jailbreak.ContentFiltering.BlockedAttempt',
      ProductName: 'Microsoft Defender for Cloud',
      TimeGenerated: '2026-03-10T21:41:05.0000000Z',
      Severity: 'High',
      SystemAlertId: 'id-1',
      ResourceIdentifiers: [
        { $id: '2', Type: 'AAD' },
        { $id: '3', AzureResourceId: RESOURCE, Type: 'AzureResource' },
      ],
    };
    expect(read(alert)).toMatchObject({ kind: 'resource log', category: 'SecurityAlert', resourceId: RESOURCE, level: 'High' });
  });

  it('keeps what it says itself', () => {
    const record = { category: 'Audit', Type: 'x', resourceId: 'r', _ResourceId: 'y', level: 'Error', SeverityLevel: 1 };
    expect(read(record)).toMatchObject({ category: 'Audit', resourceId: 'r', level: 'Error' });
    expect(read({ time: '2026-03-10T21:41:05Z', Severity: 'High' })).toMatchObject({ category: '', level: '' });
  });
});
