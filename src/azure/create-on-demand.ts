import { codeOf } from './sdk-errors.ts';

/** The codes by which the services say that what holds the row, message or blob does not exist (and not the thing itself). */
const MISSING = new Set(['TableNotFound', 'QueueNotFound', 'ContainerNotFound']);

export function isMissingHolder(thrown: unknown): boolean {
  return MISSING.has(codeOf(thrown));
}

/** Runs `work`; where its table, queue or container does not exist yet, creates it and runs `work` once more. */
export async function creating<Result>(work: () => Promise<Result>, create: () => Promise<unknown>): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    if (!isMissingHolder(thrown)) throw thrown;
    await create();
    return work();
  }
}
