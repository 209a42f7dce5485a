import { open } from 'node:fs/promises';

const NEWLINE = 10;
export const READ_SIZE = 8 * 1_048_576;

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

  /** The same in blocks of whole lines; a block's bytes are valid only during the call. */
  async readBytes(block: (bytes: Buffer, end: number) => void): Promise<'read' | 'shrunk'> {
    const file = await open(this.path);
    try {
      const { size } = await file.stat();
      if (size < this.#offset) {
        this.#offset = 0;
        return 'shrunk';
      }
      const buffer = borrow();
      while (this.#offset < size) {
        const { bytesRead } = await file.read(buffer, 0, Math.min(READ_SIZE, size - this.#offset), this.#offset);
        const end = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
        if (end === 0) {
          if (bytesRead < READ_SIZE) break;
          throw new RangeError(`${this.path}: a line is longer than ${READ_SIZE} bytes`);
        }
        block(buffer, end);
        this.#offset += end;
      }
      spare.push(buffer);
      return 'read';
    } finally {
      await file.close();
    }
  }
}

/** Buffers to read into, used again: allocating one per file would keep the collector busy. */
const spare: Buffer[] = [];

function borrow(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafe(READ_SIZE);
}

/** Lends a buffer of READ_SIZE bytes for the time of the call. */
export function withBuffer(use: (buffer: Buffer) => void): void {
  const buffer = borrow();
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
