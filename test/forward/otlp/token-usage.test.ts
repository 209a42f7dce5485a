import { describe, expect, it } from 'vitest';
import { gather, release } from '../../../src/app/forward/gather.ts';
import { requestsOf } from '../../../src/app/forward/requests.ts';
import { jsonOfRequest } from '../../../src/forward/otlp/json.ts';
import { encodeTokenUsage } from '../../../src/forward/otlp/token-usage.ts';
import type { OtlpSink } from '../../../src/model/sink.ts';
import { RESOURCE, requestResponse, wrapped } from '../../support/diagnostic-records.ts';
import { decodeOtlpHistograms } from '../../support/otlp.ts';

const usage = (second: number, properties: object, others: object = {}) =>
  JSON.stringify({
    time: `2026-03-10T10:00:0${second}.0000000Z`,
    resourceId: RESOURCE,
    category: 'AzureOpenAIRequestUsage',
    operationName: 'ChatCompletions_Create',
    callerIpAddress: '20.51.7.***',
    properties: {
      apiName: 'Azure OpenAI API version 2024-10-21',
      modelDeploymentName: 'chat',
      modelName: 'gpt-4o',
      ...properties,
    },
    ...others,
  });

/** By the bytes of a common body, and by the plain way. */
const WAYS = [
  ['read by bytes', (records: readonly string[]) => wrapped(records)],
  ['parsed', (records: readonly string[]) => Buffer.from(records.join('\n'))],
] as const;

function encode(body: Buffer) {
  const event = { body, partition: '0', sequenceNumber: '1', offset: '1', enqueuedAt: '2026-03-10T10:00:00Z' };
  const gathered = gather('hub', [event], 0);
  const encoded = encodeTokenUsage(gathered.logs);
  release(gathered);
  return encoded;
}

const brief = (body: Buffer) =>
  decodeOtlpHistograms(body).map(({ attributes, count, sum, min, max }) => [
    attributes['gen_ai.token.type'],
    attributes['azure.ai.openai.deployment.name'],
    Number(count),
    sum,
    min,
    max,
  ]);

describe.each(WAYS)('tokens of records %s', (_, bodyOf) => {
  it('are a histogram of input and output by deployment, model and caller, from the first record to the last', () => {
    const encoded = encode(
      bodyOf([
        usage(3, { promptTokens: [12, 30], generatedTokens: [5], cachedTokens: [0] }),
        usage(1, { promptTokens: 8, generatedTokens: '7' }),
        usage(2, { promptTokens: [1], generatedTokens: [2], modelDeploymentName: 'mini' }),
      ]),
    );
    const points = decodeOtlpHistograms(encoded?.body ?? Buffer.alloc(0));
    expect(points[0]).toMatchObject({
      metric: 'gen_ai.client.token.usage',
      unit: '{token}',
      temporality: 1,
      startTimeUnixNano: 1_773_136_801_000_000_000n,
      timeUnixNano: 1_773_136_803_000_000_000n,
      attributes: {
        'gen_ai.token.type': 'input',
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'azure.ai.openai',
        'gen_ai.request.model': 'chat',
        'gen_ai.response.model': 'gpt-4o',
        'network.peer.address': '20.51.7.***',
      },
    });
    expect(points[0]?.resource['cloud.resource_id']).toBe(RESOURCE);
    expect(brief(encoded?.body ?? Buffer.alloc(0))).toEqual([
      ['input', 'chat', 2, 50, 8, 42],
      ['output', 'chat', 2, 12, 5, 7],
      ['input', 'mini', 1, 1, 1, 1],
      ['output', 'mini', 1, 2, 2, 2],
    ]);
  });

  it('are of one metric for each resource', () => {
    const other = usage(1, { promptTokens: [2] }, { resourceId: `${RESOURCE}-2` });
    const encoded = encode(bodyOf([usage(1, { promptTokens: [1] }), other]));
    expect(encoded?.metrics).toBe(2);
  });

  it('are none of records that tell none, or nothing that is a count', () => {
    expect(encode(bodyOf([requestResponse(), usage(1, { promptTokens: ['x'], generatedTokens: [-3] })]))).toBeNull();
  });

  it('are the same in JSON', () => {
    const encoded = encode(bodyOf([usage(1, { promptTokens: [3] })]));
    const { resourceMetrics } = JSON.parse(jsonOfRequest('/v1/metrics', encoded?.body ?? Buffer.alloc(0)).toString());
    const [metric] = resourceMetrics[0].scopeMetrics[0].metrics;
    expect(metric).toMatchObject({
      name: 'gen_ai.client.token.usage',
      unit: '{token}',
      histogram: { aggregationTemporality: 1 },
    });
    const [point] = metric.histogram.dataPoints;
    expect(point).toMatchObject({ count: '1', sum: 3, min: 3, max: 3 });
    expect(point.attributes).toContainEqual({ key: 'gen_ai.token.type', value: { stringValue: 'input' } });
  });
});

describe('a sink that asks for tokens', () => {
  const pathsOf = (settings: Partial<OtlpSink>) => {
    const body = wrapped([usage(1, { promptTokens: [3] }), requestResponse()]);
    const event = { body, partition: '0', sequenceNumber: '1', offset: '1', enqueuedAt: '2026-03-10T10:00:00Z' };
    const { logs, metrics } = gather('hub', [event], 0);
    const sink: OtlpSink = { kind: 'otlp', name: 'a', url: 'http://a.example', headers: {}, ...settings };
    return [...requestsOf('hub', logs, metrics, sink, 0, () => {})].map(({ path, records }) => [path, records]);
  };

  it('is sent them beside the records, and counts none twice', () => {
    expect(pathsOf({ tokenUsage: true })).toEqual([
      ['/v1/logs', 2],
      ['/v1/metrics', 0],
    ]);
    expect(pathsOf({})).toEqual([['/v1/logs', 2]]);
  });

  it('is sent them without the records, or without those that its filter leaves out', () => {
    expect(pathsOf({ tokenUsage: true, only: { signals: ['metrics'] } })).toEqual([['/v1/metrics', 0]]);
    expect(pathsOf({ tokenUsage: true, only: { signals: ['logs'] } })).toEqual([['/v1/logs', 2]]);
    expect(pathsOf({ tokenUsage: true, only: { categories: ['RequestResponse'] } })).toEqual([['/v1/logs', 1]]);
  });
});
