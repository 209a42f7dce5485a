import { createHash } from 'node:crypto';
import { TocsinError } from '../model/errors.ts';
import type { Envelope } from '../model/messages.ts';
import type { CallOptions, Clock, JobQueue } from '../ports.ts';
import { openBlobs } from './blobs.ts';
import { creating } from './create-on-demand.ts';
import { CONTAINERS, LONG_JOBS_PREFIX } from './names.ts';
import { compress, decompress } from './pack.ts';
import { storageError } from './sdk-errors.ts';
import type { Storage } from './storage.ts';

/** A queue message is at most 64 KiB; counted as it travels, in XML, where a quotation mark takes six bytes. */
const LONGEST_BODY = 60_000;
const LONGEST_DELAY = 7 * 86_400_000;

export interface QueueOptions {
  readonly storage: Storage;
  readonly queue: string;
  readonly clock: Clock;
  /** `envelope`: the message is visible at once and its reader waits until `due`, on a clock that need not be the wall's. */
  readonly delays: 'visibility' | 'envelope';
}

/** Stands in an envelope for a body that is too long for a message as it is: gzip in base64. */
interface Packed {
  readonly $gzip: string;
}

/** Stands in an envelope for a body that is too long for a message even so. */
interface Parked {
  readonly $blob: string;
}

/**
 * Sends jobs in envelopes, as the JSON that they are: with `messageEncoding: base64` the trigger would set aside whatever is not base64
 * without telling anybody (https://github.com/Azure/azure-sdk-for-net/issues/28799). A long body is compressed; one that is too long even
 * so goes to a blob whose name is its hash, and the message names it.
 */
export function createJobQueue<Job>({ storage, queue, clock, delays }: QueueOptions): JobQueue<Job> {
  const blobs = openBlobs(storage, CONTAINERS.state);

  async function shortened(job: Job, options?: CallOptions): Promise<Job | Packed | Parked> {
    const text = JSON.stringify(job);
    if (text.length <= LONGEST_BODY && lengthInXml(asciiJson(job)) <= LONGEST_BODY) return job;
    const body = Buffer.from(text);
    const packed = compress(body).toString('base64');
    if (packed.length <= LONGEST_BODY) return { $gzip: packed };
    const name = `${LONG_JOBS_PREFIX}${createHash('sha256').update(body).digest('hex')}.json`;
    await blobs.create(name, body, { contentType: 'application/json' }, options);
    return { $blob: name };
  }

  return {
    send: async (job, delay = 0, options) => {
      const wait = Math.min(Math.max(delay, 0), LONGEST_DELAY);
      const envelope: Envelope<Job | Packed | Parked> = { v: 1, due: clock.now() + wait, body: await shortened(job, options) };
      const text = asciiJson(envelope);
      const visibilityTimeout = delays === 'visibility' ? Math.ceil(wait / 1000) : 0;
      try {
        const client = await storage.queue(queue);
        const sendOptions = {
          // The time to live must exceed the delay; a message that nobody could handle waits for its handler, not for its end.
          messageTimeToLive: -1,
          ...(visibilityTimeout > 0 && { visibilityTimeout }),
          ...(options?.signal !== undefined && { abortSignal: options.signal }),
        };
        await creating(
          () => client.sendMessage(text, sendOptions),
          () => client.createIfNotExists(),
        );
      } catch (thrown) {
        throw storageError(thrown, `queue ${queue}`, 'write');
      }
    },
  };
}

/**
 * The body of what a queue trigger hands over: the envelope as an object (the host parses JSON), as text or as bytes. Throws TCN-Q001 for
 * anything that `createJobQueue` did not send.
 */
export async function parseEnvelope(message: unknown, storage: Storage, options?: CallOptions): Promise<unknown> {
  const { body } = envelopeOf(message);
  if (isPacked(body)) return unpacked(body);
  if (!isParked(body)) return body;
  const blob = await openBlobs(storage, CONTAINERS.state).get(body.$blob, options);
  if (blob === null) throw new TocsinError('TCN-Q001', `its body ${body.$blob} is gone`);
  return parsed(Buffer.from(blob.body).toString('utf8'));
}

/** XML cannot carry every character; JSON escapes do. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function lengthInXml(text: string): number {
  const escaped = text.match(/["&'<>]/g)?.length ?? 0;
  return text.length + escaped * 5;
}

function envelopeOf(message: unknown): Envelope<unknown> {
  const value =
    typeof message === 'string' || message instanceof Uint8Array ? parsed(Buffer.from(message).toString('utf8')) : message;
  if (typeof value !== 'object' || value === null) throw new TocsinError('TCN-Q001', `${typeof value} instead of an envelope`);
  const { v, due, body } = value as Partial<Envelope<unknown>>;
  if (v !== 1) throw new TocsinError('TCN-Q001', `version ${JSON.stringify(v) ?? 'missing'} instead of 1`);
  if (typeof due !== 'number' || typeof body !== 'object' || body === null) {
    throw new TocsinError('TCN-Q001', 'an envelope without due or body');
  }
  return { v, due, body };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TocsinError('TCN-Q001', 'not JSON', { cause });
  }
}

function isPacked(body: unknown): body is Packed {
  return typeof (body as Partial<Packed>).$gzip === 'string';
}

function unpacked({ $gzip }: Packed): unknown {
  let text: string;
  try {
    text = decompress(Buffer.from($gzip, 'base64')).toString('utf8');
  } catch (cause) {
    throw new TocsinError('TCN-Q001', 'its body is not gzip', { cause });
  }
  return parsed(text);
}

function isParked(body: unknown): body is Parked {
  const name = (body as Partial<Parked>).$blob;
  return typeof name === 'string' && name.startsWith(LONG_JOBS_PREFIX);
}
