import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/*
 * One append-only file per partition. A frame is the length of the payload (uint32), the time of arrival (float64, epoch ms), then
 * the payload. An event's offset is the position of its frame, so offsets and sequence numbers are the same after a restart. A frame
 * that a killed process left unfinished is cut off when the file is opened: its sender never got an acknowledgement.
 */
const HEAD = 12;
/** At most this many bytes are read ahead for one receiver. */
const READ_AHEAD = 256 * 1024;

export interface Arrival {
  readonly sequenceNumber: number;
  readonly offset: number;
  readonly at: number;
}

/** The events of one partition, in order. */
export class PartitionLog {
  readonly #file: number;
  readonly #positions: number[] = [];
  readonly #times: number[] = [];
  #size = 0;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a+');
    this.#index();
  }

  /** The number of events: the sequence number that the next one gets. */
  get length(): number {
    return this.#positions.length;
  }

  /** Bytes in the file. */
  get size(): number {
    return this.#size;
  }

  /** Where and when an event came, or `null` beyond the end. */
  arrival(sequenceNumber: number): Arrival | null {
    const offset = this.#positions[sequenceNumber];
    const at = this.#times[sequenceNumber];
    return offset === undefined || at === undefined ? null : { sequenceNumber, offset, at };
  }

  /** Writes events that came together; each is told where it will stand, and gives its pieces. */
  append(at: number, events: readonly ((arrival: Arrival) => readonly Uint8Array[])[]): void {
    // Azure's arrival times never run backwards within a partition, and reading from a time relies on it.
    const time = Math.max(at, this.#times.at(-1) ?? at);
    const positions: number[] = [];
    const pieces: Uint8Array[] = [];
    let end = this.#size;
    for (const encode of events) {
      const payload = encode({ sequenceNumber: this.length + positions.length, offset: end, at: time });
      const length = payload.reduce((sum, { byteLength }) => sum + byteLength, 0);
      const head = Buffer.allocUnsafe(HEAD);
      head.writeUInt32LE(length, 0);
      head.writeDoubleLE(time, 4);
      pieces.push(head, ...payload);
      positions.push(end);
      end += HEAD + length;
    }
    writeSync(this.#file, Buffer.concat(pieces, end - this.#size));
    for (const position of positions) {
      this.#positions.push(position);
      this.#times.push(time);
    }
    this.#size = end;
  }

  /** Some events from `sequenceNumber` on: at least one where there is one. */
  read(sequenceNumber: number): readonly Buffer[] {
    const start = this.#positions[sequenceNumber];
    if (start === undefined) return [];
    let next = sequenceNumber + 1;
    while (next < this.length && this.#end(next) - start <= READ_AHEAD) next += 1;
    const bytes = Buffer.allocUnsafe(this.#end(next - 1) - start);
    readSync(this.#file, bytes, 0, bytes.byteLength, start);
    const payloads: Buffer[] = [];
    for (let one = sequenceNumber; one < next; one += 1) {
      payloads.push(bytes.subarray((this.#positions[one] ?? 0) - start + HEAD, this.#end(one) - start));
    }
    return payloads;
  }

  /** The first event for which `reached` holds; `reached` must be false up to it and true from it on. */
  first(reached: (arrival: Arrival) => boolean): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const arrival = this.arrival(middle);
      if (arrival !== null && reached(arrival)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Forgets every event beyond the first `size` bytes, which must be the end of an event. */
  truncate(size: number): void {
    if (size > this.#size) throw new RangeError(`partition has ${this.#size} bytes, not ${size}`);
    const keep = this.first(({ offset }) => offset >= size);
    if ((this.#positions[keep] ?? this.#size) !== size) throw new RangeError(`${size} is not the end of an event`);
    ftruncateSync(this.#file, size);
    this.#positions.length = keep;
    this.#times.length = keep;
    this.#size = size;
  }

  close(): void {
    closeSync(this.#file);
  }

  #end(sequenceNumber: number): number {
    return this.#positions[sequenceNumber + 1] ?? this.#size;
  }

  #index(): void {
    const total = fstatSync(this.#file).size;
    const head = Buffer.allocUnsafe(HEAD);
    let position = 0;
    while (position + HEAD <= total) {
      readSync(this.#file, head, 0, HEAD, position);
      const end = position + HEAD + head.readUInt32LE(0);
      if (end > total) break;
      this.#positions.push(position);
      this.#times.push(head.readDoubleLE(4));
      position = end;
    }
    if (position < total) ftruncateSync(this.#file, position);
    this.#size = position;
  }
}
