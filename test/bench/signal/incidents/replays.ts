import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './run.ts';

export interface Replay {
  readonly rules: 'built-in' | 'published';
  readonly seed: number;
}

/** Every replay in a process of its own, one for each core at a time; outcomes in the order asked for. */
export async function replayAll(wanted: readonly Replay[], onLine: (line: string) => void): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = [...wanted.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, replay] = next;
      outcomes[place] = await inProcess(replay, onLine);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return outcomes;
}

async function inProcess({ rules, seed }: Replay, onLine: (line: string) => void): Promise<Outcome> {
  const script = fileURLToPath(new URL('replay.ts', import.meta.url));
  const child = spawn(process.execPath, ['--max-semi-space-size=64', script, rules, String(seed)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: child.stderr }).on('line', onLine);
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`the replay of the ${rules} rules with seed ${seed} ended with ${code}`);
  return JSON.parse(printed) as Outcome;
}
