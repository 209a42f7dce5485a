import rhea, { type Message } from 'rhea';
import type { Arrival } from './partition-log.ts';

/** Messages whose body is a row of data sections, each an encoded message: how the clients send batches. */
const BATCH_FORMAT = 0x80013700;
const PARTITION_KEY = 'x-opt-partition-key';

/** A decoded message: its sections by name, `body` keeping the kind of section that it came in. */
export type AmqpMessage = Readonly<Record<string, unknown>>;

export interface Sent {
  readonly messages: readonly AmqpMessage[];
  readonly key: string | null;
}

/** What a transfer held: one message, or every message of a batch. */
export function unpack(message: Message | Buffer, format: number | undefined): Sent {
  if (!Buffer.isBuffer(message)) {
    const sent: AmqpMessage = { ...message };
    return { messages: [sent], key: keyOf(sent) };
  }
  const decoded = rhea.message.decode(message);
  if (format !== BATCH_FORMAT) return { messages: [decoded], key: keyOf(decoded) };
  const messages = sections(decoded.body).map((bytes) => rhea.message.decode(bytes));
  return { messages, key: keyOf(decoded) ?? (messages[0] === undefined ? null : keyOf(messages[0])) };
}

/** The message as a receiver gets it: every section as it came, plus what the service adds on arrival. */
export function stamped(message: AmqpMessage, { sequenceNumber, offset, at }: Arrival, key: string | null): AmqpMessage {
  return {
    ...message,
    message_annotations: {
      ...annotationsOf(message),
      ...(key === null ? {} : { [PARTITION_KEY]: key }),
      'x-opt-sequence-number': rhea.types.wrap_long(sequenceNumber),
      'x-opt-offset': String(offset),
      'x-opt-enqueued-time': rhea.types.wrap_timestamp(at),
    },
  };
}

/** A message with bytes as its body, as Azure's diagnostic settings send them. */
export function dataMessage(body: Uint8Array, properties?: Readonly<Record<string, unknown>>): AmqpMessage {
  const section = rhea.message.data_section(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  return properties === undefined ? { body: section } : { body: section, application_properties: properties };
}

function keyOf(message: AmqpMessage): string | null {
  const key = annotationsOf(message)[PARTITION_KEY];
  return key === undefined || key === null ? null : String(key);
}

function annotationsOf(message: AmqpMessage): Readonly<Record<string, unknown>> {
  return (message.message_annotations ?? {}) as Readonly<Record<string, unknown>>;
}

function sections(body: unknown): readonly Buffer[] {
  const { content } = body as { content: Buffer | readonly Buffer[] };
  return Buffer.isBuffer(content) ? [content] : content;
}
