import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/* One of the two that are measured: a process that answers questions by name until it is left alone. */

export interface Attempt {
  readonly ms: number;
  readonly rows: readonly (readonly unknown[])[];
}

export interface Side<About = unknown> {
  /** What it found out while it got ready. */
  readonly about: About;
  ask(name: string): Promise<Attempt>;
  end(): Promise<void>;
}

/** Starts a script of this folder; resolves when it is ready. Its memory and its compiled code are its own. */
export async function startSide<About>(script: string, flags: readonly string[], args: readonly string[]): Promise<Side<About>> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = fork(path, [...args], { execArgv: [...flags], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`${script} ended with ${code}`);
  });
  gone.catch(() => undefined);
  const said = (): Promise<unknown> => Promise.race([once(child, 'message').then(([message]) => message as unknown), gone]);
  const about = (await said()) as About;
  return {
    about,
    ask: async (name) => {
      const answered = said();
      child.send(name);
      return (await answered) as Attempt;
    },
    end: async () => {
      child.disconnect();
      await gone.catch(() => undefined);
    },
  };
}

/** In the process itself: ready, and what to do with each question. */
export function answer(about: object, attempt: (name: string) => Promise<Attempt>): void {
  process.on('message', (name: string) => {
    void attempt(name).then((made) => process.send?.(made));
  });
  process.send?.(about);
}
