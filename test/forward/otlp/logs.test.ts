import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../../src/forward/decode.ts';
import type { Json, JsonObject } from '../../../src/forward/json.ts';
import { encodeLogs, type LogItem } from '../../../src/forward/otlp/logs.ts';
import { readRecord } from '../../../src/forward/record.ts';
import { recordTexts, requestResponse, wrapped } from '../../support/diagnostic-records.ts';
import { decodeOtlpLogs, type OtlpValue } from '../../support/otlp.ts';

const NOW = { seconds: 1_773_178_900, nanos: 250_000_000 };
/** What is taken out has tests of its own. */
const KEEP_ALL = { content: false, secrets: false, emails: false };

function item(record: JsonObject, position = 0): LogItem {
  const read = readRecord(record, NOW, {});
  if (read.kind === 'platform metric') throw new Error('a metric');
  return { record: read, position };
}

const items = (...bodies: readonly Buffer[]) => bodies.flatMap((body) => decodeBody(body).records.map(item));
const sent = (...list: readonly LogItem[]) => decodeOtlpLogs(encodeLogs(list, NOW, KEEP_ALL).body);
const one = (record: JsonObject) => {
  const [log] = sent(item(record));
  if (log === undefined) throw new Error('nothing was encoded');
  return log;
};

describe('an Azure OpenAI request as an OTLP log record', () => {
  const [log] = sent(...items(wrapped([requestResponse()])));

  it('keeps its time to 100 ns, and says when it was seen', () => {
    expect(log?.timeUnixNano).toBe(1_773_178_865_435_000_000n);
    expect(log?.observedTimeUnixNano).toBe(1_773_178_900_250_000_000n);
  });

  it('belongs to its resource', () => {
    expect(log?.resource).toEqual({
      'cloud.provider': 'azure',
      'cloud.resource_id':
        '/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/RG-AI/PROVIDERS/MICROSOFT.COGNITIVESERVICES/ACCOUNTS/AOAI-1',
      'cloud.account.id': '0b1f6471-1bf0-4dda-aec3-111122223333',
      'cloud.region': 'eastus2',
      'azure.resource_group.name': 'RG-AI',
      'azure.resource_provider.namespace': 'Microsoft.CognitiveServices',
      'azure.resource.type': 'microsoft.cognitiveservices/accounts',
      'azure.resource.name': 'AOAI-1',
    });
    expect(log?.scope).toEqual({ name: 'tocsin.forward', version: '3' });
    expect(log?.eventName).toBe('azure.resource.log');
  });

  it('speaks the words of the semantic conventions', () => {
    expect(log?.attributes).toEqual({
      'azure.category': 'RequestResponse',
      'azure.operation.name': 'ChatCompletions_Create',
      'azure.operation.duration': 812n,
      'azure.correlation_id': 'c-1',
      'azure.result.signature': '200',
      'network.peer.address': '20.51.7.***',
      'gen_ai.provider.name': 'azure.ai.openai',
      'gen_ai.operation.name': 'chat',
      'openai.api.type': 'chat_completions',
      'gen_ai.request.model': 'chat',
      'azure.ai.openai.deployment.name': 'chat',
      'gen_ai.response.model': 'gpt-4o',
      'azure.ai.openai.api.name': 'Azure OpenAI API version 2024-10-21',
      'azure.ai.openai.request.ticks': '638481757794854611',
      'azure.ai.openai.request.time': '2024-04-08T12:22:59.4854611Z',
      'http.request.body.size': 1893n,
      'http.response.status_code': 200n,
      'log.record.uid': expect.stringMatching(/^[\w-]{16}$/),
    });
  });

  it.each([
    ['200', 0, undefined],
    ['429', 13, '429'],
    ['400', 13, '400'],
    ['503', 17, '503'],
  ])('of status %s has severity %d', (resultSignature, severity, error) => {
    const log = one({ category: 'RequestResponse', resultSignature });
    expect(log.severityNumber).toBe(severity);
    expect(log.attributes['error.type']).toBe(error);
  });

  it('sums its tokens, which come as lists', () => {
    const properties = {
      promptTokens: [800, 12],
      generatedTokens: [95],
      cachedTokens: 3,
      streamType: 'Streaming',
      objectId: 'a-person',
    };
    expect(one({ category: 'AzureOpenAIRequestUsage', properties }).attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 812n,
      'gen_ai.usage.output_tokens': 95n,
      'gen_ai.usage.cache_read.input_tokens': 3n,
      'gen_ai.request.stream': true,
    });
  });

  it('does not name the caller', () => {
    const properties = { objectId: 'a-person', apiName: 'x' };
    const text = JSON.stringify(
      one({ category: 'RequestResponse', properties, identity: { claims: { name: 'a-person' } } }),
      (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value),
    );
    expect(text).not.toContain('a-person');
  });

  it('sends what it cannot convert as it came', () => {
    const properties = { promptTokens: ['many'], requestLength: 'long', requestTime: 'noon' };
    expect(one({ category: 'RequestResponse', properties }).attributes).toMatchObject({
      'gen_ai.usage.input_tokens': ['many'],
      'http.request.body.size': 'long',
      'azure.ai.openai.request.ticks': 'noon',
    });
  });
});

describe('other records as OTLP log records', () => {
  it('of Azure ML have their properties in snake case, and their message as body', () => {
    const log = one({
      category: 'AmlOnlineEndpointTrafficLog',
      durationMs: 118,
      properties: {
        Method: 'POST',
        ResponseCode: '424',
        TotalDurationMs: '118.4',
        XMSClientRequestId: 'x',
        TotalE2ETimeInSeconds: '2',
        Message: 'hello',
      },
    });
    expect(log.body).toBe('hello');
    expect(log.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.response.status_code': 424n,
      'azure.operation.duration': 118.4,
      'azure.ml.xms_client_request_id': 'x',
      'azure.ml.total_e2e_time_in_seconds': '2',
    });
  });

  it('of other categories keep the names of their properties', () => {
    const log = one({
      category: 'FunctionAppLogs',
      level: 'Warning',
      Sku: 'Basic',
      properties: { message: 'hi', levelId: 2, deep: { a: [1, null] } },
    });
    expect(log).toMatchObject({
      body: 'hi',
      severityNumber: 13,
      severityText: 'Warning',
      attributes: { levelId: 2n, deep: { a: [1n, null] }, 'azure.record.Sku': 'Basic' },
    });
  });

  it.each([
    ['Informational', 9],
    ['4', 9],
    ['Critical', 21],
    ['ERROR', 17],
    ['Verbose', 5],
    ['of its own kind', 0],
  ])('of level %s have severity %d', (level, severity) => {
    expect(one({ category: 'X', level })).toMatchObject({ severityNumber: severity, severityText: level });
  });

  it('say when their time is not their own, and keep properties that are no JSON', () => {
    expect(one({ category: 'X', properties: '{broken' }).attributes).toMatchObject({
      'tocsin.time.from': 'enqueued',
      'azure.properties': '{broken',
    });
  });

  it('that could not be parsed are their text', () => {
    const record = {
      kind: 'text',
      text: '{"time": "xy',
      reason: 'record is not JSON',
      time: NOW,
      resourceId: '',
      tenantId: '',
      location: '',
    } as const;
    const [log] = sent({ record, position: 0 });
    expect(log).toMatchObject({
      body: '{"time": "xy',
      attributes: { 'tocsin.unparsed': 'record is not JSON' },
      timeUnixNano: 1_773_178_900_250_000_000n,
    });
  });
});

describe('the uid of a record', () => {
  const uids = (...list: readonly LogItem[]) => sent(...list).map(({ attributes }) => attributes['log.record.uid']);

  it('is the same at every redelivery, whenever that is and whatever comes with it', () => {
    const [a, b, c] = items(
      wrapped([requestResponse(), requestResponse({ correlationId: 'b' }), requestResponse({ correlationId: 'c' })]),
    );
    if (a === undefined || b === undefined || c === undefined) throw new Error('three records');
    const later = decodeOtlpLogs(encodeLogs([c, a], { seconds: 1, nanos: 0 }).body).map(
      ({ attributes }) => attributes['log.record.uid'],
    );
    const [ofA, , ofC] = uids(a, b, c);
    expect(later).toEqual([ofC, ofA]);
  });

  it('differs between records, also of equal content in one body, and by resource', () => {
    const same = items(wrapped([requestResponse(), requestResponse(), requestResponse({ correlationId: 'x' })]));
    const elsewhere = item({ category: 'X', resourceId: '/subscriptions/a' });
    expect(new Set(uids(...same, elsewhere, item({ category: 'X', resourceId: '/subscriptions/b' }))).size).toBe(5);
  });
});

describe('any properties', () => {
  const expected = (value: Json): OtlpValue => {
    if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
    if (typeof value === 'string') return Buffer.from(value).toString();
    if (Array.isArray(value)) return value.map(expected);
    if (typeof value !== 'object' || value === null) return value as boolean | null;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== null)
        .map(([name, member]) => [Buffer.from(name).toString(), expected(member)]),
    );
  };

  it('arrive with their values, whatever their type, depth and script', () => {
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: 'binary' }),
        fc.string({ minLength: 30, maxLength: 60 }),
        fc.maxSafeInteger(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
        fc.boolean(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }).map((object) => ({ ...object })),
      ),
    }));
    const name = fc.stringMatching(/^x[A-Za-z]{1,12}$/);
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 6 }), (properties) => {
        expect(one({ category: 'X', properties: { ...properties } }).attributes).toMatchObject(
          expected({ ...properties }) as object,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('arrive in requests of any records, in their order', () => {
    fc.assert(
      fc.property(recordTexts, (texts) => {
        expect(sent(...items(wrapped(texts))).map(({ attributes }) => attributes['azure.correlation_id'])).toEqual(
          texts.map((_, index) => `c-${index}`),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('are long texts as well as short ones', () => {
    for (const length of [39, 40, 41, 127, 128, 16_383, 16_384, 1_200_000]) {
      const text = 'b'.repeat(length);
      expect(
        one({ category: 'GatewayLogs', properties: { responseBody: text, ['k'.repeat(length % 300)]: `ü${text}` } }).attributes,
      ).toMatchObject({
        responseBody: text,
        ['k'.repeat(length % 300)]: `ü${text}`,
      });
    }
  });

  it('that cannot be encoded fail alone', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as Json;
    const bad = item({ category: 'X', properties: { deep } });
    const encoded = encodeLogs([item({ category: 'A' }), bad, item({ category: 'B' })], NOW, KEEP_ALL);
    expect(decodeOtlpLogs(encoded.body).map(({ attributes }) => attributes['azure.category'])).toEqual(['A', 'B']);
    expect(encoded.failed.map(({ item: failed }) => failed)).toEqual([bad]);
    expect(encoded.order).toHaveLength(2);
  });
});
