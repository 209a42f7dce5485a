/** Runs work by name, of each name at most `limit` at once; the rest waits in order. */
export function lanes(limit: number): <Result>(name: string, work: () => Promise<Result>) => Promise<Result> {
  const running = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  return async (name, work) => {
    const busy = running.get(name) ?? 0;
    if (busy < limit) running.set(name, busy + 1);
    else await new Promise<void>((go) => waiting.set(name, [...(waiting.get(name) ?? []), go]));
    try {
      return await work();
    } finally {
      const [next, ...others] = waiting.get(name) ?? [];
      waiting.set(name, others);
      if (next === undefined) running.set(name, (running.get(name) ?? 1) - 1);
      else next();
    }
  };
}
