import type { Extents, Look, SeriesMemory, SeriesTrack } from '../model/baseline.ts';

/**
 * What an anomaly rule remembers of a series: its numbers as the base64 of 64-bit floats, since printing and reading some hundred
 * of them as text takes longer than judging a sample does.
 */
export type PackedMemory = Omit<SeriesMemory, 'track'> & { readonly track: string };

const LOOKS = ['residual', 'value', 'trough', 'peak', 'variation'] as const satisfies readonly Look[];

/** Single numbers, lengths of lists, and the extents of both kinds. */
const FIXED = 6 + 4 + 2 * 2 * LOOKS.length;

export function packMemory({ track, ...others }: SeriesMemory): PackedMemory {
  const { values, times, hours, hourValues } = track;
  const numbers = new Float64Array(FIXED + values.length + times.length + hours.length + hourValues.length);
  let place = 0;
  const put = (value: number | null | undefined): void => {
    numbers[place++] = value ?? Number.NaN;
  };
  const putAll = (list: readonly (number | null)[]): void => {
    put(list.length);
    for (let index = 0; index < list.length; index++) put(list[index]);
  };
  put(track.since);
  put(track.samples);
  put(track.lastAt);
  put(track.day);
  put(track.daySamples);
  put(track.hour);
  putAll(values);
  putAll(times);
  putAll(hourValues);
  putAll(hours);
  for (const extents of [track.extents, track.usualExtents]) {
    for (const look of LOOKS) {
      const extent = extents[look];
      put(extent?.[0]);
      put(extent?.[1]);
    }
  }
  return { ...others, track: Buffer.from(numbers.buffer).toString('base64') };
}

export function unpackMemory({ track: text, ...others }: PackedMemory): SeriesMemory {
  const bytes = Buffer.from(text, 'base64');
  const numbers = new Float64Array(bytes.length / Float64Array.BYTES_PER_ELEMENT);
  new Uint8Array(numbers.buffer).set(bytes);
  let place = 0;
  const next = (): number => numbers[place++] as number;
  const list = (): number[] => {
    const length = next();
    const found = new Array<number>(length);
    for (let index = 0; index < length; index++) found[index] = next();
    return found;
  };
  const [since, samples, lastAt, day, daySamples, hour] = [next(), next(), next(), next(), next(), next()];
  const values = list();
  const times = list();
  const hourValues = list();
  const hours = list().map((value) => (Number.isNaN(value) ? null : value));
  const extents = (): Extents => {
    const found: Partial<Record<Look, readonly [number, number]>> = {};
    for (const look of LOOKS) {
      const [low, high] = [next(), next()];
      if (!Number.isNaN(low)) found[look] = [low, high];
    }
    return found;
  };
  const own: SeriesTrack = {
    since,
    samples,
    lastAt,
    values,
    times,
    day,
    daySamples,
    hours,
    hour,
    hourValues,
    extents: extents(),
    usualExtents: extents(),
  };
  return { ...others, track: own };
}
