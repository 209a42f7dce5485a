import { TocsinError } from '../../model/errors.ts';

/**
 * In Azure, a promise that rejects with nobody waiting for it, and a throw from a timer callback, end the worker with every invocation in
 * it. This calls `onFatal` for both, and never smooths them over. Returns how to stop watching.
 */
export function watchProcess(onFatal: (error: unknown) => void): () => void {
  process.on('unhandledRejection', onFatal);
  process.on('uncaughtException', onFatal);
  return () => {
    process.off('unhandledRejection', onFatal);
    process.off('uncaughtException', onFatal);
  };
}

/** Says what happened and ends the process, as the worker does. */
export function exitProcess(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const advice = error instanceof TocsinError ? `\n  fix: ${error.fix}` : '';
  process.stderr.write(`Worker uncaught exception: ${text}${advice}\n`);
  process.exit(1);
}
