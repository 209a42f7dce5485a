import type { DequeuedMessageItem } from '@azure/storage-queue';
import { withPayloadMembers } from './binding-data.ts';
import type { TriggerInput } from './invoker.ts';
import { json, offsetTime, type TriggerMetadata } from './typed-data.ts';

/** The bytes of a message as they were before encoding; `null` if it is not what host.json says. */
export function decodeMessage(text: string, encoding: 'base64' | 'none'): Buffer | null {
  if (encoding === 'none') return Buffer.from(text, 'utf8');
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

export function encodeMessage(body: Uint8Array, encoding: 'base64' | 'none'): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return bytes.toString(encoding === 'none' ? 'utf8' : 'base64');
}

/** A queue message as a function gets it. */
export function queueInput(message: DequeuedMessageItem, body: Buffer, binary: boolean): TriggerInput {
  const text = body.toString('utf8');
  const metadata: TriggerMetadata = {
    QueueTrigger: { string: text },
    Id: { string: message.messageId },
    PopReceipt: { string: message.popReceipt },
    DequeueCount: json(message.dequeueCount),
    ExpirationTime: json(offsetTime(message.expiresOn.getTime())),
    InsertionTime: json(offsetTime(message.insertedOn.getTime())),
    NextVisibleTime: json(offsetTime(message.nextVisibleOn.getTime())),
  };
  if (binary) return { data: { bytes: body }, metadata };
  return { data: { string: text }, metadata: withPayloadMembers(metadata, text) };
}

/** When a message in an envelope is due, epoch ms; `null` for one that says nothing of the kind. */
export function dueOf(body: Buffer): number | null {
  try {
    const { v, due } = JSON.parse(body.toString('utf8')) as { readonly v?: unknown; readonly due?: unknown };
    return v === 1 && typeof due === 'number' ? due : null;
  } catch {
    return null;
  }
}
