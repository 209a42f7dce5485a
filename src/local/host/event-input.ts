import type { ReceivedEventData } from '@azure/event-hubs';
import { withPayloadMembers } from './binding-data.ts';
import type { TriggerInput } from './invoker.ts';
import { json, offsetTime, plainTime, type TriggerMetadata, type TypedData } from './typed-data.ts';

export interface PartitionInfo {
  readonly fullyQualifiedNamespace: string;
  readonly eventHubName: string;
  readonly consumerGroup: string;
  readonly partitionId: string;
}

export interface EventEncoding {
  readonly binary: boolean;
  /** The app has set the capability `IncludeEmptyEntriesInMessagePayload`. */
  readonly keepEmpty: boolean;
}

/**
 * A batch as a function with cardinality `many` gets it. As in Azure, text bodies that are empty are missing from the array while the
 * metadata arrays keep their places, absent partition keys are left out of theirs, and times have no zone.
 */
export function batchInput(
  events: readonly ReceivedEventData[],
  partition: PartitionInfo,
  encoding: EventEncoding,
): TriggerInput {
  const bodies = events.map(bytesOf);
  return {
    data: encoding.binary
      ? { collectionBytes: { bytes: bodies } }
      : { collectionString: { string: entries(bodies.map(String), encoding.keepEmpty) } },
    metadata: {
      PartitionContext: partitionContext(partition),
      EnqueuedTimeUtcArray: json(events.map((event) => plainTime(event.enqueuedTimeUtc.getTime()))),
      PropertiesArray: json(events.map((event) => event.properties ?? {})),
      SystemPropertiesArray: json(events.map(systemProperties)),
      PartitionKeyArray: {
        collectionString: {
          string: entries(
            events.map((event) => event.partitionKey ?? ''),
            encoding.keepEmpty,
          ),
        },
      },
      OffsetArray: { collectionString: { string: events.map((event) => String(event.offset)) } },
      SequenceNumberArray: { collectionSint64: { sint64: events.map((event) => event.sequenceNumber) } },
    },
  };
}

/** One event as a function with cardinality `one` gets it; the members of a JSON body overwrite metadata of the same name. */
export function eventInput(event: ReceivedEventData, partition: PartitionInfo, { binary }: EventEncoding): TriggerInput {
  const body = bytesOf(event);
  const metadata: TriggerMetadata = {
    PartitionContext: partitionContext(partition),
    PartitionKey: { string: event.partitionKey ?? '' },
    Offset: { string: String(event.offset) },
    SequenceNumber: json(event.sequenceNumber),
    EnqueuedTimeUtc: json(plainTime(event.enqueuedTimeUtc.getTime())),
    Properties: json(event.properties ?? {}),
    SystemProperties: json(systemProperties(event)),
  };
  if (binary) return { data: { bytes: body }, metadata };
  const text = body.toString('utf8');
  return { data: { string: text }, metadata: withPayloadMembers(metadata, text) };
}

/** Bodies that are no bytes (AMQP value and sequence sections) as JSON: what the trigger makes of them was not measured. */
function bytesOf({ body }: ReceivedEventData): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body === null || body === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8');
}

function entries(texts: readonly string[], keepEmpty: boolean): readonly string[] {
  return keepEmpty ? texts : texts.filter((text) => text !== '');
}

function partitionContext(partition: PartitionInfo): TypedData {
  return json({
    FullyQualifiedNamespace: partition.fullyQualifiedNamespace,
    EventHubName: partition.eventHubName,
    ConsumerGroup: partition.consumerGroup,
    PartitionId: partition.partitionId,
    IsCheckpointingAfterInvocation: true,
  });
}

function systemProperties(event: ReceivedEventData): object {
  const at = event.enqueuedTimeUtc.getTime();
  return {
    'x-opt-sequence-number': event.sequenceNumber,
    'x-opt-offset': String(event.offset),
    'x-opt-enqueued-time': offsetTime(at),
    ...(event.partitionKey === undefined || event.partitionKey === null ? {} : { 'x-opt-partition-key': event.partitionKey }),
    SequenceNumber: event.sequenceNumber,
    Offset: String(event.offset),
    PartitionKey: event.partitionKey ?? null,
    EnqueuedTimeUtc: plainTime(at),
  };
}
