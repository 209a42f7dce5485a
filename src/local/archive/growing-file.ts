import { closeSync, openSync, readSync, statSync } from 'node:fs';

const NEWLINE = 10;
/** The longest line. */
export const READ_SIZE = 8 * 1_048_576;
/** What is read at once where lines are shorter: it is still in the processor's cache when it is looked at. */
export const STEP = 524_288;

/**
 * Reads a file that others append to: every call gives the whole lines that came since the last one. A line still being written waits.
 */
export class GrowingFile {
  readonly path: string;
  #offset = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Calls `line` for every new line. Resolves to `shrunk` when the file was cut back: what was read of it is void, begin anew. */
  read(line: (text: string) => void): Promise<'read' | 'shrunk'> {
    return this.readBytes((bytes, end) => eachLine(bytes, end, (from, to) => line(bytes.toString('utf8', from, to))));
  }

  /**
   * The same in blocks of whole lines; a block's bytes are valid only during the call. It reads at once rather than in turns: what
   * follows keeps the processor busy in any case, and an archive is thousands of files, mostly unchanged.
   */
  async readBytes(block: (bytes: Buffer, end: number) => void): Promise<'read' | 'shrunk'> {
    await Promise.resolve();
    const { size } = statSync(this.path);
    if (size < this.#offset) {
      this.#offset = 0;
      return 'shrunk';
    }
    if (size > this.#offset) withBuffer((buffer) => this.#readTo(size, buffer, block));
    return 'read';
  }

  #readTo(size: number, buffer: Buffer, block: (bytes: Buffer, end: number) => void): void {
    const file = openSync(this.path, 'r');
    try {
      for (let step = STEP; this.#offset < size; ) {
        const length = readSync(file, buffer, 0, Math.min(step, size - this.#offset), this.#offset);
        const end = buffer.subarray(0, length).lastIndexOf(NEWLINE) + 1;
        if (end === 0) {
          if (length < step) return;
          if (step < READ_SIZE) {
            step = READ_SIZE;
            continue;
          }
          throw new RangeError(`${this.path}: a line is longer than ${READ_SIZE} bytes`);
        }
        block(buffer, end);
        this.#offset += end;
      }
    } finally {
      closeSync(file);
    }
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

/** Every line of a block that is not blank, without its end. */
export function eachLine(bytes: Buffer, end: number, line: (from: number, to: number) => void): void {
  for (let from = 0; from < end; ) {
    let to = bytes.indexOf(NEWLINE, from);
    if (to < 0 || to > end) to = end;
    let at = from;
    while (at < to && (bytes[at] as number) <= 32) at += 1;
    if (at < to) line(from, to);
    from = to + 1;
  }
}
