import type { Extents, Look, SeriesMemory } from '../model/baseline.ts';

/**
 * What an anomaly rule remembers of a series: its numbers as the base64 of 64-bit floats, since printing and reading some hundred
 * of them as text takes longer than judging a sample does.
 */
export type PackedMemory = Omit<SeriesMemory, 'track'> & { readonly track: string };

const LOOKS = ['residual', 'value', 'trough', 'peak', 'variation'] as const satisfies readonly Look[];

/** Single numbers, lengths of lists, and the extents of both kinds. */
const FIXED = 6 + 4 + 2 * 2 * LOOKS.length;

/** Numbers on their way in or out, kept for the next series: a buffer of its own for each costs more than what is done with it. */
class Tape {
  private bytes = Buffer.alloc(0);
  private numbers = new Float64Array(0);
  private place = 0;
  private end = 0;

  /** Begins anew, with room for so many numbers. */
  rewind(length: number): void {
    if (this.numbers.length < length) {
      this.numbers = new Float64Array(2 * length);
      this.bytes = Buffer.from(this.numbers.buffer);
    }
    this.place = 0;
    this.end = length;
  }

  /** Begins with what `text()` gave. */
  load(text: string): void {
    this.rewind(Math.ceil(text.length / Float64Array.BYTES_PER_ELEMENT));
    this.end = Math.floor(this.bytes.write(text, 'base64') / Float64Array.BYTES_PER_ELEMENT);
  }

  text(): string {
    return this.bytes.toString('base64', 0, this.place * Float64Array.BYTES_PER_ELEMENT);
  }

  put(value: number | null | undefined): void {
    this.numbers[this.place++] = value ?? Number.NaN;
  }

  putAll(list: readonly (number | null)[]): void {
    this.put(list.length);
    for (let index = 0; index < list.length; index++) this.put(list[index]);
  }

  putExtents(extents: Extents): void {
    for (const look of LOOKS) {
      const extent = extents[look];
      this.put(extent?.[0]);
      this.put(extent?.[1]);
    }
  }

  /** Throws behind the end: what stands there is of another series. */
  next(): number {
    if (this.place >= this.end) throw new TypeError('not the memory of a series');
    return this.numbers[this.place++] as number;
  }

  list(): number[] {
    const length = this.next();
    const found: number[] = [];
    for (let index = 0; index < length; index++) found.push(this.next());
    return found;
  }

  extents(): Extents {
    const found: Partial<Record<Look, readonly [number, number]>> = {};
    for (const look of LOOKS) {
      const [low, high] = [this.next(), this.next()];
      if (!Number.isNaN(low)) found[look] = [low, high];
    }
    return found;
  }
}

const tape = new Tape();

export function packMemory({ track, ...others }: SeriesMemory): PackedMemory {
  const { values, times, hours, hourValues } = track;
  tape.rewind(FIXED + values.length + times.length + hours.length + hourValues.length);
  tape.put(track.since);
  tape.put(track.samples);
  tape.put(track.lastAt);
  tape.put(track.day);
  tape.put(track.daySamples);
  tape.put(track.hour);
  tape.putAll(values);
  tape.putAll(times);
  tape.putAll(hourValues);
  tape.putAll(hours);
  tape.putExtents(track.extents);
  tape.putExtents(track.usualExtents);
  return { ...others, track: tape.text() };
}

export function unpackMemory({ track, ...others }: PackedMemory): SeriesMemory {
  tape.load(track);
  const [since, samples, lastAt] = [tape.next(), tape.next(), tape.next()];
  const [day, daySamples, hour] = [tape.next(), tape.next(), tape.next()];
  const values = tape.list();
  const times = tape.list();
  const hourValues = tape.list();
  const hours: (number | null)[] = tape.list();
  for (let index = 0; index < hours.length; index++) if (Number.isNaN(hours[index])) hours[index] = null;
  const extents = tape.extents();
  const usualExtents = tape.extents();
  return {
    ...others,
    track: { since, samples, lastAt, values, times, day, daySamples, hours, hour, hourValues, extents, usualExtents },
  };
}
