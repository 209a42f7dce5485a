import type { KnownValues } from '../model/state.ts';

/** What is known of one target, while it is judged. */
export interface Memory {
  readonly since: number;
  readonly values: Map<string, readonly [first: number, last: number]>;
}

/** What a `changed` rule knows of its shard: opened from the state, closed into the next. */
export type Memories = Map<string, Memory>;

export function openMemories(known: Readonly<Record<string, KnownValues>> | undefined): Memories {
  return new Map(
    Object.entries(known ?? {}).map(([target, { since, values }]) => [
      target,
      { since, values: new Map(Object.entries(values)) },
    ]),
  );
}

export function closeMemories(memories: Memories, targets: readonly string[]): Readonly<Record<string, KnownValues>> {
  return Object.fromEntries(
    targets.flatMap((target) => {
      const memory = memories.get(target);
      return memory === undefined ? [] : [[target, { since: memory.since, values: Object.fromEntries(memory.values) }]];
    }),
  );
}
