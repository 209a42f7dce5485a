import type { ShardState } from '../model/state.ts';
import { targetOfName } from './anomaly/shard.ts';

/** The part of a shard's state that concerns some of its targets, for the shards that it was split into. */
export function partOf(state: ShardState, targets: readonly string[]): ShardState {
  const wanted = new Set(targets);
  const keep = <Value>(entries: Readonly<Record<string, Value>>, targetOf: (id: string, value: Value) => string) =>
    Object.fromEntries(Object.entries(entries).filter(([id, value]) => wanted.has(targetOf(id, value))));
  return {
    ...state,
    lagging: keep(state.lagging, (id) => id),
    blind: keep(state.blind, (id) => id),
    instances: keep(state.instances, (_, instance) => instance.target),
    expected: keep(state.expected, (_, key) => key.target),
    ...(state.known === undefined ? {} : { known: keep(state.known, (id) => id) }),
    ...(state.series === undefined ? {} : { series: keep(state.series, targetOfName) }),
    ...(state.targets === undefined ? {} : { targets: state.targets.filter((id) => wanted.has(id)) }),
    unsent: state.unsent.filter((transition) => wanted.has(transition.alert.target)),
  };
}
