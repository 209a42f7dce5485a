import { HOUR } from '../../model/duration.ts';
import type { StreamHour } from '../../model/stream.ts';
import type { StreamStore } from '../../ports.ts';
import { versionedValues } from './versioned.ts';

/** What was counted of the stream, in memory, beginning with some hours. */
export function offlineStreams(counted: readonly StreamHour[] = []): StreamStore {
  const hours = versionedValues<StreamHour>();
  const keyOf = (partition: string, hour: number): string => `${hour} ${partition}`;
  for (const one of counted) hours.replace(keyOf(one.partition, one.hour), one, null);
  return {
    read: async (partition, hour) => hours.get(keyOf(partition, hour)),
    replace: async (next, version) => {
      const key = keyOf(next.partition, next.hour);
      return hours.replace(key, next, version) ? hours.get(key).version : null;
    },
    during: async ({ start, end }) => hours.values().filter(({ hour }) => hour < end && hour + HOUR > start),
    prune: async () => {},
  };
}
