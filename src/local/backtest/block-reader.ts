import { Worker } from 'node:worker_threads';
import { type ErrorCode, TocsinError } from '../../model/errors.ts';
import { Boxed } from '../kql/types.ts';
import type { HourAnswer, HourAsked } from './block-thread.ts';
import { type BlockInput, blockMaker, type MadeHour, type MakeHour } from './blocks.ts';

export interface BlockReader {
  readonly read: MakeHour;
  /** Hours that are worth asking for before they are needed. */
  readonly ahead: number;
  close(): Promise<void>;
}

/** Half of what a hour's rows leave behind dies young; with less room they would be moved about before. */
const YOUNG_MB = 96;

/**
 * Makes the hours of an archive on a thread of its own, as many at a time as are asked for. What cannot be handed from one thread to another
 * (columns that are made when they are read, values of type dynamic) is made on this one.
 */
export function blockReader(input: BlockInput): BlockReader {
  if (!input.plans.every(isSendable)) return { read: blockMaker(input), ahead: 0, close: async () => {} };
  const worker = new Worker(new URL('./block-thread.ts', import.meta.url), {
    workerData: input,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const waiting: { resolve(made: MadeHour): void; reject(error: Error): void }[] = [];
  worker.on('message', (answer: HourAnswer) => {
    const asked = waiting.shift();
    if ('made' in answer) asked?.resolve(answer.made);
    else asked?.reject(new TocsinError(answer.code as ErrorCode, answer.detail));
  });
  worker.on('error', (error) => {
    for (const asked of waiting.splice(0)) asked.reject(error as Error);
  });
  return {
    ahead: 2,
    read: (hour, since) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.postMessage({ hour, since } satisfies HourAsked);
      }),
    close: async () => void (await worker.terminate()),
  };
}

function isSendable({ eager, chain }: BlockInput['plans'][number]): boolean {
  return eager && chain.columns.every(({ type }) => type !== 'dynamic') && !holdsBoxed(chain);
}

/** Values of a class of their own arrive on another thread without it. */
function holdsBoxed(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return value instanceof Boxed || Object.values(value).some(holdsBoxed);
}
