import type { LocalClock } from '../clock/clock.ts';
import { writeError } from '../write-error.ts';
import type { TrafficWriter } from './writer.ts';

const MINUTE = 60_000;

/** Writes each minute as the clock reaches its end. */
export function runTraffic(writer: TrafficWriter, clock: LocalClock): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = loop(writer, clock, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function loop(writer: TrafficWriter, clock: LocalClock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const next = writer.written + MINUTE;
    try {
      await clock.sleepUntil(next, signal);
    } catch (reason) {
      if (signal.aborted) return;
      throw reason;
    }
    try {
      await clock.busy(() => writer.writeUntil(next));
    } catch (thrown) {
      throw writeError(thrown, 'generated traffic');
    }
  }
}
