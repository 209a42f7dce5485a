import rhea, { type Message } from 'rhea';
import type { Arrival } from './partition-log.ts';

/** Messages whose body is a row of data sections, each an encoded message: how the clients send batches. */
const BATCH_FORMAT = 0x80013700;
const PARTITION_KEY = 'x-opt-partition-key';
/** http://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-messaging-v1.0-os.html#type-message-annotations */
const [DESCRIBED, SMALL_ULONG, MESSAGE_ANNOTATIONS] = [0x00, 0x53, 0x72] as const;

/** What a transfer held: one message, or every message of a batch, encoded. */
export interface Sent {
  readonly messages: readonly Buffer[];
  readonly key: string | null;
}

export function unpack(message: Message | Buffer, format: number | undefined): Sent {
  if (!Buffer.isBuffer(message)) return { messages: [rhea.message.encode(message)], key: keyOf(message) };
  const decoded = rhea.message.decode(message);
  if (format !== BATCH_FORMAT) return { messages: [message], key: keyOf(decoded) };
  const messages = sections(decoded.body);
  return { messages, key: keyOf(decoded) ?? (messages[0] === undefined ? null : keyOf(rhea.message.decode(messages[0]))) };
}

/** The pieces of the message as a receiver gets it: every section as it came, plus what the service adds on arrival. */
export function stamped(encoded: Buffer, { sequenceNumber, offset, at }: Arrival, key: string | null): readonly Uint8Array[] {
  const annotations = {
    ...(key === null ? {} : { [PARTITION_KEY]: key }),
    'x-opt-sequence-number': rhea.types.wrap_long(sequenceNumber),
    'x-opt-offset': String(offset),
    'x-opt-enqueued-time': rhea.types.wrap_timestamp(at),
  };
  if (beginsBehindAnnotations(encoded)) {
    return [rhea.message.encode({ message_annotations: annotations } as unknown as Message), encoded];
  }
  const message = rhea.message.decode(encoded);
  const merged = { ...message, message_annotations: { ...annotationsOf(message), ...annotations } };
  return [rhea.message.encode(merged as unknown as Message)];
}

/** Sections stand in the order of their codes, each behind a descriptor that is a small ulong: annotations then belong before all of them. */
function beginsBehindAnnotations(encoded: Buffer): boolean {
  return encoded[0] === DESCRIBED && encoded[1] === SMALL_ULONG && (encoded[2] ?? 0) > MESSAGE_ANNOTATIONS;
}

/** A message with bytes as its body, as Azure's diagnostic settings send them. */
export function dataMessage(body: Uint8Array, properties?: Readonly<Record<string, unknown>>): Buffer {
  const section = rhea.message.data_section(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  const message = properties === undefined ? { body: section } : { body: section, application_properties: properties };
  return rhea.message.encode(message as unknown as Message);
}

function keyOf(message: object): string | null {
  const key = annotationsOf(message)[PARTITION_KEY];
  return key === undefined || key === null ? null : String(key);
}

function annotationsOf(message: object): Readonly<Record<string, unknown>> {
  return (message as { readonly message_annotations?: Readonly<Record<string, unknown>> }).message_annotations ?? {};
}

function sections(body: unknown): readonly Buffer[] {
  const { content } = body as { content: Buffer | readonly Buffer[] };
  return Buffer.isBuffer(content) ? [content] : content;
}
