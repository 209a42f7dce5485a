import fc from 'fast-check';

/** A resource log as Cognitive Services writes it, as text: it holds integers that `JSON.stringify` cannot write. */
export function requestResponse(
  changes: { readonly correlationId?: string; readonly message?: string; readonly ticks?: string } = {},
): string {
  const { correlationId = 'c-1', message, ticks = '638481757794854611' } = changes;
  const extra = message === undefined ? '' : `,"note":${JSON.stringify(message)}`;
  return (
    `{"time":"2026-03-10T21:41:05.4350000Z","resourceId":"${RESOURCE}","category":"RequestResponse","operationName":"ChatCompletions_Create",` +
    `"durationMs":812,"callerIpAddress":"20.51.7.***","correlationId":${JSON.stringify(correlationId)},"resultSignature":"200","location":"eastus2",` +
    `"properties":{"apiName":"Azure OpenAI API version 2024-10-21","requestTime":${ticks},"requestLength":1893,"modelDeploymentName":"chat","modelName":"gpt-4o"${extra}}}`
  );
}

export const RESOURCE =
  '/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/RG-AI/PROVIDERS/MICROSOFT.COGNITIVESERVICES/ACCOUNTS/AOAI-1';

export function platformMetric(name: string, total: number): string {
  return `{"count":4,"total":${total},"minimum":1,"maximum":4,"average":2.375,"resourceId":"${RESOURCE}","time":"2026-03-10T10:00:00.0000000Z","metricName":"${name}","timeGrain":"PT1M"}`;
}

export function wrapped(records: readonly string[]): Buffer {
  return Buffer.from(`{"records":[${records.join(',')}]}`);
}

/** Texts that are hard for a decoder: quotes, braces, line ends, digits, escapes, other scripts. */
const hard = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc
    .array(fc.constantFrom('"', "'", '{', '}', '[', ']', ',', ':', '\\', '\n', '638481757794854611', '},{', 'ü', '💡', ' '), {
      maxLength: 12,
    })
    .map((parts) => parts.join('')),
);

/** Random records as JSON text, each with a resource, a time and the place in the list as `correlationId`. */
export const recordTexts: fc.Arbitrary<readonly string[]> = fc
  .array(fc.record({ message: hard, ticks: fc.bigInt({ min: 0n, max: 10n ** 19n }) }), { minLength: 1, maxLength: 8 })
  .map((list) =>
    list.map(({ message, ticks }, index) => requestResponse({ correlationId: `c-${index}`, message, ticks: `${ticks}` })),
  );
