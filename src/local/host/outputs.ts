import type { QueueClient } from '@azure/storage-queue';
import { TocsinError } from '../../model/errors.ts';
import type { Binding, InvocationResponse } from './core-api.ts';
import { encodeMessage } from './queue-message.ts';
import type { TypedData } from './typed-data.ts';

const RETURN = '$return';

/**
 * The messages that a queue output becomes: every element of an array is one of its own, also of a text that is a JSON array; objects,
 * and texts that are JSON objects, are indented anew on the way (host `FunctionBinding.BindJsonAsync`).
 */
export function queueMessages(data: TypedData): readonly Buffer[] {
  if (data.bytes !== undefined) return [Buffer.from(data.bytes)];
  const text = data.string ?? data.json ?? String(data.int ?? data.double ?? '');
  const value = parsed(text);
  if (Array.isArray(value)) return value.map((one) => Buffer.from(typeof one === 'string' ? one : indented(one), 'utf8'));
  return [Buffer.from(typeof value === 'object' && value !== null ? indented(value) : text, 'utf8')];
}

/** Sends what an invocation put into its queue outputs, as the host does after a success only. Throws TCN-L005 for other outputs. */
export async function sendOutputs(
  bindings: Readonly<Record<string, Binding>>,
  response: InvocationResponse,
  queueOf: (binding: Binding) => QueueClient,
  encoding: 'base64' | 'none',
): Promise<void> {
  for (const [name, binding] of Object.entries(bindings)) {
    if (binding.direction !== 'out' || binding.type.toLowerCase() === 'http') continue;
    const data = name === RETURN ? response.returnValue : response.outputData?.find((one) => one.name === name)?.data;
    if (data === undefined || data === null) continue;
    if (binding.type !== 'queue') throw new TocsinError('TCN-L005', `outputs of type ${binding.type} are not supported locally`);
    const queue = queueOf(binding);
    await queue.createIfNotExists();
    for (const message of queueMessages(data)) await queue.sendMessage(encodeMessage(message, encoding));
  }
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function indented(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
