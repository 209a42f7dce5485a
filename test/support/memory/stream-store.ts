import { HOUR } from '../../../src/model/duration.ts';
import type { StreamHour } from '../../../src/model/stream.ts';
import type { Window } from '../../../src/model/window.ts';
import type { CallOptions, StreamStore, Version, Versioned } from '../../../src/ports.ts';
import { Faulty } from './faults.ts';
import { VersionedMap } from './versioned-map.ts';

const keyOf = (partition: string, hour: number): string => `${hour} ${partition}`;

export class MemoryStreamStore extends Faulty implements StreamStore {
  #hours = new VersionedMap<StreamHour>();

  read(partition: string, hour: number, options?: CallOptions): Promise<Versioned<StreamHour | null>> {
    return this.run('read', () => this.#hours.get(keyOf(partition, hour)), options?.signal);
  }

  replace(next: StreamHour, version: Version, options?: CallOptions): Promise<Version> {
    const key = keyOf(next.partition, next.hour);
    const write = (): Version => (this.#hours.replace(key, next, version) ? this.#hours.get(key).version : null);
    return this.run('replace', write, options?.signal);
  }

  during({ start, end }: Window, options?: CallOptions): Promise<readonly StreamHour[]> {
    const inSpan = () => this.#hours.values().filter(({ hour }) => hour < end && hour + HOUR > start);
    return this.run('during', () => inSpan().sort((left, right) => left.hour - right.hour), options?.signal);
  }

  prune(time: number, options?: CallOptions): Promise<void> {
    const old = () => this.#hours.values().filter(({ hour }) => hour + HOUR <= time);
    return this.run(
      'prune',
      () => {
        for (const one of old()) this.#hours.remove(keyOf(one.partition, one.hour));
      },
      options?.signal,
    );
  }
}
