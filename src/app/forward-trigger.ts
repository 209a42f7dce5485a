import type { ForwardBatch, ForwardEvent } from './forward/batch.ts';

/**
 * What an Event Hubs trigger hands over, as a batch. `messages` are Buffers when the trigger is bound to bytes with cardinality many;
 * the shapes of other bindings are taken as well, as far as they still say what was sent. Where the metadata does not have one entry
 * per message (a host that drops empty bodies keeps their metadata), nobody can say which event is whose: the events are then without
 * number, never counted as duplicates, and do not move a mark. Never throws.
 */
export function toForwardBatch(messages: unknown, metadata: unknown, hub: string): ForwardBatch {
  const trigger = membersOf(metadata);
  const partition = textOf(membersOf(trigger.partitionContext).partitionId) ?? '';
  const bodies = Array.isArray(messages) ? (messages as readonly unknown[]) : [messages];
  const places = Array.isArray(messages) ? placesOf(trigger, bodies.length) : [placeOfOne(trigger)];
  const events = bodies.map((body, index): ForwardEvent => {
    const place = places[index] ?? UNKNOWN;
    return { body: bytesOf(body), partition, ...place };
  });
  return { hub, events };
}

type Place = Pick<ForwardEvent, 'sequenceNumber' | 'offset' | 'enqueuedAt' | 'partitionKey'>;
type Members = Readonly<Record<string, unknown>>;

const UNKNOWN: Place = { sequenceNumber: '', offset: '', enqueuedAt: '' };

/**
 * Per message: the system properties first, whose values are as the hub sent them; the arrays beside them hold offsets that were
 * parsed as numbers and times without zone. An array of another length than the messages is not used.
 */
function placesOf(trigger: Members, count: number): readonly Place[] {
  const aligned = (value: unknown): readonly unknown[] => (Array.isArray(value) && value.length === count ? value : []);
  const properties = aligned(trigger.systemPropertiesArray);
  const numbers = aligned(trigger.sequenceNumberArray);
  const offsets = aligned(trigger.offsetArray);
  const times = aligned(trigger.enqueuedTimeUtcArray);
  return Array.from({ length: count }, (_, index) =>
    placeOf(membersOf(properties[index]), numbers[index], offsets[index], times[index]),
  );
}

function placeOfOne(trigger: Members): Place {
  return placeOf(membersOf(trigger.systemProperties), trigger.sequenceNumber, trigger.offset, trigger.enqueuedTimeUtc);
}

function placeOf(system: Members, number: unknown, offset: unknown, time: unknown): Place {
  const key = textOf(system['x-opt-partition-key']) ?? textOf(system.partitionKey) ?? '';
  return {
    ...(key !== '' && { partitionKey: key }),
    sequenceNumber: integerOf(system['x-opt-sequence-number']) ?? integerOf(system.sequenceNumber) ?? integerOf(number) ?? '',
    offset: textOf(system['x-opt-offset']) ?? textOf(system.offset) ?? textOf(offset) ?? '',
    enqueuedAt: timeOf(system['x-opt-enqueued-time']) ?? timeOf(system.enqueuedTimeUtc) ?? timeOf(time) ?? '',
  };
}

/** Digits of a whole number: a number, digits, a bigint, or the halves of an int64 as an unbundled worker gives them. */
function integerOf(value: unknown): string | null {
  if (typeof value === 'bigint') return value >= 0n ? String(value) : null;
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? String(BigInt(value)) : null;
  if (typeof value === 'string') return /^\d+$/.test(value) ? value : null;
  const { low, high } = membersOf(value);
  if (!Number.isInteger(low) || !Number.isInteger(high)) return null;
  const whole = BigInt.asIntN(64, (BigInt(high as number) << 32n) | BigInt.asUintN(32, BigInt(low as number)));
  return whole >= 0n ? String(whole) : null;
}

/** ISO 8601 with zone: the host writes UTC without saying so. */
function timeOf(value: unknown): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value !== 'string' || value === '') return null;
  return /(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}

/** The bytes of a body. One that the host has parsed is written as JSON again; its long integers were changed before it came here. */
function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  return Buffer.from(jsonOf(body), 'utf8');
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return String(value);
  }
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}
