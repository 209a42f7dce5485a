import { parentPort, workerData } from 'node:worker_threads';
import { asTocsinError } from '../../model/errors.ts';
import { type BlockInput, blockMaker, type MadeHour } from './blocks.ts';

/* Reads an archive beside the thread that judges. A message asks for an hour; the answer comes in the order of asking. */

export interface HourAsked {
  readonly hour: number;
  readonly since: readonly number[];
}

export type HourAnswer = { readonly made: MadeHour } | { readonly code: string; readonly detail: string };

const make = blockMaker(workerData as BlockInput);
let last: Promise<void> = Promise.resolve();

parentPort?.on('message', ({ hour, since }: HourAsked) => {
  last = last.then(async () => {
    try {
      const made = await make(hour, since);
      parentPort?.postMessage({ made } satisfies HourAnswer, buffersOf(made));
    } catch (thrown) {
      const { code, detail } = asTocsinError(thrown);
      parentPort?.postMessage({ code, detail } satisfies HourAnswer);
    }
  });
});

/** What is handed over rather than copied. */
function buffersOf({ blocks }: MadeHour): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const add = (array: { readonly buffer: ArrayBufferLike } | null | undefined): void => {
    if (array?.buffer instanceof ArrayBuffer) buffers.add(array.buffer);
  };
  for (const { times, arrivals, columns } of blocks) {
    add(times);
    add(arrivals);
    for (const column of columns) {
      if (column.kind === 'texts') add(column.codes);
      if (column.kind !== 'numbers') continue;
      if (column.data.kind === 'numeric') {
        add(column.data.numbers);
        add(column.data.nulls);
      } else if (column.data.kind === 'bools') add(column.data.truths);
    }
  }
  return [...buffers];
}
