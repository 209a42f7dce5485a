import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { constants, createGunzip } from 'node:zlib';
import { TocsinError } from '../../model/errors.ts';

const NEWLINE = 10;
const CLOSING_BRACE = 0x7d;
const GZIP = Buffer.from([0x1f, 0x8b]);
/** Bytes by which a file is known again: most of a record with its time. */
const TAIL = 512;
/** The longest line. */
const READ_SIZE = 8 * 1_048_576;
/** What is read at once where lines are shorter: it is still in the processor's cache when it is looked at. */
export const STEP = 524_288;

/** Takes in whole lines: the bytes up to `end`, valid only during the call. */
type Block = (bytes: Buffer, end: number) => void;

/**
 * Reads a file that others append to: every call gives the whole lines that came since the last one. A line still being written waits.
 * A file packed with gzip is read anew, as a whole, whenever it has changed.
 */
export class GrowingFile {
  readonly path: string;
  #offset = 0;
  /** What was read last: a file in which it does not precede what was added is another one. */
  #tail: Buffer = Buffer.alloc(0);
  #modified = 0;
  #packedSize: number | null = null;

  constructor(path: string) {
    this.path = path;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Whether places in the file say nothing about places in what was read. */
  get isPacked(): boolean {
    return this.#packedSize !== null;
  }

  /** Calls `line` for every new line. Resolves to `shrunk` when the file was cut back or replaced: what was read of it is void, begin anew. */
  read(line: (text: string) => void): Promise<'read' | 'shrunk'> {
    return this.readBytes((bytes, end) => eachLine(bytes, end, (from, to) => line(bytes.toString('utf8', from, to))));
  }

  /**
   * The same in blocks of whole lines. It reads at once rather than in turns: what follows keeps the processor busy in any case, and an
   * archive is thousands of files, mostly unchanged.
   */
  async readBytes(block: Block): Promise<'read' | 'shrunk'> {
    await Promise.resolve();
    const { size, mtimeMs } = statSync(this.path);
    const changed = mtimeMs !== this.#modified || size !== this.#offset;
    if (changed && !this.#isSame(size)) {
      this.#offset = 0;
      this.#tail = Buffer.alloc(0);
      this.#packedSize = null;
      return 'shrunk';
    }
    this.#modified = mtimeMs;
    if (this.#packedSize !== null || size === this.#offset) return 'read';
    if (this.#offset === 0 && isGzip(this.path)) {
      this.#packedSize = size;
      await this.#unpack(block);
    } else withBuffer((buffer) => this.#readTo(size, buffer, block));
    return 'read';
  }

  #isSame(size: number): boolean {
    if (this.#packedSize !== null) return this.#packedSize === size;
    if (size < this.#offset) return false;
    const tail = this.#tail;
    return tail.length === 0 || bytesAt(this.path, this.#offset - tail.length, tail.length).equals(tail);
  }

  #readTo(size: number, buffer: Buffer, block: Block): void {
    const file = openSync(this.path, 'r');
    try {
      for (let step = STEP; this.#offset < size; ) {
        const length = readSync(file, buffer, 0, Math.min(step, size - this.#offset), this.#offset);
        let end = buffer.subarray(0, length).lastIndexOf(NEWLINE) + 1;
        if (end === 0 && length === step && step < READ_SIZE) {
          step = READ_SIZE;
          continue;
        }
        if (end === 0) end = this.#lastLine(buffer, length);
        if (end === 0) return;
        block(buffer, end);
        this.#offset += end;
        this.#tail = Buffer.from(buffer.subarray(Math.max(0, end - TAIL), end));
      }
    } finally {
      closeSync(file);
    }
  }

  async #unpack(block: Block): Promise<void> {
    const buffer = Buffer.allocUnsafe(READ_SIZE);
    let held = 0;
    const take = (end: number): void => {
      block(buffer, end);
      buffer.copyWithin(0, end, held);
      held -= end;
    };
    // What is not whole yet ends where it ends.
    const unpacked = createReadStream(this.path).pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }));
    try {
      for await (const piece of unpacked as AsyncIterable<Buffer>) {
        if (held + piece.length > READ_SIZE) {
          const end = buffer.subarray(0, held).lastIndexOf(NEWLINE) + 1;
          if (end > 0) take(end);
          if (held + piece.length > READ_SIZE) throw tooLong(this.path);
        }
        held += piece.copy(buffer, held);
      }
    } catch (cause) {
      if (cause instanceof TocsinError) throw cause;
      throw new TocsinError('TCN-L013', `${this.path} is not valid gzip`, { cause });
    }
    const end = buffer.subarray(0, held).lastIndexOf(NEWLINE) + 1;
    if (end > 0) take(end);
    const last = this.#lastLine(buffer, held);
    if (last > 0) take(Math.min(last, held));
  }

  /** A line without an end is whole when it is an object: no part of one is. It is given the end that it lacks. */
  #lastLine(buffer: Buffer, length: number): number {
    if (length >= READ_SIZE) throw tooLong(this.path);
    let last = length;
    while (last > 0 && (buffer[last - 1] as number) <= 32) last -= 1;
    if (last === 0 || buffer[last - 1] !== CLOSING_BRACE) return 0;
    try {
      JSON.parse(buffer.toString('utf8', 0, last).replace(/^\ufeff/, ''));
    } catch {
      return 0;
    }
    buffer[length] = NEWLINE;
    return length;
  }
}

function tooLong(path: string): TocsinError {
  return new TocsinError('TCN-L013', `${path}: a line is longer than ${READ_SIZE} bytes`);
}

function isGzip(path: string): boolean {
  return bytesAt(path, 0, GZIP.length).equals(GZIP);
}

function bytesAt(path: string, from: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, from));
  } finally {
    closeSync(file);
  }
}

/** Buffers to read into, used again: allocating one per file would keep the collector busy. */
const spare: Buffer[] = [];

/** Lends a buffer of READ_SIZE bytes for the time of the call. */
export function withBuffer(use: (buffer: Buffer) => void): void {
  const buffer = spare.pop() ?? Buffer.allocUnsafe(READ_SIZE);
  use(buffer);
  spare.push(buffer);
}

/** Every line of a block that is not blank, without its end and without a byte order mark. */
export function eachLine(bytes: Buffer, end: number, line: (from: number, to: number) => void): void {
  for (let from = 0; from < end; ) {
    let to = bytes.indexOf(NEWLINE, from);
    if (to < 0 || to > end) to = end;
    let at = from;
    while (at < to && (bytes[at] as number) <= 32) at += 1;
    if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
    if (at < to) line(at, to);
    from = to + 1;
  }
}
