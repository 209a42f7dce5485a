import { firstOf, notCopied } from '../kql/byte-words.ts';

const BACKSLASH = 0x5c;
const BLOCK = 262_144;

/** By the byte after a backslash, what the two stand for; 0 where it takes more than that. */
const MEANT = new Uint8Array(256);
for (const [after, meant] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'].map(
  (pair) => [...pair] as [string, string],
)) {
  MEANT[after.charCodeAt(0)] = meant.charCodeAt(0);
}

/**
 * Where long texts are put, one behind the other: in blocks, because memory for each would cost more than its bytes. A block lives as
 * long as a column with a text in it.
 */
export class TextBlocks {
  /** The block of the text that was written last, and where it is in there. */
  block = newBlock();
  start = 0;
  end = 0;
  #into = viewOf(this.block);
  #free = 0;
  #lookedAt: Uint8Array | null = null;
  #source = this.#into;

  /** Writes what a JSON string without its quotes stands for; `false` where that takes more than copying: other scripts, `\u`, wrong escapes. */
  write(bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.#makeRoom(end - start)) return false;
    const after = this.#copy(bytes, start, end);
    if (after >= 0) this.#wrote(after);
    return after >= 0;
  }

  /** Writes a text; `false` for one that is not ASCII. */
  writeText(text: string): boolean {
    if (!this.#makeRoom(text.length)) return false;
    const { length } = text;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 127) return false;
      this.#into.setUint8(this.#free + index, code);
    }
    this.#wrote(this.#free + length);
    return true;
  }

  /** Room for a text, four bytes that may be written too much, and what ends it; `false` for a text that fits in no block. */
  #makeRoom(length: number): boolean {
    if (length + 5 > BLOCK) return false;
    if (this.#free + length + 5 <= BLOCK) return true;
    this.block = newBlock();
    this.#into = viewOf(this.block);
    this.#free = 0;
    return true;
  }

  #wrote(end: number): void {
    this.start = this.#free;
    this.end = end;
    this.#into.setUint8(end, 0);
    this.#free = end + 1;
  }

  /** Copies what a text stands for behind what is there; where it is over, -1 where that takes more than copying. */
  #copy(bytes: Uint8Array, start: number, end: number): number {
    if (bytes !== this.#lookedAt) {
      this.#lookedAt = bytes;
      this.#source = viewOf(bytes);
    }
    const source = this.#source;
    const into = this.#into;
    let used = this.#free;
    let at = start;
    for (;;) {
      let stop = false;
      // Whole words are written; what is too much of the last is written over by what follows.
      if (at + 4 <= end) {
        const word = source.getInt32(at, true);
        into.setInt32(used, word, true);
        const found = notCopied(word);
        const plain = found === 0 ? 4 : firstOf(found);
        at += plain;
        used += plain;
        stop = found !== 0;
      } else if (at < end) {
        const byte = bytes[at] as number;
        stop = byte === BACKSLASH || byte > 127;
        if (!stop) {
          into.setUint8(used, byte);
          at += 1;
          used += 1;
        }
      } else return used;
      if (!stop) continue;
      const meant = bytes[at] === BACKSLASH && at + 1 < end ? (MEANT[bytes[at + 1] as number] as number) : 0;
      if (meant === 0) return -1;
      into.setUint8(used, meant);
      used += 1;
      at += 2;
    }
  }
}

/** Of memory of its own: a part of what others use, too, would keep that alive. */
function newBlock(): Buffer {
  return Buffer.allocUnsafeSlow(BLOCK);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
