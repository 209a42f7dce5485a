import { open } from 'node:fs/promises';

const NEWLINE = 10;
const READ_SIZE = 8 * 1_048_576;

/**
 * Reads a file that others append to: every call gives the whole lines that came since the last one. A line still being written waits.
 */
export class GrowingFile {
  readonly path: string;
  #offset = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Calls `line` for every new line. Resolves to `shrunk` when the file was cut back: what was read of it is void, begin anew. */
  async read(line: (text: string) => void): Promise<'read' | 'shrunk'> {
    const file = await open(this.path);
    try {
      const { size } = await file.stat();
      if (size < this.#offset) {
        this.#offset = 0;
        return 'shrunk';
      }
      while (this.#offset < size) {
        const buffer = Buffer.allocUnsafe(Math.min(READ_SIZE, size - this.#offset));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#offset);
        const end = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
        if (end === 0) {
          if (bytesRead < READ_SIZE) break;
          throw new RangeError(`${this.path}: a line is longer than ${READ_SIZE} bytes`);
        }
        for (const text of buffer.toString('utf8', 0, end).split('\n')) if (text.trim() !== '') line(text);
        this.#offset += end;
      }
      return 'read';
    } finally {
      await file.close();
    }
  }
}
