interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

/** Runs work by name, of each name at most `limit` at once; the rest waits in order. */
export function lanes(limit: number): <Result>(name: string, work: () => Promise<Result>) => Promise<Result> {
  const known = new Map<string, Lane>();
  return async (name, work) => {
    const lane = known.get(name) ?? { running: 0, waiting: [] };
    known.set(name, lane);
    if (lane.running < limit) lane.running += 1;
    else await new Promise<void>((go) => lane.waiting.push(go));
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      // The slot passes to the next in line without becoming free in between.
      if (next !== undefined) next();
      else if (--lane.running === 0) known.delete(name);
    }
  };
}
