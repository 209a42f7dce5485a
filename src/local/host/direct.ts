import type { ReceivedEventData } from '@azure/event-hubs';
import type { DequeuedMessageItem } from '@azure/storage-queue';
import { TocsinError } from '../../model/errors.ts';
import type { InvocationResponse } from './core-api.ts';
import { batchInput, type EventEncoding, eventInput } from './event-input.ts';
import type { HostFunction } from './functions.ts';
import { httpInput } from './http-message.ts';
import type { TriggerInput } from './invoker.ts';
import { queueInput } from './queue-message.ts';
import { json } from './typed-data.ts';

/** A request given to `invoke` instead of to the server. */
interface DirectRequest {
  readonly method?: string;
  /** With the query. */
  readonly path?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

interface DirectAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * What the function's trigger would hand over for `input`: `{isPastDue}` of a timer, the body of a queue message, the bodies of a batch
 * of events (an array), a request. Bodies are text, bytes, or anything else as JSON.
 */
export function directInput(fn: HostFunction, input: unknown, now: number, encoding: EventEncoding): TriggerInput {
  switch (fn.trigger) {
    case 'timer':
      return {
        data: json({
          Schedule: { AdjustForDST: true },
          ScheduleStatus: null,
          IsPastDue: (input as { isPastDue?: boolean } | undefined)?.isPastDue ?? false,
        }),
        metadata: {},
      };
    case 'queue':
      return queueInput(messageOf(now), bytesOf(input), fn.resolved?.dataType === 'binary');
    case 'eventHub': {
      const events = (input as readonly unknown[]).map((body, index) => eventOf(body, index, now));
      if (fn.resolved?.cardinality === 'many') return batchInput(events, PARTITION, encoding);
      const [first] = events;
      if (first === undefined) throw new TocsinError('TCN-L005', `${fn.name} takes one event`);
      return eventInput(first, PARTITION, encoding);
    }
    case 'http': {
      const { method = 'GET', path = '/', params = {}, headers = {}, body = '' } = (input ?? {}) as DirectRequest;
      return httpInput(method, new URL(path, 'http://localhost'), headers, params, bytesOf(body));
    }
    default:
      throw new TocsinError('TCN-L005', `${fn.name}: triggers of type ${fn.trigger} are not supported locally`);
  }
}

/** What the function returned: a `DirectAnswer` of an HTTP function, else the value itself. */
export function directResult(fn: HostFunction, { returnValue }: InvocationResponse): unknown {
  if (fn.trigger === 'http') {
    const http = returnValue?.http;
    const body = http?.body?.bytes ?? http?.body?.string ?? '';
    const answer: DirectAnswer = {
      status: http === undefined ? 204 : Number(http.statusCode ?? 200),
      headers: http?.headers ?? {},
      body: typeof body === 'string' ? body : Buffer.from(body).toString('utf8'),
    };
    return answer;
  }
  if (returnValue === undefined || returnValue === null) return undefined;
  if (returnValue.json !== undefined) return JSON.parse(returnValue.json) as unknown;
  return returnValue.string ?? returnValue.bytes ?? returnValue.int ?? returnValue.double;
}

const PARTITION = { fullyQualifiedNamespace: 'localhost', eventHubName: 'direct', consumerGroup: '$Default', partitionId: '0' };

function messageOf(now: number): DequeuedMessageItem {
  return {
    messageId: 'direct',
    popReceipt: 'direct',
    insertedOn: new Date(now),
    expiresOn: new Date(now + 7 * 24 * 3600 * 1000),
    nextVisibleOn: new Date(now),
    dequeueCount: 1,
    messageText: '',
  };
}

function eventOf(body: unknown, index: number, now: number): ReceivedEventData {
  return {
    body: bytesOf(body),
    offset: String(index),
    sequenceNumber: index,
    enqueuedTimeUtc: new Date(now),
    partitionKey: null,
    getRawAmqpMessage: () => ({ body }),
  };
}

function bytesOf(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''), 'utf8');
}
